//! A first import, whole: 20,000 cases are read from MyCase, mapped, planned, journalled, created in Case Status and linked,
//! over HTTP on loopback. The sandbox that plays both is a child process (`casebridge sandbox --no-rate-limits`) on the same
//! cores; its processor time is told apart. Then the run after it, which reads everything and writes nothing.
//!
//! Not measured: TLS, a real vendor's answering time, the vendors' rate limits (at Case Status' 10 requests a second such an
//! import takes 35 minutes). MyCase's budget of 25 requests in 1.1 seconds is kept: the cases are 20 pages.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

mod common;
#[path = "common/stand.rs"]
mod stand;

use camino::Utf8Path;
use casebridge::operations::SyncAsk;
use casebridge::sync::RunReport;
use common::{figure, peak_mb};
use stand::{Connected, Sandbox};
use std::error::Error;
use std::time::{Duration, Instant};

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
    let sandbox = Sandbox::start(CASES)?;
    let dir = tempfile::tempdir()?;
    let firm = Connected::new(Utf8Path::from_path(dir.path()).ok_or("a path that is no UTF-8")?, &sandbox, "").await?;
    let (watch, before) = (Watch::start(), user_time(&sandbox.process()));
    let first = firm.sync(SyncAsk::default()).await?;
    let (import, spent) = (watch.stop(), user_time(&sandbox.process()) - before);
    let watch = Watch::start();
    let second = firm.sync(SyncAsk::default()).await?;
    Ok(Round { first, import, sandbox: spent, second, again: watch.stop() })
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
