//! 500 firms in one process, as the shipped binary serves them: how soon it is ready, what it holds, what it costs while
//! nothing happens, how soon an edit of one file among them is in use, what a scrape costs.
//!
//! The firms have 200 linked cases each (100,000 in all) and are not connected, so that nothing but casebridge is measured.
//! Their states are made by the program itself in a first start, which is measured, too, and filled from here between the
//! two starts.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

#[expect(dead_code, reason = "the firms here have ids of their own")]
mod common;

use camino::{Utf8Path, Utf8PathBuf};
use casebridge::daemon::Client;
use casebridge::domain::{CaseId, FirmId, Link, PortalId, Record, SeenState};
use casebridge::http::{Clock, Transport};
use casebridge::load::{Environment, PathOptions};
use casebridge::operations::{FileState, House};
use common::{FIRM, figure, peak_mb};
use jiff::Timestamp;
use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::watch;

const FIRMS: usize = 500;
const CASES: u64 = 200;
const IDLE: Duration = Duration::from_secs(30);
/// Jiffies a second (Linux on every machine that this is for).
const JIFFIES: f64 = 100.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let root = Utf8PathBuf::try_from(dir.path().to_owned())?;
    std::fs::create_dir_all(root.join("conf/firms.d"))?;
    for number in 0..FIRMS {
        std::fs::write(file(&root, number), firm(number))?;
    }
    let first = Daemon::start(&root).await?;
    println!("{FIRMS} new firms, whose states are made:");
    figure("  the first answer to a status", &first.answered, "goal: under 1 s");
    figure("  every file is in use", &first.in_use, "");
    drop(first);
    fill(&root)?;
    let daemon = Daemon::start(&root).await?;
    println!("{FIRMS} firms with {CASES} linked cases each:");
    figure("  the first answer to a status", &daemon.answered, "");
    figure("  every file is in use", &daemon.in_use, "goal: under 1 s");
    figure("  the most memory held meanwhile", &format!("{:.0} MB", peak_mb(&daemon.process())), "");
    idle(&daemon).await;
    let edited = std::fs::read_to_string(file(&root, 250))?.replace("15 21 * * * UTC", "45 21 * * * UTC");
    let hidden = root.join("conf/firms.d/.new");
    std::fs::write(&hidden, edited)?;
    let begun = Instant::now();
    std::fs::rename(hidden, file(&root, 250))?;
    daemon.until(|generations| generations.contains(&2)).await?;
    figure("  an edit of one file is in use", &seconds(begun), "goal: under 1 s");
    let begun = Instant::now();
    let size = daemon.client.metrics().await?.len();
    figure("  a scrape of /metrics", &seconds(begun), &format!("{:.1} MB of text", size as f64 / 1e6));
    Ok(())
}

/// What it holds and costs while nothing happens.
async fn idle(daemon: &Daemon) {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = daemon.processor();
    tokio::time::sleep(IDLE).await;
    let share = (daemon.processor() - before) / IDLE.as_secs_f64() * 100.0;
    figure("  memory while idle", &format!("{:.0} MB", daemon.memory_mb()), "goal: under 60 MB");
    figure("  processor while idle", &format!("{share:.2} %"), "goal: under 0.1 %");
}

fn file(root: &Utf8Path, number: usize) -> Utf8PathBuf {
    root.join(format!("conf/firms.d/firm-{number:03}.firm.toml"))
}

fn seconds(since: Instant) -> String {
    format!("{:.2} s", since.elapsed().as_secs_f64())
}

/// The example under another name.
fn firm(number: usize) -> String {
    let rules = FIRM.split("[[tests]]").next().unwrap_or_default();
    rules.replace("harlow-pike-client-id", &format!("client-{number}")).replace("Harlow & Pike", &format!("Firm {number}"))
}

/// Links the cases of every firm.
fn fill(root: &Utf8Path) -> Result<(), Box<dyn Error>> {
    let options = PathOptions { config_dir: Some(root.join("conf")), state_dir: Some(root.join("state")), socket: None };
    let (_stop, stopped) = watch::channel(false);
    let house = House::open(&options, Environment::of(false, [("HOME", root.as_str())]), Clock::System, Transport::network()?, stopped)?;
    let now = Timestamp::now();
    for number in 0..FIRMS {
        let id: FirmId = format!("firm-{number:03}").parse()?;
        let hands = house.open_firm(&id)?;
        hands.store.write(|w| {
            (0..CASES).try_for_each(|place| {
                let case = CaseId(20_000_000 + place * 7);
                let text = |text: &str| Some(text.to_owned());
                let seen = SeenState {
                    practice_area: text("Personal Injury"),
                    stage: text("Treating"),
                    stage_since: now,
                    open: true,
                    open_since: now,
                };
                let record = Record::bare(true);
                let link = Link::after(case, PortalId(format!("{}", 500_000 + place)), &record, seen, now, &hands.prints);
                w.put_link(&link, &record)
            })
        })?;
    }
    Ok(())
}

/// `casebridge run`, stopped when dropped.
struct Daemon {
    child: Child,
    client: Client,
    answered: String,
    in_use: String,
}

impl Daemon {
    async fn start(root: &Utf8Path) -> Result<Daemon, Box<dyn Error>> {
        let socket = root.join("control.sock");
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
        command.env_clear().env("HOME", root).args(["run", "--config-dir", root.join("conf").as_str()]);
        command.args(["--state-dir", root.join("state").as_str(), "--socket", socket.as_str()]);
        let begun = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let client = loop {
            match Client::connect(&socket).await? {
                Some(client) => break client,
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        };
        let mut daemon = Daemon { child, client, answered: String::new(), in_use: String::new() };
        daemon.client.status().await?;
        daemon.answered = seconds(begun);
        daemon.until(|generations| generations.len() == FIRMS).await?;
        daemon.in_use = seconds(begun);
        Ok(daemon)
    }

    /// Asks until the generations of the files in use are as wanted.
    async fn until(&self, wanted: impl Fn(&[u64]) -> bool) -> Result<(), Box<dyn Error>> {
        loop {
            let firms = self.client.status().await?.firms;
            let in_use = firms.iter().filter(|firm| firm.file.state == FileState::Current);
            if wanted(&in_use.map(|firm| firm.file.generation).collect::<Vec<_>>()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn process(&self) -> String {
        self.child.id().to_string()
    }

    fn memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map_or(0.0, |kb| kb / 1000.0)
    }

    /// Processor time so far, in seconds.
    fn processor(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process())).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / JIFFIES
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
