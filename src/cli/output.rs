//! The only place that prints: answers to stdout, everything else to stderr. A closed pipe is the reader's choice and no error.

use super::args::Format;
use super::fit::{cut, fit};
use super::safe::safe;
use crate::sync::{Pace, Step};
use jiff::Timestamp;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a command's words go. Clones share the progress line.
#[derive(Debug, Clone)]
pub struct Output {
    /// How answers are written.
    pub format: Format,
    /// Whether a line of progress stands on the terminal.
    line: Arc<AtomicBool>,
    /// How fast the work goes that progress is told of.
    pace: Arc<Mutex<Pace>>,
}

/// A colour; what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Something is wrong.
    Red,
    /// Somebody should look.
    Yellow,
    /// Something is well.
    Green,
    /// A heading.
    Bold,
    /// Less important.
    Dim,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Red => "1;31",
            Ink::Yellow => "33",
            Ink::Green => "32",
            Ink::Bold => "1",
            Ink::Dim => "2",
        }
    }

    /// The text in this colour, when colour is wanted.
    pub(super) fn on(self, text: &str, wanted: bool) -> String {
        if wanted { format!("\u{1b}[{}m{text}\u{1b}[0m", self.code()) } else { text.to_owned() }
    }
}

impl Output {
    /// Words in this form.
    pub fn new(format: Format) -> Output {
        Output { format, line: Arc::default(), pace: Arc::default() }
    }

    /// The answer, to stdout: to the byte, but on a terminal only what does it no harm.
    pub fn answer(&self, text: &str) {
        match std::io::stdout().is_terminal() {
            true => self.put(&safe(text)),
            false => self.put(text),
        }
    }

    fn put(&self, text: &str) {
        self.end_progress();
        let mut out = std::io::stdout().lock();
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        drop(write!(out, "{text}{end}").and_then(|()| out.flush()));
    }

    /// An answer for people, to stdout: on a terminal no line is wider than it.
    pub fn text(&self, text: &str) {
        self.put(&fit(&safe(text), self.width()));
    }

    /// The same on a terminal in the place of the one before, without a flicker.
    pub fn text_anew(&self, text: &str) {
        let text = fit(&safe(text), self.width());
        if !std::io::stdout().is_terminal() {
            return self.put(&text);
        }
        let lines: String = text.lines().map(|line| format!("{line}\u{1b}[K\n")).collect();
        self.put(&format!("\u{1b}[H{lines}\u{1b}[J"));
    }

    /// How wide the terminal is that shows answers; `None` when they go elsewhere.
    pub fn width(&self) -> Option<usize> {
        width_of(std::io::stdout())
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
        self.end_progress();
        let mut err = std::io::stderr().lock();
        drop(writeln!(err, "{}", safe(text)));
    }

    /// A question, to stderr; the answer is typed behind it.
    pub fn prompt(&self, text: &str) {
        self.end_progress();
        let mut err = std::io::stderr().lock();
        drop(write!(err, "{}", safe(text)).and_then(|()| err.flush()));
    }

    /// An error, to stderr.
    pub fn error(&self, text: &str) {
        self.labelled(Ink::Red, "error", text);
    }

    /// A warning, to stderr.
    pub fn warning(&self, text: &str) {
        self.labelled(Ink::Yellow, "warning", text);
    }

    /// What to do next, to stderr.
    pub fn hint(&self, text: &str) {
        self.labelled(Ink::Green, "next", text);
    }

    fn labelled(&self, ink: Ink, label: &str, text: &str) {
        self.say(&fit(&format!("{}: {text}", ink.on(label, self.colour())), width_of(std::io::stderr())));
    }

    /// A line of progress that the next one overwrites; nothing when nobody watches.
    pub fn progress(&self, step: Step) {
        let mut err = std::io::stderr().lock();
        if !err.is_terminal() || self.format == Format::Json {
            return;
        }
        let now = Timestamp::now();
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.takes(step, now);
        if let Some(doing) = pace.doing(now) {
            self.line.store(true, Ordering::Relaxed);
            drop(write!(err, "\r\u{1b}[K{}", cut(&safe(&doing.text), width_of(&err))).and_then(|()| err.flush()));
        }
    }

    /// Takes the line of progress away.
    pub fn end_progress(&self) {
        if self.line.swap(false, Ordering::Relaxed) {
            let mut err = std::io::stderr().lock();
            drop(write!(err, "\r\u{1b}[K").and_then(|()| err.flush()));
        }
    }

    /// Whether colour is wanted on stderr.
    pub fn colour(&self) -> bool {
        std::io::stderr().is_terminal() && colour_is_welcome()
    }

    /// Whether colour is wanted on stdout.
    pub fn colour_answers(&self) -> bool {
        std::io::stdout().is_terminal() && colour_is_welcome()
    }
}

/// How wide a terminal is; `None` of what is none.
fn width_of(stream: impl std::os::fd::AsFd) -> Option<usize> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0))
}

/// <https://no-color.org>: any value but the empty one.
fn colour_is_welcome() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A remark from a place that has no [`Output`] at hand.
pub(super) fn remark(text: &str) {
    let mut err = std::io::stderr().lock();
    drop(writeln!(err, "{text}"));
}
