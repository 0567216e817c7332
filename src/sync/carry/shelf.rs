//! What a case holds in MyCase, as far as a file or message on its way must know: which names are taken, and whether it is
//! there already. Pure but for the reading.

use super::fate::Fate;
use super::kit::{Item, Job, Kit};
use super::{names, reasons, words};
use crate::domain::{CaseId, DocumentId, ItemId, Ordered, PortalFile};
use crate::mycase::SeenDocument;
use crate::planted::{self, Plant};
use crate::store::{CarryState, Shelf, Wait};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// MyCase's clock and ours may differ by so much. The path was nobody's when it was chosen: what bears it and is not older
/// than this is what we asked for.
const CLOCKS: SignedDuration = SignedDuration::from_hours(24);

/// The documents of one case, and the names that this run gave.
pub(super) struct CaseShelf<'k> {
    title: &'k str,
    folder: &'k str,
    documents: Vec<SeenDocument>,
    whole: bool,
    /// How long after a lost answer absence counts.
    patience: SignedDuration,
    /// Folded names in the folder.
    taken: BTreeSet<String>,
    /// Documents that a file of the portal accounts for.
    used: BTreeSet<DocumentId>,
}

/// What is to be done with a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Make its document at this path.
    New(String),
    /// Its record is there.
    Version(DocumentId, String),
    /// It counts as delivered.
    There,
    /// Nothing of it is in MyCase and nothing comes any more.
    Gone,
    /// It is no longer listed, and its record is there.
    HalfThere,
    /// MyCase's list has to be whole first.
    NotWhole,
    /// It is too early to look.
    Early(Timestamp),
}

impl<'k> CaseShelf<'k> {
    /// Reads a case's documents.
    pub(super) async fn read(kit: &'k Kit, case: CaseId) -> Result<CaseShelf<'k>, Fate> {
        let seen = kit.mycase.case_documents(case).await.map_err(|error| Fate::unread(kit, Shelf::Documents, error))?;
        let seen = seen.ok_or_else(|| Fate::no_case(Shelf::Documents))?;
        Ok(CaseShelf::of(kit.title(), &kit.firm.documents.folder, seen.items, seen.whole, kit.patience()))
    }

    fn of(title: &'k str, folder: &'k str, documents: Vec<SeenDocument>, whole: bool, patience: SignedDuration) -> CaseShelf<'k> {
        let taken = documents.iter().flat_map(|document| names_maybe_in(folder, document)).map(names::folded).ordered();
        CaseShelf { title, folder, documents, whole, patience, taken, used: BTreeSet::new() }
    }

    /// What is to be done with a file that is owed or begun.
    pub(super) fn step(&mut self, job: &Job<PortalFile>, now: Timestamp) -> Step {
        match &job.row.state {
            CarryState::Begun { path, asked_at } => {
                let path = path.clone().unwrap_or_default();
                if let Some(file) = job.item.as_ref().filter(|_| planted::is(Plant::DocumentAgain)) {
                    return self.name(file);
                }
                let found = self.by_mark(&job.id).or_else(|| self.by_path(&path, *asked_at - CLOCKS));
                match (found, &job.item) {
                    (Some(document), Some(_)) => {
                        self.used.insert(document);
                        Step::Version(document, path)
                    }
                    (Some(_), None) => Step::HalfThere,
                    // What is there is there; that it is not there may be too early to say.
                    (None, _) if now < *asked_at + self.patience => Step::Early(*asked_at + self.patience),
                    (None, _) if !self.whole => Step::NotWhole,
                    (None, Some(file)) => self.name(file),
                    (None, None) => Step::Gone,
                }
            }
            CarryState::Posted { document, .. } => {
                let there = self.documents.iter().any(|seen| seen.id == *document) || self.by_mark(&job.id).is_some();
                match (there, self.whole) {
                    (true, _) => Step::HalfThere,
                    (false, false) => Step::NotWhole,
                    (false, true) => Step::Gone,
                }
            }
            _ => self.owed(job),
        }
    }

    fn owed(&mut self, job: &Job<PortalFile>) -> Step {
        let Some(file) = &job.item else { return Step::Gone };
        if let Some(document) = self.by_mark(&job.id) {
            self.used.insert(document);
            return Step::There;
        }
        if !job.row.first {
            return self.name(file);
        }
        if !self.whole {
            return Step::NotWhole;
        }
        match self.by_name(&self.cleaned(file)) {
            Some(document) => {
                self.used.insert(document);
                Step::There
            }
            None => self.name(file),
        }
    }

    fn cleaned(&self, file: &PortalFile) -> String {
        names::clean(file.name.as_deref(), file.extension.as_deref(), file.id().as_str())
    }

    /// Gives the file a name that nobody in the folder bears.
    fn name(&mut self, file: &PortalFile) -> Step {
        let name = names::unique(&self.cleaned(file), &self.taken);
        self.taken.insert(names::folded(&name));
        Step::New(format!("{}/{name}", self.folder))
    }

    fn by_mark(&self, id: &ItemId) -> Option<DocumentId> {
        let bears = |document: &&SeenDocument| {
            document.description.as_deref().is_some_and(|text| words::bears(text, self.title, Shelf::Documents, id))
        };
        self.documents.iter().find(bears).map(|document| document.id)
    }

    /// A document at exactly this path (of this name, when MyCase gives no path), not from before we asked, and no other
    /// file's.
    fn by_path(&self, path: &str, since: Timestamp) -> Option<DocumentId> {
        let (path, last) = (names::folded_path(path), names::folded(words::name_of(path)));
        let at_path = |document: &SeenDocument| {
            let Some(found) = document.path.as_deref() else {
                return document.name.as_deref().is_some_and(|name| names::folded(name) == last);
            };
            let beside = document.name.as_deref().map(|name| format!("{}/{name}", found.trim_end_matches('/')));
            names::folded_path(found) == path || beside.is_some_and(|beside| names::folded_path(&beside) == path)
        };
        let fits =
            |document: &&SeenDocument| document.created_at.is_none_or(|at| at >= since) && self.is_free(document) && at_path(document);
        self.documents.iter().find(fits).map(|document| document.id)
    }

    /// A document of this name in the folder that no file accounts for yet: one document for one file, so of two files
    /// with one name the second is carried. When the name is there, a numbered one counts as well.
    fn by_name(&self, name: &str) -> Option<DocumentId> {
        let named = |exact: bool| {
            move |document: &&SeenDocument| {
                names_in(self.folder, document).any(|found| match exact {
                    true => names::folded(found) == names::folded(name),
                    false => words::is_numbered(found, name),
                })
            }
        };
        self.documents.iter().find(named(true))?;
        let free = |document: &&SeenDocument| self.is_free(document);
        let exact = self.documents.iter().filter(named(true)).find(free);
        exact.or_else(|| self.documents.iter().filter(named(false)).find(free)).map(|document| document.id)
    }

    fn is_free(&self, document: &SeenDocument) -> bool {
        let marked = document.description.as_deref().is_some_and(|text| words::bears_any(text, self.title, Shelf::Documents));
        !marked && !self.used.contains(&document.id)
    }
}

/// The names a document bears in a folder. MyCase's `path` is "the folder structure"; whether it ends in the name is read
/// either way.
fn names_in<'d>(folder: &str, document: &'d SeenDocument) -> impl Iterator<Item = &'d str> {
    let path = document.path.as_deref().unwrap_or_default();
    let last = names::within(folder, path);
    let beside = document.name.as_deref().filter(|_| names::folded_path(path) == names::folded_path(folder));
    last.into_iter().chain(beside)
}

/// The same, with what stands in a folder that is not known: a name that may be taken is not given.
fn names_maybe_in<'d>(folder: &str, document: &'d SeenDocument) -> impl Iterator<Item = &'d str> {
    let unknown = document.name.as_deref().filter(|_| document.path.is_none());
    names_in(folder, document).chain(unknown)
}

/// What a step without a request means for a file.
pub(super) fn settle(kit: &Kit, job: &mut Job<PortalFile>, step: Step) -> Option<Fate> {
    let (state, fate) = match step {
        Step::New(_) | Step::Version(..) => return None,
        Step::There => (CarryState::AlreadyThere, Fate::Settled),
        Step::Gone => return Some(kit.unlisted(job).map_or_else(|ends| ends, |()| Fate::Settled)),
        Step::HalfThere => {
            return Some(Fate::Trouble { reason: Box::new(reasons::half_there()), wait: Some(kit.again(u32::MAX)), failed: None });
        }
        Step::NotWhole => {
            let text = "MyCase's list of the case's documents could not be read whole".to_owned();
            return Some(Fate::Again { text, wait: None, silent: false });
        }
        Step::Early(at) => return Some(Fate::Later(Wait::Until(at))),
    };
    Some(kit.close(job, state).map_or_else(|ends| ends, |()| fate))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::domain::Bearing;
    use crate::store::Carried;
    use crate::sync::carry::kit::LOOK_AFTER;

    const FOLDER: &str = "Case Documents";

    fn now() -> Timestamp {
        "2026-03-02T15:00:00Z".parse().unwrap()
    }

    fn document(id: u64, path: &str, description: &str) -> SeenDocument {
        let name = path.rsplit('/').next().map(str::to_owned);
        let created_at = Some(now());
        SeenDocument { id: DocumentId(id), name, path: Some(path.to_owned()), description: Some(description.to_owned()), created_at }
    }

    fn job(id: &str, name: &str, state: CarryState, first: bool) -> Job<PortalFile> {
        let file = PortalFile {
            id: ItemId(id.into()),
            bearing: Bearing::default(),
            url: None,
            size: None,
            name: Some(name.into()),
            extension: None,
            created_at: None,
        };
        let row = Carried { state, ..Carried::owed(first) };
        Job { id: ItemId(id.into()), case: CaseId(1), page: 0, row, item: Some(file), listed_at: now() }
    }

    fn shelf(documents: &[SeenDocument]) -> CaseShelf<'static> {
        CaseShelf::of("Case Status", FOLDER, documents.to_vec(), true, LOOK_AFTER)
    }

    fn new(name: &str) -> Step {
        Step::New(format!("{FOLDER}/{name}"))
    }

    #[test]
    fn names_are_unique_in_the_folder_and_within_the_run() {
        let mut shelf = shelf(&[document(1, "Case Documents/scan.pdf", ""), document(2, "Elsewhere/other.pdf", "")]);
        let owed = |id| job(id, "SCAN.pdf", CarryState::Owed, false);
        assert_eq!(shelf.step(&owed("1"), now()), new("SCAN (2).pdf"));
        assert_eq!(shelf.step(&owed("2"), now()), new("SCAN (3).pdf"));
        assert_eq!(shelf.step(&job("3", "other.pdf", CarryState::Owed, false), now()), new("other.pdf"));
    }

    #[test]
    fn a_name_beside_its_folder_counts_like_a_path_that_ends_in_it() {
        let beside = SeenDocument { path: Some("/Case Documents".into()), ..document(1, "x/scan.pdf", "") };
        assert_eq!(shelf(&[beside]).step(&job("1", "scan.pdf", CarryState::Owed, false), now()), new("scan (2).pdf"));
    }

    #[test]
    fn on_a_first_run_one_document_accounts_for_one_file() {
        let there = [document(1, "Case Documents/scan.pdf", ""), document(2, "Case Documents/scan (2).pdf", "")];
        let mut shelf = shelf(&there);
        let owed = |id| job(id, "scan.pdf", CarryState::Owed, true);
        assert_eq!([owed("1"), owed("2")].map(|job| shelf.step(&job, now())), [Step::There, Step::There]);
        assert_eq!(shelf.step(&owed("3"), now()), new("scan (3).pdf"));
    }

    #[test]
    fn a_mark_finds_its_document_whatever_it_is_called_and_names_of_others_do_not_count() {
        let there = [document(1, "Elsewhere/renamed.pdf", "From the client portal: Case Status file 7")];
        assert_eq!(shelf(&there).step(&job("7", "scan.pdf", CarryState::Owed, false), now()), Step::There);
        let there = [document(1, "Case Documents/scan.pdf", "From the client portal: Case Status file 7")];
        assert_eq!(shelf(&there).step(&job("8", "scan.pdf", CarryState::Owed, true), now()), new("scan (2).pdf"), "that is another file");
    }

    #[test]
    fn what_was_begun_is_found_at_once_by_mark_then_by_path_and_is_not_missed_too_early() {
        let begun = |minutes| {
            let asked_at = now() - SignedDuration::from_mins(minutes);
            job("7", "scan.pdf", CarryState::Begun { path: Some("Case Documents/scan.pdf".into()), asked_at }, false)
        };
        let marked = document(1, "Case Documents/scan.pdf", "From the client portal: Case Status file 7");
        let path = "Case Documents/scan.pdf".to_owned();
        assert_eq!(shelf(std::slice::from_ref(&marked)).step(&begun(0), now()), Step::Version(DocumentId(1), path.clone()));
        assert!(matches!(shelf(&[]).step(&begun(1), now()), Step::Early(_)), "MyCase's list may lag behind");
        assert_eq!(shelf(&[marked]).step(&begun(3), now()), Step::Version(DocumentId(1), path.clone()));
        let moved = SeenDocument { path: Some("Case Documents".into()), ..document(2, "Case Documents/scan.pdf", "") };
        let mut elsewhere = CaseShelf::of("Case Status", "Another Folder", vec![moved], true, LOOK_AFTER);
        assert_eq!(elsewhere.step(&begun(3), now()), Step::Version(DocumentId(2), path.clone()), "the folder was another then");
        let unmarked = document(2, "Case Documents/scan.pdf", "");
        assert_eq!(shelf(std::slice::from_ref(&unmarked)).step(&begun(3), now()), Step::Version(DocumentId(2), path));
        let older = SeenDocument { created_at: Some(now() - SignedDuration::from_hours(48)), ..unmarked };
        assert_eq!(shelf(&[older]).step(&begun(3), now()), new("scan (2).pdf"), "that one was there before");
        assert_eq!(shelf(&[]).step(&begun(3), now()), new("scan.pdf"));
        let hasty = &mut CaseShelf { patience: SignedDuration::from_secs(10), ..shelf(&[]) };
        assert_eq!(hasty.step(&begun(1), now()), new("scan.pdf"), "a person waits");
        let partial = &mut CaseShelf { whole: false, ..shelf(&[]) };
        assert_eq!(partial.step(&begun(3), now()), Step::NotWhole);
    }

    #[test]
    fn what_was_begun_is_found_without_path_and_time_and_under_another_clock() {
        let path = "Case Documents/scan.pdf".to_owned();
        let begun = job("7", "scan.pdf", CarryState::Begun { path: Some(path.clone()), asked_at: now() }, false);
        let bare = SeenDocument { path: None, description: None, created_at: None, ..document(4, "x/scan.pdf", "") };
        assert_eq!(shelf(std::slice::from_ref(&bare)).step(&begun, now()), Step::Version(DocumentId(4), path.clone()));
        let behind = SeenDocument { created_at: Some(now() - SignedDuration::from_hours(3)), ..document(4, "Case Documents/scan.pdf", "") };
        assert_eq!(shelf(&[behind]).step(&begun, now()), Step::Version(DocumentId(4), path));
        let owed = job("8", "scan.pdf", CarryState::Owed, false);
        assert_eq!(shelf(&[bare]).step(&owed, now()), new("scan (2).pdf"), "it may stand in the folder");
    }
}
