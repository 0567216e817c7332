//! Takes a file into use, or stays with its last good version, durably: what runs is what the state remembers.

use super::house::{FileVerdict, House};
use super::meaning::{AT_THE_NEXT_RUN, Meaning};
use super::{FileState, FileView, OperationError, problem_values};
use crate::config::changes::{FirmChange, compare};
use crate::config::{Firm, Severity};
use crate::planted::{self, Plant};
use crate::store::{Accepted as Kept, FirstRunDone};
use crate::sync::Hands;
use jiff::Timestamp;
use std::sync::Arc;

/// What a file on disk comes to.
#[derive(Debug)]
pub struct Accepted {
    /// The version that is in use now; `None` when none was ever good.
    pub firm: Option<Arc<Firm>>,
    /// How the file stands.
    pub file: FileView,
    /// What changed in meaning; `None` when nothing did.
    pub difference: Option<FirmChange>,
    /// What the edit means.
    pub meaning: Meaning,
}

impl Accepted {
    /// What the edit means, for who does not know when the next run is.
    pub fn notes(&self) -> Vec<String> {
        self.meaning.notes(AT_THE_NEXT_RUN)
    }
}

impl House {
    /// Takes a good file into use and remembers its text; a broken one leaves the last good version.
    ///
    /// Crash before the write: the former version is still the last good one, and the next look takes this one. After:
    /// this one is.
    pub fn accept(&self, hands: &Hands, verdict: &FileVerdict, now: Timestamp) -> Result<Accepted, OperationError> {
        let kept = hands.store.meta::<Kept>()?;
        let again = |kept: &Kept| self.check_again(&hands.firm, &kept.text, &kept.beside, now);
        match (&verdict.checked, &verdict.source) {
            (Some(firm), Some(source)) => {
                let old = kept.as_ref().filter(|kept| kept.file_hash != verdict.hash || *kept.text != *source.text);
                let before = old.and_then(again);
                let difference = match (&kept, &before) {
                    (None, _) => Some(FirmChange::default()),
                    (Some(_), Some(old)) => Some(compare(old, firm)).filter(|change| !change.is_empty()),
                    // The same text; or one that no longer passes a stricter check: taken as a change of meaning.
                    (Some(_), None) => old.is_some().then(FirmChange::default),
                };
                let meaning = match (&before, &difference) {
                    (Some(old), Some(change)) => Meaning::of(hands, old, firm, change)?,
                    _ => Meaning::default(),
                };
                self.take(hands, verdict, firm, source.text.as_ref(), kept, difference, meaning, now)
            }
            _ => {
                let firm = kept.as_ref().filter(|_| !planted::is(Plant::BrokenFileCounts)).and_then(again);
                let problems = problem_values(&verdict.problems);
                let generation = kept.as_ref().map_or(0, |kept| kept.generation);
                let in_use_sum = kept.as_ref().and_then(|kept| kept.sha256.clone());
                // Nobody edited the file: a new catalog shows a slip in what is in use already, which is said and stops nothing.
                let in_use = kept.filter(|kept| firm.is_some() && is_only_the_catalogs(verdict, kept));
                let (state, since) = in_use.map_or((FileState::Rejected, now), |kept| (FileState::Current, kept.at));
                let (sha256, on_disk) = (in_use_sum, Some(verdict.sha256.clone()));
                let file = FileView { generation, since: Some(since), sha256, sha256_on_disk: on_disk, ..FileView::new(state, problems) };
                Ok(Accepted { firm, file, difference: None, meaning: Meaning::default() })
            }
        }
    }

    /// The version of the firm's file that was last in use; nothing is taken into use by asking.
    pub fn last_good(&self, hands: &Hands, now: Timestamp) -> Result<Option<Arc<Firm>>, OperationError> {
        let kept = hands.store.meta::<Kept>()?;
        Ok(kept.and_then(|kept| self.check_again(&hands.firm, &kept.text, &kept.beside, now)))
    }

    #[expect(clippy::too_many_arguments, reason = "one step of accept, cut out for its length")]
    fn take(
        &self,
        hands: &Hands,
        verdict: &FileVerdict,
        firm: &Arc<Firm>,
        text: &str,
        kept: Option<Kept>,
        difference: Option<FirmChange>,
        meaning: Meaning,
        now: Timestamp,
    ) -> Result<Accepted, OperationError> {
        let same = kept.as_ref().is_some_and(|kept| kept.text == text && kept.file_hash == verdict.hash);
        let before = kept.as_ref().map_or(0, |kept| kept.generation);
        let (generation, at) = match (&difference, &kept) {
            (Some(_), _) | (None, None) => (before + 1, now),
            (None, Some(kept)) => (before, kept.at),
        };
        if !same {
            let (file_hash, sha256) = (verdict.hash.clone(), Some(verdict.sha256.clone()));
            let accepted = Kept { text: text.to_owned(), beside: verdict.beside.clone(), at, generation, file_hash, sha256 };
            hands.store.write(|w| {
                w.put_meta(&accepted)?;
                if difference.as_ref().is_some_and(|change| change.widened) {
                    // More cases are in scope: the next run is a first one again and waits for one yes.
                    w.remove_meta::<FirstRunDone>()?;
                }
                Ok(())
            })?;
        }
        let sum = Some(verdict.sha256.clone());
        let (sha256, sha256_on_disk) = (sum.clone(), sum);
        let file = FileView::new(FileState::Current, problem_values(&verdict.problems));
        let file = FileView { generation, since: Some(at), sha256, sha256_on_disk, ..file };
        Ok(Accepted { firm: Some(firm.clone()), file, difference, meaning })
    }
}

/// Whether the file is the accepted one and all its errors are names that only the catalog beside it knows to be wrong.
fn is_only_the_catalogs(verdict: &FileVerdict, kept: &Kept) -> bool {
    let same = verdict.source.as_ref().is_some_and(|source| *source.text == *kept.text);
    let mut errors = verdict.problems.iter().filter(|problem| problem.severity == Severity::Error);
    same && errors.all(|problem| problem.code == "unknown-name")
}
