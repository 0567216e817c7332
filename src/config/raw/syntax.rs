//! Syntax errors in words: what word processors do to quotes and blanks gets its own (encodings are `load`'s).

use crate::config::{Problem, Severity, SourceText};
use std::ops::Range;

const CURLY: [char; 8] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}'];
const BLANKS: [char; 5] = ['\u{a0}', '\u{202f}', '\u{2007}', '\u{3000}', '\u{200b}'];

/// The problem of a syntax error.
pub(super) fn explain(source: &SourceText, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let text = &source.text;
    let start = text.floor_char_boundary(span.start.min(text.len()));
    if let Some((at, found)) = strange(text, start) {
        let span = at..at + found.len_utf8();
        return match CURLY.contains(&found) {
            true => problem(
                source,
                span,
                "curly-quotes",
                "this is a curly quote, as word processors make them; it opens no text",
                "write the straight quote \" and save the file with a plain text editor",
            ),
            false => problem(
                source,
                span,
                "no-break-space",
                "this is a no-break space: it looks like a blank but is none",
                "replace it by an ordinary blank (it comes from copying out of a web page or a word processor)",
            ),
        };
    }
    let line_start = text[..start].rfind('\n').map_or(0, |line| line + 1);
    let place =
        Stumble { message: error.message(), line: line_of(text, start).trim(), before: &text[line_start..start], rest: &text[start..] };
    let (message, help) = match error.message().contains("duplicate") {
        true => (twice(text, line_start), "keep one of the two, or put both settings under one header".to_owned()),
        false => place.words(),
    };
    problem(source, start..span.end.clamp(start, text.len()), "syntax", &message, &help)
}

fn problem(source: &SourceText, span: Range<usize>, code: &'static str, message: &str, help: &str) -> Problem {
    Problem::at(source, span, Severity::Error, code, message.to_owned(), help.to_owned())
}

/// The first curly quote or strange blank outside of quotes and comments in the line of an error.
fn strange(text: &str, at: usize) -> Option<(usize, char)> {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let mut quote = None;
    for (offset, c) in line_of(text, at).char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '#') => return None,
            (None, c) if CURLY.contains(&c) || BLANKS.contains(&c) => return Some((start + offset, c)),
            _ => {}
        }
    }
    None
}

fn line_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    text[start..].lines().next().unwrap_or_default()
}

/// That a header or a key stands there twice, and where it stood first.
fn twice(text: &str, line_start: usize) -> String {
    let line = line_of(text, line_start).trim();
    let header = line.starts_with('[');
    let name = |line: &str| {
        let end = if header { line.find(']').map(|at| at + 1) } else { line.find('=') };
        line.get(..end?).map(|name| name.trim().to_owned())
    };
    let Some(own) = name(line) else { return "this is written twice in the file".to_owned() };
    let before: Vec<&str> = text[..line_start].lines().collect();
    // A key counts within its section only.
    let from = if header { 0 } else { before.iter().rposition(|line| line.trim_start().starts_with('[')).map_or(0, |at| at + 1) };
    let first = before.iter().skip(from).position(|line| name(line.trim()).as_ref() == Some(&own));
    match first {
        Some(at) => format!("{own} is written twice: it stands in line {} already", from + at + 1),
        None => "this is written twice in the file".to_owned(),
    }
}

/// Where the parser gave up.
struct Stumble<'a> {
    /// What it says.
    message: &'a str,
    /// The line, without outer blanks.
    line: &'a str,
    /// What stands before the place in its line.
    before: &'a str,
    /// Everything from there on.
    rest: &'a str,
}

/// How a mistake is recognised, what it is, what to do. The first that fits is said.
type Mistake = (fn(&Stumble<'_>) -> bool, &'static str, &'static str);

const MISTAKES: &[Mistake] = &[
    (
        |at| at.is_merge(),
        "two versions of this place stand here: git could not merge them",
        "keep one version, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>",
    ),
    (|at| at.rest.starts_with("//"), "a remark begins with #", "write # in place of //"),
    (|at| at.is_spaced_key(), "a name with blanks must stand in quotes", "write \"The Name\" = \"...\""),
    (
        |at| at.line.starts_with('[') && !at.line.contains('=') && at.line.contains(' ') && !at.line.contains('"'),
        "a header with blanks in its name must have the name in quotes",
        "write e.g. [stages.for.\"Family Law\"]",
    ),
    (|at| at.line.starts_with('[') && !at.line.contains(']'), "the header does not end", "write the closing bracket: [section]"),
    (|at| at.is_bare_text(), "a text must stand in quotes", "write it as \"...\"; only numbers, true and false stand without"),
    (
        |at| at.message.contains("no value") && at.line.starts_with(['"', '\'']),
        "between a name and what it leads to stands an equals sign",
        "write \"The Name\" = \"...\"",
    ),
    (
        |at| !at.line.is_empty() && !at.line.contains('=') && !at.line.starts_with(['[', '#', ']', '"', '}']),
        "this line is no setting",
        "write key = \"value\", a [section] header, or put # before a remark",
    ),
    (
        |at| at.message.contains("basic string") || at.message.contains("literal string"),
        "the text in quotes does not end in its line",
        "write the closing quote; a backslash in a text is written twice (\\\\)",
    ),
    (
        |at| at.message.contains("array"),
        "the list is not closed or misses a comma",
        "write [\"one\", \"two\"]: commas between, a bracket at the end",
    ),
];

impl Stumble<'_> {
    /// The parser's message in plainer words, with what to do.
    fn words(&self) -> (String, String) {
        match MISTAKES.iter().find(|(fits, ..)| fits(self)) {
            Some((_, message, help)) => ((*message).to_owned(), (*help).to_owned()),
            None => (
                format!("this is not valid TOML: {}", self.message),
                "compare the line with its neighbours: key = \"value\", lists in [ ], texts in quotes".to_owned(),
            ),
        }
    }

    fn is_merge(&self) -> bool {
        ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| self.line.starts_with(mark))
    }

    fn is_spaced_key(&self) -> bool {
        self.line.split_once('=').is_some_and(|(key, _)| {
            let key = key.trim();
            key.contains(' ') && !key.contains(['"', '\'', '['])
        })
    }

    /// A word where a value is wanted, alone or in a list.
    fn is_bare_text(&self) -> bool {
        let value = self.line.split_once('=').map(|(_, value)| value.trim());
        let alone = value.is_some_and(|value| value.starts_with(|c: char| c.is_alphabetic())) && !self.rest.starts_with(['"', '[']);
        let outside = self.before.contains('=') && self.before.matches('"').count().is_multiple_of(2);
        let listed = value.is_some_and(|value| value.starts_with('[')) && outside && self.rest.starts_with(|c: char| c.is_alphabetic());
        alone || listed
    }
}
