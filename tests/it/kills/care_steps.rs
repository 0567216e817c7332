//! Killed at each call that changes a file, in turn: the kernel's tracer (strace) ends the program as it enters the call. Where
//! there is no strace, the kills at random moments have to do.

use super::care::{ALL, Care, Office};
use super::stand::Saved;
use super::{Kills, Share};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Calls that change what is on the disk.
const CALLS: &str = "write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,\
fchmod,fchmodat,fchown,flock";

fn strace() -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join("strace")).find(|path| path.is_file())?;
    // It may be there and not be allowed to trace.
    let traces = Command::new(&found).args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status().ok()?.success();
    traces.then_some(found)
}

/// Runs a command that is killed as it enters the `n`th call; false when it made fewer.
fn killed_at(office: &Office, strace: &PathBuf, command: &[String], n: u64) -> bool {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let program = office.practice.house.command(&words);
    let mut traced = Command::new(strace);
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={CALLS}")]);
    traced.args(["-e", &format!("inject={CALLS}:signal=SIGKILL:when={n}")]);
    traced.arg(program.get_program()).args(program.get_args());
    traced.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    traced.current_dir(program.get_current_dir().expect("a folder"));
    traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    !traced.status().expect("strace runs").success()
}

#[test]
#[expect(clippy::print_stderr, reason = "what was not proved is said")]
fn whatever_is_done_to_a_state_survives_a_kill_at_each_call() {
    let Some(strace) = strace() else {
        eprintln!("skipped: no strace here that may trace; kills at random moments only");
        return;
    };
    let mut kills = Kills::of("each call of backup, restore, rename, rekey and erase", Share(10));
    let mut office = Office::new();
    for care in ALL {
        let (each, mut n) = (kills.owed.div_ceil(ALL.len() as u64), 1);
        loop {
            let (saved, key) = (Saved::of(&office.practice.house.path("state")), office.key());
            let command = office.ready(care);
            let killed = killed_at(&office, &strace, &command, n);
            if killed {
                kills.one_more();
            }
            office.goes_on(care, &command);
            if care == Care::Erase {
                office.is_gone(&key);
                office.comes_back(&saved);
            }
            office.is_whole();
            if !killed {
                break;
            }
            // Each call in the long run, else some on the way to the end.
            n += if Kills::are_many() { 1 } else { 1 + kills.chance.below(160 / each) };
        }
        assert!(n > 5, "{care:?} makes calls");
    }
}
