//! How the program ends: one code per thing a script must tell apart (design: commands), and the words for people.

use super::output::Output;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Typed wrongly.
    Usage,
    /// Problems in files.
    Files,
    /// `plan --exit-code`: the plan has changes.
    Changes,
    /// Something waits for approval.
    Waiting,
    /// Not connected.
    NotConnected,
}

impl Exit {
    /// The code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Files => 3,
            Exit::Changes => 4,
            Exit::Waiting => 5,
            Exit::NotConnected => 6,
        }
    }

    /// The code of an operation's error word.
    pub fn of_word(word: &str) -> Exit {
        match word {
            "not-connected" | "reconnect" => Exit::NotConnected,
            "usage" | "no-such-firm" => Exit::Usage,
            "file" | "no-file" => Exit::Files,
            _ => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a command has no answer: an exit code, what happened and where, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, one sentence; empty when it was said already.
    pub text: String,
    /// What to do next; may be empty.
    pub hint: String,
}

impl Failure {
    /// Something failed.
    pub fn failed(text: impl Into<String>) -> Failure {
        Failure { exit: Exit::Failed, text: text.into(), hint: String::new() }
    }

    /// Something was typed wrongly.
    pub fn usage(text: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, text: text.into(), hint: String::new() }
    }

    /// The same with what to do next.
    pub fn with_hint(self, hint: impl Into<String>) -> Failure {
        Failure { hint: hint.into(), ..self }
    }

    /// An operation's error: its word and its sentence.
    pub fn of_word(word: &str, text: impl Into<String>) -> Failure {
        Failure { exit: Exit::of_word(word), text: text.into(), hint: String::new() }
    }

    /// Says it on stderr.
    pub fn tell(self, output: &Output) -> Exit {
        let Failure { exit, text, hint } = self;
        if !text.is_empty() {
            output.error(&text);
        }
        if !hint.is_empty() {
            output.hint(&hint);
        }
        exit
    }
}

/// An error with all its causes in one line, each cause once.
pub(super) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_contract() {
        let all = [Exit::Done, Exit::Failed, Exit::Usage, Exit::Files, Exit::Changes, Exit::Waiting, Exit::NotConnected];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(Exit::of_word("reconnect"), Exit::NotConnected);
        assert_eq!(Exit::of_word("portal"), Exit::Failed);
    }
}
