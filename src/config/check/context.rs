//! What a check is given and what it collects: the texts, the surroundings, the problems with their places.

use crate::config::raw::{At, Origin, Place};
use crate::config::{Firm, Problem, Profiles, Severity, SourceText};
use crate::domain::FirmId;
use jiff::Timestamp;
use std::sync::Arc;

/// One firm's files.
#[derive(Debug, Clone)]
pub struct FirmInput {
    /// From the file's name.
    pub id: FirmId,
    /// `<firm>.firm.toml`.
    pub source: SourceText,
    /// `<firm>.tests.toml`.
    pub tests: Option<SourceText>,
    /// `<firm>.catalog.toml`.
    pub catalog: Option<SourceText>,
}

/// What the daemon's `[allow]` lets firm files reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaemonRules {
    /// Hosts beyond the vendors' own and loopback.
    pub hosts: Vec<String>,
    /// Environment variables beyond those that begin with the firm's id.
    pub environment: Vec<String>,
    /// The secrets folder as the daemon's file names it; a firm reads only `<secrets>/<firm>/`.
    pub secrets: String,
}

/// What came of a check.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What the file means; `None` when there is an error.
    pub firm: Option<Arc<Firm>>,
    /// Every problem, in the order of the places.
    pub problems: Vec<Problem>,
}

/// A check under way.
pub(crate) struct Check<'a> {
    pub(crate) id: &'a FirmId,
    pub(crate) source: &'a SourceText,
    pub(crate) folder: Option<&'a SourceText>,
    pub(crate) builtin: &'a SourceText,
    pub(crate) rules: &'a DaemonRules,
    pub(crate) profiles: &'a Profiles,
    pub(crate) now: Timestamp,
    pub(crate) problems: Vec<Problem>,
    /// Some of the file could not be read: what seems to be missing may stand there, so nothing is said of what is missing.
    pub(crate) torn: bool,
    /// Byte at which each line of the firm file begins.
    lines: Vec<usize>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(
        input: &'a FirmInput,
        folder: Option<&'a SourceText>,
        builtin: &'a SourceText,
        rules: &'a DaemonRules,
        profiles: &'a Profiles,
        now: Timestamp,
    ) -> Check<'a> {
        let source = &input.source;
        let lines = std::iter::once(0).chain(source.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Check { id: &input.id, source, folder, builtin, rules, profiles, now, problems: Vec::new(), torn: false, lines }
    }

    /// The line of a place in the firm file; 0 when a default applied.
    pub(crate) fn line(&self, place: &Place) -> u32 {
        match place.origin {
            Origin::File => self.lines.partition_point(|start| *start <= place.span.start) as u32,
            Origin::Folder | Origin::BuiltIn => 0,
        }
    }

    pub(crate) fn add(
        &mut self,
        place: &Place,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let source = match place.origin {
            Origin::File => self.source,
            Origin::Folder => self.folder.unwrap_or(self.source),
            Origin::BuiltIn => self.builtin,
        };
        self.problems.push(Problem::at(source, place.span.clone(), severity, code, message.into(), help.into()));
    }

    pub(crate) fn error(&mut self, place: &Place, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(place, Severity::Error, code, message, help);
    }

    pub(crate) fn warning(&mut self, place: &Place, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(place, Severity::Warning, code, message, help);
    }

    /// Turns a value into what it means; the error of `turn` is the help sentence.
    pub(crate) fn value<T, V>(
        &mut self,
        at: &At<T>,
        code: &'static str,
        message: impl FnOnce(&T) -> String,
        turn: impl FnOnce(&T) -> Result<V, String>,
    ) -> Option<V> {
        match turn(&at.value) {
            Ok(value) => Some(value),
            Err(help) => {
                self.error(&at.place, code, message(&at.value), help);
                None
            }
        }
    }

    /// Whether anything so far forbids using the file.
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}
