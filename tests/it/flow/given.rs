//! What clients give to the portal on a stage, and what of it stands in MyCase.

use super::stage::Stage;
use bytes::Bytes;
use casebridge::operations::SyncAsk;
use casebridge::sandbox::{Document, Note, Side};
use casebridge::sync::{Outcome, RunReport};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Longer than a lost answer is left alone before it is looked up.
pub(super) const LATER: Duration = Duration::from_secs(20 * 60);

impl Stage {
    /// The portal's number of a case's record.
    pub(super) fn portal_case(&self, case: u64) -> u64 {
        self.record(case).id
    }

    /// A client gives a file to a case, with these bytes.
    pub(super) fn give(&self, case: u64, name: &str, text: &str) -> u64 {
        let record = self.portal_case(case);
        self.with(|world| {
            let now = world.now();
            world.case_status.add_file(record, name, 0, Some(Bytes::copy_from_slice(text.as_bytes())), now)
        })
    }

    /// A client writes to a case.
    pub(super) fn write_to(&self, case: u64, sender: &str, text: &str) -> u64 {
        let record = self.portal_case(case);
        self.with(|world| {
            let now = world.now();
            world.case_status.add_message(record, sender, text, now)
        })
    }

    /// `sync --documents`.
    pub(super) async fn carry(&self) -> RunReport {
        self.sync_with(SyncAsk { documents: true, ..SyncAsk::default() }).await
    }

    /// `sync --messages`.
    pub(super) async fn carry_messages(&self) -> RunReport {
        self.sync_with(SyncAsk { messages: true, ..SyncAsk::default() }).await
    }

    /// Links everything anew after a lost state.
    pub(super) async fn import_again(&self) {
        if self.sync().await.outcome == Outcome::Waiting {
            self.approve().await;
        }
    }

    /// How many files lie on the disk meanwhile.
    pub(super) fn scratch(&self) -> usize {
        std::fs::read_dir(self.house.paths.state.join("tmp")).map_or(0, Iterator::count)
    }

    /// The documents that came to a case, in the order they were made; not those of the firm's own intake.
    pub(super) fn documents(&self, case: u64) -> Vec<Document> {
        let came = |document: &&Document| document.case == Some(case) && !document.path.starts_with("Intake/");
        self.with(|world| world.mycase.documents.values().filter(came).cloned().collect())
    }

    /// Their paths.
    pub(super) fn paths(&self, case: u64) -> Vec<String> {
        self.documents(case).into_iter().map(|document| document.path).collect()
    }

    /// The notes of a case.
    pub(super) fn notes(&self, case: u64) -> Vec<Note> {
        self.with(|world| world.mycase.notes.values().filter(|note| note.case == case).cloned().collect())
    }

    /// Exactly one document of the case has this name, and its bytes are these.
    pub(super) fn has(&self, case: u64, name: &str, text: &str) {
        let documents = self.documents(case);
        let path = format!("Case Documents/{name}");
        let found: Vec<&Document> = documents.iter().filter(|document| document.path == path).collect();
        assert_eq!(found.len(), 1, "{name} among {:?}", self.paths(case));
        let version = found[0].versions.last().expect("a version");
        let sha256: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((version.length, version.sha256.as_deref()), (Some(text.len() as u64), Some(sha256.as_str())), "{name}");
    }

    /// Requests to each side since they were last reset: MyCase, its storage and others', the portal.
    pub(super) fn asked(&self) -> (u64, u64, u64) {
        self.with(|world| (world.requests_to(Side::Mycase), world.requests_to(Side::Files), world.requests_to(Side::CaseStatus)))
    }

    /// Nothing is open in the ledger, and every fault struck.
    pub(super) fn settled(&self) {
        let counts = self.hands().store.carried_counts().expect("counts");
        assert_eq!((counts.documents.open, counts.messages.open), (0, 0), "{counts:?}");
        assert_eq!(self.with(|world| world.faults.left()), 0, "every fault struck");
    }
}
