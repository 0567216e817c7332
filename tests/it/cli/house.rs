//! A configuration folder of one's own and an empty home, and the program in it.

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use tempfile::TempDir;

/// The program's surroundings; removed with everything in them.
pub(crate) struct House {
    folder: TempDir,
}

/// What came of one call.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("stdout is not JSON ({error}): {self:?}"))
    }

    /// Ended with this code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Done {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Says all of this, on stdout or stderr.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Done {
        for word in words {
            assert!(
                self.out.contains(word) || self.err.contains(word),
                "{word:?} is not said\nstdout:\n{}\nstderr:\n{}",
                self.out,
                self.err
            );
        }
        self
    }
}

impl House {
    pub(crate) fn new() -> House {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["home", "conf/firms.d"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder in it");
        }
        House { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a firm file.
    pub(crate) fn firm(&self, id: &str, text: &str) {
        fs::write(self.path(&format!("conf/firms.d/{id}.firm.toml")), text).expect("it is written");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
        command.env_clear().env("HOME", self.path("home")).current_dir(self.folder.path());
        command.args(["--config-dir", "conf", "--state-dir", "state"]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end, with nothing on stdin.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, "")
    }

    /// Runs it to its end with this on stdin.
    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &str) -> Done {
        let mut child = self.command(arguments).spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        // It may end before it has read everything.
        drop(pipe.write_all(stdin.as_bytes()));
        drop(pipe);
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes text");
        Done { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs it to its end in a shell that does this first.
    pub(crate) fn run_in_shell(&self, first: &str, arguments: &[&str]) -> Done {
        let program = self.command(arguments);
        let mut shell = Command::new("/bin/sh");
        shell.env_clear().env("HOME", self.path("home")).current_dir(self.folder.path()).stdin(Stdio::null());
        shell.args(["-c", &format!("{first}; exec \"$@\""), "sh"]).arg(program.get_program()).args(program.get_args());
        let output = shell.output().expect("a shell");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes text");
        Done { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts it and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let stdin = child.stdin.take();
        Running { child, out, stdin }
    }
}

/// A program that runs; killed when dropped.
pub(crate) struct Running {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    /// Open until it is taken.
    pub(crate) stdin: Option<ChildStdin>,
}

impl Running {
    /// The next line of stdout.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("it writes text");
        line.trim_end().to_owned()
    }

    /// Asks it to end, as systemd does.
    pub(crate) fn terminate(&self) {
        let killed = Command::new("/bin/sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(killed.expect("a shell").success());
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Done {
        drop(self.stdin.take());
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).expect("text");
        self.child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
        let code = self.child.wait().expect("it ends").code().unwrap_or(-1);
        Done { code, out, err }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
