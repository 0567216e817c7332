//! A first import, whole: 20,000 cases are read from MyCase, mapped, planned, journalled, created in Case Status and linked,
//! over HTTP on loopback. The sandbox that plays both is a child process (`casebridge sandbox --no-rate-limits`) on the same
//! cores; its processor time is told apart. Then the run after it, which reads everything and writes nothing.
//!
//! Not measured: TLS, a real vendor's answering time, the vendors' rate limits (at Case Status' 10 requests a second such an
//! import takes 35 minutes). MyCase's budget of 25 requests in 1.1 seconds is kept: the cases are 20 pages.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

mod common;

use camino::Utf8Path;
use casebridge::domain::FirmId;
use casebridge::http::{Call, Clock, HttpClient, Limiter, Transport};
use casebridge::load::{Environment, PathOptions, read_folder};
use casebridge::operations::{Answer, Ask, Caller, Engine, Hands, House, Secret, SyncAsk, answer};
use casebridge::sync::{Progress, RunReport};
use common::{FIRM, FIRM_ID, figure, peak_mb};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

const CASES: &str = "20000";
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut best: Option<Round> = None;
    for _ in 0..ROUNDS {
        let round = runtime.block_on(round())?;
        if best.as_ref().is_none_or(|best| round.rate() > best.rate()) {
            best = Some(round);
        }
    }
    let Some(best) = best else { return Ok(()) };
    let Round { first, import, sandbox, second, again } = &best;
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    let what = format!("first import, {} cases, {} requests", first.written, first.requests.portal);
    figure(&what, &format!("{:.0} cases/s", best.rate()), "goal: 2000 cases/s");
    let times = [import.wall, import.user, *sandbox].map(seconds);
    println!("  ({} on the wall; user time {}, of the sandbox {}; best of {ROUNDS})", times[0], times[1], times[2]);
    println!("  ({} need attention, {} failed, as the sandbox's data has it)", first.counts.exceptions, first.failures.len());
    let what = format!("the run after it, {} written", second.written);
    figure(&what, &seconds(again.wall), "");
    println!("  (user time {}; most memory held {:.0} MB)", seconds(again.user), peak_mb("self"));
    Ok(())
}

/// One import and the run after it.
struct Round {
    first: RunReport,
    import: Took,
    /// User time of the sandbox meanwhile.
    sandbox: Duration,
    second: RunReport,
    again: Took,
}

impl Round {
    fn rate(&self) -> f64 {
        self.first.written as f64 / self.import.wall.as_secs_f64()
    }
}

async fn round() -> Result<Round, Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    let dir = tempfile::tempdir()?;
    let firm = Connected::new(Utf8Path::from_path(dir.path()).ok_or("a path that is no UTF-8")?, &sandbox).await?;
    let (watch, before) = (Watch::start(), sandbox.user_time());
    let first = firm.sync().await?;
    let (import, spent) = (watch.stop(), sandbox.user_time() - before);
    let watch = Watch::start();
    let second = firm.sync().await?;
    Ok(Round { first, import, sandbox: spent, second, again: watch.stop() })
}

/// The stand-ins, in a process of their own until dropped.
struct Sandbox {
    child: Child,
    handle: Value,
}

impl Sandbox {
    fn start() -> Result<Sandbox, Box<dyn Error>> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
        command.args(["sandbox", "--cases", CASES, "--seed", "8", "--no-rate-limits"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Sandbox { child, handle: serde_json::from_str(&line)? })
    }

    fn text(&self, side: &str, key: &str) -> String {
        self.handle[side][key].as_str().unwrap_or_default().to_owned()
    }

    fn user_time(&self) -> Duration {
        user_time(&self.child.id().to_string())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The example's firm on the sandbox, allowed to read it.
struct Connected {
    engine: Engine,
    _stop: watch::Sender<bool>,
}

impl Connected {
    async fn new(root: &Utf8Path, sandbox: &Sandbox) -> Result<Connected, Box<dyn Error>> {
        std::fs::create_dir(root.join("firms.d"))?;
        std::fs::write(root.join(format!("firms.d/{FIRM_ID}.firm.toml")), file(sandbox))?;
        let options = PathOptions { config_dir: Some(root.to_owned()), state_dir: Some(root.join("state")), socket: None };
        let environment = Environment::of(false, [("HOME", root.as_str())]);
        let (transport, (stop, stopped)) = (Transport::network()?, watch::channel(false));
        let house = House::open(&options, environment, Clock::System, transport.clone(), stopped)?;
        let id: FirmId = FIRM_ID.parse()?;
        let hands = house.open_firm(&id)?;
        hands.store.write(|w| {
            w.put_secret("mycase", &SecretString::from(sandbox.text("mycase", "client_secret")))?;
            w.put_secret("portal", &SecretString::from(sandbox.text("case_status", "api_key")))
        })?;
        let firm = Connected { engine: engine(&house, &hands, &id)?, _stop: stop };
        let Answer::Authorize { url, .. } = firm.ask(Ask::ConnectBegin).await? else { return Err("no address to open".into()) };
        let browser = HttpClient::new(transport, "MyCase", Arc::new(Limiter::unlimited()), 1);
        let reply = browser.call(Call::get(url.parse()?)).await?;
        let redirected = reply.headers.get("location").ok_or("no redirect")?.to_str()?.to_owned();
        firm.ask(Ask::ConnectEnd { redirected: Secret(redirected) }).await?;
        Ok(firm)
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Box<dyn Error>> {
        let by = Caller { who: "bench".to_owned() };
        Ok(answer(&self.engine, ask, &by, &Progress::silent()).await?)
    }

    async fn sync(&self) -> Result<RunReport, Box<dyn Error>> {
        match self.ask(Ask::Sync(SyncAsk::default())).await? {
            Answer::Run(report) if report.error.is_none() => Ok(*report),
            other => Err(format!("{other:?}").into()),
        }
    }
}

fn engine(house: &House, hands: &Arc<Hands>, id: &FirmId) -> Result<Engine, Box<dyn Error>> {
    let now = Timestamp::now();
    let view = house.check_folder(&read_folder(&house.paths), now);
    let verdict = view.firms.get(id).ok_or("no such firm")?;
    let accepted = house.accept(hands, verdict, now)?;
    let firm = accepted.firm.ok_or_else(|| format!("{:#?}", verdict.problems))?;
    Ok(house.engine(hands, firm)?)
}

/// The example with the sandbox's addresses, a portal without a rate, and nothing to ask a person about.
fn file(sandbox: &Sandbox) -> String {
    let mycase = ["api_url", "authorize_url", "token_url", "client_id"];
    let mycase = mycase.map(|key| format!("{key} = {:?}\n", sandbox.text("mycase", key))).concat();
    let lines = FIRM.lines().map(|line| match line {
        "[mycase]" => format!("[mycase]\n{mycase}"),
        "[portal]" => format!("[portal]\nbase_url = {:?}\n", sandbox.text("case_status", "base_url")),
        "[limits]" => "[limits]\nfirst_import = \"go\"\ncreate = \"no limit\"\n".to_owned(),
        line if line.starts_with("client_id") || line.starts_with("#:schema") => String::new(),
        line if line.starts_with("[portal.stages]") => {
            format!("[portal.overrides]\nrequests_per_second = 1000000\nin_flight = 32\n\n{line}\n")
        }
        line => format!("{line}\n"),
    });
    lines.collect()
}

/// What a piece of work took.
#[derive(Debug, Clone, Copy)]
struct Took {
    /// By the clock on the wall.
    wall: Duration,
    /// Of the processor, in user mode, all threads of this process.
    user: Duration,
}

/// Measures from now on.
struct Watch(Instant, Duration);

impl Watch {
    fn start() -> Watch {
        Watch(Instant::now(), user_time("self"))
    }

    fn stop(&self) -> Took {
        Took { wall: self.0.elapsed(), user: user_time("self").saturating_sub(self.1) }
    }
}

/// User time of a process so far (Linux: /proc/PID/stat, in hundredths of a second); zero where there is no such file.
fn user_time(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The command's name stands in brackets and may hold blanks; utime is the twelfth word after it.
    let ticks = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(11)?.parse::<u64>().ok());
    Duration::from_millis(ticks.unwrap_or(0) * 10)
}
