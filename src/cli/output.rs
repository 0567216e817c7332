//! The only place that prints: answers to stdout, everything else to stderr.

use super::args::Format;
use std::io::{IsTerminal, Write};

/// Where a command's words go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// How answers are written.
    pub format: Format,
}

impl Output {
    /// The answer, to stdout. A closed pipe is the reader's choice and no error.
    pub fn answer(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        drop(write!(out, "{text}{end}").and_then(|()| out.flush()));
    }

    /// The answer as JSON, to stdout.
    pub fn json(&self, value: &impl serde::Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.answer(&text),
            Err(error) => self.error(&format!("the answer could not be written as JSON: {error}")),
        }
    }

    /// A remark, to stderr.
    pub fn say(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        drop(writeln!(err, "{text}"));
    }

    /// An error, to stderr.
    pub fn error(&self, text: &str) {
        self.say(&format!("{}: {text}", self.paint("error", "1;31")));
    }

    /// A line of progress that the next one overwrites; nothing when nobody watches.
    pub fn progress(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        if err.is_terminal() && self.format == Format::Text {
            drop(write!(err, "\r\u{1b}[K{text}").and_then(|()| err.flush()));
        }
    }

    /// Whether colour is wanted on stderr.
    pub fn colour(&self) -> bool {
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// Whether colour is wanted on stdout.
    pub fn colour_answers(&self) -> bool {
        std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    fn paint(&self, text: &str, code: &str) -> String {
        if self.colour() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
