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
    let (message, help) = words(error.message(), line_of(text, start).trim(), &text[start..]);
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

/// The parser's message in plainer words, with what to do.
fn words(message: &str, line: &str, rest: &str) -> (String, String) {
    let bare_value = line.split_once('=').is_some_and(|(_, value)| value.trim().starts_with(|c: char| c.is_alphabetic()));
    let spaced_key = line.split_once('=').is_some_and(|(key, _)| {
        let key = key.trim();
        key.contains(' ') && !key.contains(['"', '\'', '['])
    });
    if message.contains("duplicate") {
        return ("this is written twice in the file".to_owned(), "keep one of the two, or put both settings under one header".to_owned());
    }
    if spaced_key {
        return ("a name with blanks must stand in quotes".to_owned(), "write \"The Name\" = \"...\"".to_owned());
    }
    if line.starts_with('[') && !line.contains('=') && line.contains(' ') && !line.contains('"') {
        return (
            "a header with blanks in its name must have the name in quotes".to_owned(),
            "write e.g. [stages.for.\"Family Law\"]".to_owned(),
        );
    }
    if line.starts_with('[') && !line.contains(']') {
        return ("the header does not end".to_owned(), "write the closing bracket: [section]".to_owned());
    }
    if bare_value && !rest.starts_with(['"', '[']) {
        return ("a text must stand in quotes".to_owned(), "write it as \"...\"; only numbers, true and false stand without".to_owned());
    }
    if !line.is_empty() && !line.contains('=') && !line.starts_with(['[', '#', ']', '"', '}']) {
        return ("this line is no setting".to_owned(), "write key = \"value\", a [section] header, or put # before a remark".to_owned());
    }
    if message.contains("basic string") || message.contains("literal string") {
        return (
            "the text in quotes does not end in its line".to_owned(),
            "write the closing quote; a backslash in a text is written twice (\\\\)".to_owned(),
        );
    }
    if message.contains("array") {
        return (
            "the list is not closed or misses a comma".to_owned(),
            "write [\"one\", \"two\"]: commas between, a bracket at the end".to_owned(),
        );
    }
    (
        format!("this is not valid TOML: {message}"),
        "compare the line with its neighbours: key = \"value\", lists in [ ], texts in quotes".to_owned(),
    )
}
