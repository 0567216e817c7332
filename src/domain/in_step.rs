//! Cases that were found in step, by the very text in which MyCase showed them: while it is the same, and the rules are, and the link
//! was not touched, nothing follows from them, and they need not be read again.
//!
//! Planning is a function of these three. The rules are part of each print, and the print lies in the link's row, which whoever
//! writes a link writes without it: so a print that is found again vouches for all three.

use super::{CaseId, Fingerprint, Fingerprinter, SeenCase};
use crate::planted::{self, Plant};

/// A case on one of MyCase's pages.
#[derive(Debug, Clone, PartialEq)]
pub enum ShownCase {
    /// One that is shown as it was when it was found in step.
    Same(CaseId),
    /// Any other, with the print of its text where it can be known by one.
    Read(Box<SeenCase>, Option<Fingerprint>),
}

/// The cases known by their text, under one set of rules.
#[derive(Debug, Clone)]
pub struct InStep {
    prints: Fingerprinter,
    rules: Fingerprint,
    /// In the order of the cases.
    known: Vec<(CaseId, Fingerprint)>,
}

impl InStep {
    /// What is `known`, in the order of the cases, to whoever works by `rules`: all that planning heeds besides a case and its link.
    pub fn new<'a>(prints: Fingerprinter, rules: impl IntoIterator<Item = &'a [u8]>, known: Vec<(CaseId, Fingerprint)>) -> InStep {
        let rules = prints.of(std::iter::once(b"rules".as_slice()).chain(rules));
        InStep { prints, rules, known }
    }

    /// The print of a case's text under these rules.
    pub fn print(&self, text: &str) -> Fingerprint {
        let text = if planted::is(Plant::TextForgotten) { "" } else { text };
        self.prints.of([b"in step".as_slice(), &self.rules.0, text.as_bytes()])
    }

    /// Whether this case was in step when its text had this print.
    pub fn has(&self, case: CaseId, print: Fingerprint) -> bool {
        self.known.binary_search_by_key(&case, |(case, _)| *case).is_ok_and(|at| self.known[at].1 == print)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(word: &str, known: Vec<(CaseId, Fingerprint)>) -> InStep {
        InStep::new(Fingerprinter::new(&[7; 32]), [word.as_bytes()], known)
    }

    #[test]
    fn a_case_is_known_by_its_text_under_the_rules_it_was_judged_by() {
        let print = rules("a", Vec::new()).print("{\"id\":7}");
        let known = rules("a", vec![(CaseId(3), rules("a", Vec::new()).print("3")), (CaseId(7), print)]);
        assert!(known.has(CaseId(7), known.print("{\"id\":7}")));
        assert!(!known.has(CaseId(7), known.print("{\"id\": 7}")), "another text");
        assert!(!known.has(CaseId(3), print) && !known.has(CaseId(8), print), "another case");
        let others = rules("b", vec![(CaseId(7), print)]);
        assert!(!others.has(CaseId(7), others.print("{\"id\":7}")), "other rules");
    }
}
