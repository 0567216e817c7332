//! When a program is killed: after some time, after so many requests, or while an answer to it is held back.

use crate::cli::firm::Practice;
use crate::cli::http;
use serde_json::{Value, json};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The same numbers from the same seed (splitmix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64, scene: &str) -> Chance {
        Chance(scene.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))))
    }

    /// Below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    /// The same, rather a small one: a command that is killed soon is killed more often on its way.
    fn sooner(&mut self, end: u64) -> u64 {
        let most = self.below(end);
        self.below(most + 1)
    }
}

/// What a command does when nobody kills it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) time: Duration,
    pub(super) requests: u64,
}

/// When to kill.
#[derive(Debug)]
pub(super) enum Moment {
    /// After so long.
    Time(Duration),
    /// Once the sandbox has seen so many requests more.
    Requests(u64),
    /// When a request of this side took effect, and its answer is still held back; the first so many are answered.
    Unanswered(&'static str, &'static str, u64),
}

impl Moment {
    pub(super) fn draw(chance: &mut Chance, span: Span) -> Moment {
        let micros = u64::try_from(span.time.as_micros()).expect("a short time");
        match chance.below(4) {
            0 => Moment::Time(Duration::from_micros(chance.sooner(micros + micros / 10))),
            1 => Moment::Requests(1 + chance.sooner(span.requests)),
            2 => Moment::Unanswered("case-status", "POST", chance.sooner(span.requests / 3)),
            _ => {
                let (side, method) =
                    [("case-status", "PUT"), ("mycase", "POST"), ("files", "PUT"), ("mycase", "GET")][chance.below(4) as usize];
                Moment::Unanswered(side, method, chance.sooner(span.requests / 8))
            }
        }
    }

    /// Waits for it. False when what it waits in has ended before.
    pub(super) fn comes(&self, practice: &Practice, mut goes_on: impl FnMut() -> bool) -> bool {
        let until = Instant::now() + Duration::from_secs(60);
        let (from, began) = (requests(practice), Instant::now());
        if let Moment::Unanswered(side, method, skip) = self {
            let hold = json!({ "side": side, "method": method, "kind": "slow", "millis": 60_000, "skip": skip, "times": 1 });
            assert_eq!(http::post(&practice.control("/faults"), &hold).status, 200);
        }
        while goes_on() {
            let is_now = match self {
                Moment::Time(time) => began.elapsed() >= *time,
                Moment::Requests(more) => requests(practice) >= from + more,
                Moment::Unanswered(..) => http::get(&practice.control("/faults")).json()["left"] == 0,
            };
            if is_now {
                return true;
            }
            assert!(Instant::now() < until, "{self:?} comes, or the program ends");
            std::thread::sleep(Duration::from_micros(500)); // Between two looks.
        }
        false
    }
}

/// All requests that the sandbox has seen.
pub(super) fn requests(practice: &Practice) -> u64 {
    let counted = http::get(&practice.control("/requests")).json();
    counted.as_object().expect("routes").values().filter_map(Value::as_u64).sum()
}

/// What came of a life.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    Killed,
    /// The command was done first, with this exit code.
    ByItself(i32),
}

/// A command at work: alone, or through a daemon, which is then what is killed.
pub(super) struct Life {
    command: Option<Process>,
    daemon: Option<Process>,
    arguments: Vec<String>,
    socket: PathBuf,
}

impl Life {
    pub(super) fn begin(practice: &Practice, arguments: &[&str], through_daemon: bool) -> Life {
        let socket = practice.house.path("state/control.sock");
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let mut life = Life { command: None, daemon: None, arguments, socket };
        if through_daemon {
            life.daemon = Some(spawn(practice, &["run"]));
        } else {
            life.command = Some(life.spawn(practice));
        }
        life
    }

    fn spawn(&self, practice: &Practice) -> Process {
        spawn(practice, &self.arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The exit code, once the command has ended.
    fn ended(&mut self, practice: &Practice) -> Option<i32> {
        if let Some(daemon) = &mut self.daemon
            && let Some(status) = daemon.0.try_wait().expect("its end")
        {
            panic!("the daemon ended by itself: {status}\n{}", last_words(practice));
        }
        if self.command.is_none() && UnixStream::connect(&self.socket).is_ok() {
            self.command = Some(self.spawn(practice));
        }
        let ended = self.command.as_mut()?.0.try_wait().expect("its end")?;
        Some(ended.code().unwrap_or(-1))
    }

    /// Kills it at this moment, if it is still there.
    pub(super) fn until(mut self, moment: &Moment, practice: &Practice) -> End {
        let mut code = None;
        let killed = moment.comes(practice, || {
            code = self.ended(practice);
            code.is_none()
        });
        // The daemon first: the command must not end by itself meanwhile.
        drop(self.daemon.take());
        drop(self.command.take());
        if matches!(moment, Moment::Unanswered(..)) {
            http::delete(&practice.control("/faults"));
        }
        match code {
            Some(code) if !killed => End::ByItself(code),
            _ => End::Killed,
        }
    }
}

/// A program that is killed with SIGKILL when dropped; it may have ended by itself before.
pub(super) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the program; what it says last is kept in a file.
pub(super) fn spawn(practice: &Practice, arguments: &[&str]) -> Process {
    let said = std::fs::File::create(practice.house.path("said.txt")).expect("a file");
    let mut command = practice.house.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
    Process(command.spawn().expect("the program starts"))
}

pub(super) fn last_words(practice: &Practice) -> String {
    std::fs::read_to_string(practice.house.path("said.txt")).unwrap_or_default()
}

/// A daemon that is started after a crash and answers.
pub(super) fn daemon_comes_up(practice: &Practice) -> Process {
    let mut daemon = spawn(practice, &["run"]);
    let until = Instant::now() + Duration::from_secs(30);
    while UnixStream::connect(practice.house.path("state/control.sock")).is_err() {
        if let Some(status) = daemon.0.try_wait().expect("its end") {
            panic!("the daemon does not start: {status}\n{}", last_words(practice));
        }
        assert!(Instant::now() < until, "the daemon answers");
        std::thread::sleep(Duration::from_millis(1)); // Between two looks.
    }
    daemon
}
