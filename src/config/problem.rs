//! A problem in a file: where it is, what it is, and what to write instead.

use serde::Serialize;
use std::ops::Range;
use std::sync::Arc;

/// A text with the name people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// E.g. `acme.firm.toml`, or the path as the person gave it.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
}

/// How bad a problem is. Warnings and notes leave the exit code 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is not used.
    Error,
    /// The file is used; somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

/// One problem. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// How bad it is.
    pub severity: Severity,
    /// A short word for machines, e.g. `unknown-key`.
    pub code: &'static str,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to write instead, one sentence; may be empty.
    pub help: String,
    /// The bytes to underline.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Problem {
    /// A problem at some bytes of a text.
    pub fn at(source: &SourceText, span: Range<usize>, severity: Severity, code: &'static str, message: String, help: String) -> Problem {
        let (line, column) = source.place(span.start);
        Problem { file: source.name.clone(), line, column, severity, code, message, help, span }
    }
}

impl SourceText {
    /// A named text.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceText {
        SourceText { name: name.into(), text: text.into() }
    }

    /// Line and column of a byte, both from 1; a byte past the end is the end.
    pub fn place(&self, byte: usize) -> (usize, usize) {
        let end = self.text.floor_char_boundary(byte.min(self.text.len()));
        let before = &self.text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let source = SourceText::new("a.toml", "ä = 1\nbé = 2\n");
        assert_eq!(source.place(0), (1, 1));
        assert_eq!(source.place("ä = 1\nbé".len()), (2, 3));
        assert_eq!(source.place(999), (3, 1));
    }
}
