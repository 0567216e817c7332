//! How the program ends: one code per thing a script must tell apart (design: commands).

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
            "usage" => Exit::Usage,
            "file" => Exit::Files,
            _ => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
