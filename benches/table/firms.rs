//! 500 firms in one process, as the shipped binary serves them: how soon it is ready, what it holds, what it costs while
//! nothing happens, how soon an edit of one file among them is in use, what a scrape costs.
//!
//! The firms have 200 linked cases each (100,000 in all) and are not connected, so that nothing but casebridge is measured.
//! Their states are made by the program itself in a first start, which is measured, too, and filled from here between the
//! two starts.

use crate::desk::FIRM;
use crate::process::{memory_mb, peak_mb, processor};
use crate::row::{at_most, plain};
use crate::{Done, stand};
use camino::{Utf8Path, Utf8PathBuf};
use casebridge::daemon::Client;
use casebridge::domain::{CaseId, FirmId, Link, PortalId, Record, SeenState};
use casebridge::http::{Clock, Transport};
use casebridge::load::{Environment, PathOptions};
use casebridge::operations::{FileState, House};
use jiff::Timestamp;
use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::watch;

const FIRMS: usize = 500;
const CASES: u64 = 200;
const IDLE: Duration = Duration::from_secs(30);
/// Until then the start's tail is over: its threads have ended, and the first poll has found nothing new.
const AT_REST: Duration = Duration::from_secs(33);

/// All of it.
pub(crate) fn scene() -> Done {
    stand::runtime()?.block_on(all())
}

async fn all() -> Done {
    let dir = tempfile::tempdir()?;
    let root = Utf8PathBuf::try_from(dir.path().to_owned())?;
    std::fs::create_dir_all(root.join("conf/firms.d"))?;
    for number in 0..FIRMS {
        std::fs::write(file(&root, number), firm(number))?;
    }
    let first = Daemon::start(&root).await?;
    at_most("a daemon of 500 new firms, their states being made: the first answer to a status", first.answered, "s", 1.0);
    plain("the same: every file is in use", first.in_use, "s");
    drop(first);
    fill(&root)?;
    let daemon = Daemon::start(&root).await?;
    at_most("a daemon of 500 firms with 100,000 links: every file is in use after its start", daemon.in_use, "s", 1.0);
    plain("the same: processor until then", daemon.started, "s");
    plain("the same: most memory until then", peak_mb(&daemon.process()), "MB");
    idle(&daemon).await;
    edit(&daemon, &root).await?;
    let begun = Instant::now();
    let size = daemon.client.metrics().await?.len();
    plain(&format!("a scrape of /metrics ({:.1} MB of text)", size as f64 / 1e6), begun.elapsed().as_secs_f64(), "s");
    Ok(())
}

/// What it holds and costs while nothing happens.
async fn idle(daemon: &Daemon) {
    tokio::time::sleep(AT_REST).await;
    let process = daemon.process();
    let before = processor(&process);
    tokio::time::sleep(IDLE).await;
    let share = (processor(&process) - before) / IDLE.as_secs_f64() * 100.0;
    at_most("the same, idle: memory", memory_mb(&process), "MB", 60.0);
    at_most("the same, idle: share of one processor", share, "%", 0.1);
}

/// How soon an edit of one file among them is in use; the folder's quiet quarter of a second is part of it.
async fn edit(daemon: &Daemon, root: &Utf8Path) -> Done {
    let edited = std::fs::read_to_string(file(root, 250))?.replace("cases = \"15 ", "cases = \"45 ");
    let hidden = root.join("conf/firms.d/.new");
    std::fs::write(&hidden, edited)?;
    let (begun, before) = (Instant::now(), processor(&daemon.process()));
    std::fs::rename(hidden, file(root, 250))?;
    daemon.until(|generations| generations.contains(&2)).await?;
    at_most("the same: an edit of one file is in use", begun.elapsed().as_secs_f64(), "s", 1.0);
    plain("the same: processor for it, the asking included", processor(&daemon.process()) - before, "s");
    Ok(())
}

fn file(root: &Utf8Path, number: usize) -> Utf8PathBuf {
    root.join(format!("conf/firms.d/firm-{number:03}.firm.toml"))
}

/// The example under another name, with its night half a day from now: else a daemon that begins a little after it would catch up on
/// it, and not be idle.
fn firm(number: usize) -> String {
    let far = (Timestamp::now().as_second() / 3600 + 12) % 24;
    let rules = FIRM.split("[[tests]]").next().unwrap_or_default().replace("\"15 21 *", &format!("\"15 {far} *"));
    rules.replace("harlow-pike-client-id", &format!("client-{number}")).replace("Harlow & Pike", &format!("Firm {number}"))
}

/// Links the cases of every firm.
fn fill(root: &Utf8Path) -> Done {
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
    /// Seconds from its start to its first answer.
    answered: f64,
    /// Seconds until every file was in use.
    in_use: f64,
    /// What it took of the processor until then.
    started: f64,
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
        client.status().await?;
        let mut daemon = Daemon { child, client, answered: begun.elapsed().as_secs_f64(), in_use: 0.0, started: 0.0 };
        daemon.until(|generations| generations.len() == FIRMS).await?;
        (daemon.in_use, daemon.started) = (begun.elapsed().as_secs_f64(), processor(&daemon.process()));
        Ok(daemon)
    }

    /// Asks until the generations of the files in use are as wanted.
    async fn until(&self, wanted: impl Fn(&[u64]) -> bool) -> Done {
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
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
