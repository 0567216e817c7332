//! Programs that tests bring along in Node: installed once by npm into the target folder. Where there is no Node or npm, or
//! npm cannot fetch, a test says so and passes: a machine with only Rust can test everything else.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// npm may take this long to fetch 40 small packages.
const INSTALL_WITHIN: Duration = Duration::from_secs(120);

/// A process that ends with its test, whatever becomes of it.
pub(crate) struct Guarded(pub(crate) Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Runs to its end, or says why not.
pub(crate) fn finish(command: &mut Command, within: Duration) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = Guarded(child.map_err(|error| format!("there is no {name} ({error})"))?);
    let began = Instant::now();
    while began.elapsed() < within {
        match child.0.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("{name} failed ({status})")),
            Ok(None) => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(format!("{name} was lost ({error})")),
        }
    }
    Err(format!("{name} took longer than {} s", within.as_secs()))
}

/// The folder with everything installed, kept for the next `cargo test`. `files`: `package.json`, `package-lock.json`, and the
/// program. Call it once for all tests of a folder.
pub(crate) fn install(name: &str, files: [(&str, &str); 3]) -> Result<PathBuf, String> {
    finish(Command::new("node").arg("--version"), INSTALL_WITHIN)?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let done = folder.join("installed.json");
    let broken = |error: std::io::Error| format!("{} cannot be written ({error})", folder.display());
    std::fs::create_dir_all(&folder).map_err(broken)?;
    for (name, text) in files {
        std::fs::write(folder.join(name), text).map_err(broken)?;
    }
    if std::fs::read_to_string(&done).is_ok_and(|text| text == files[1].1) {
        return Ok(folder);
    }
    let quick = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=20000"];
    finish(Command::new("npm").arg("ci").args(quick).current_dir(&folder), INSTALL_WITHIN)?;
    std::fs::write(&done, files[1].1).map_err(broken)?;
    Ok(folder)
}

/// Says on stderr what is not tested here. Not by a macro: of a test that passes those would be swallowed.
pub(crate) fn skipped(what: &str) {
    drop(writeln!(std::io::stderr(), "skipped: {what}"));
}
