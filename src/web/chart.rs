//! The chart of changes per run, drawn as numbers for an SVG: pure. The same stands in a table beside it.

use super::words::RunLine;
use serde::Serialize;

/// The drawing's size, in its own units.
const WIDTH: usize = 640;
const HEIGHT: usize = 160;
/// Room above the highest bar, and for the line below.
const TOP: usize = 4;
const BOTTOM: usize = 4;

/// A chart of some runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Chart {
    width: usize,
    height: usize,
    /// Where the bars stand.
    ground: usize,
    /// The tallest bar, in cases.
    most: usize,
    bars: Vec<Bar>,
    /// The same in a sentence.
    summary: String,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Bar {
    x: usize,
    width: usize,
    label: String,
    parts: Vec<Part>,
}

/// One colour of a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Part {
    what: &'static str,
    y: usize,
    height: usize,
}

/// The oldest of `runs` (newest first) stands left; `None` when there are none.
pub(super) fn chart(runs: &[RunLine]) -> Option<Chart> {
    let most = runs.iter().map(|run| run.written + run.waiting + run.failed).max()?;
    let ground = HEIGHT - BOTTOM;
    let step = (WIDTH / runs.len()).clamp(1, 40);
    let width = (step * 3 / 4).max(1);
    let bars = runs.iter().rev().enumerate().map(|(at, run)| {
        let mut y = ground;
        let mut parts = Vec::new();
        for (what, cases) in [("written", run.written), ("waiting", run.waiting), ("failed", run.failed)] {
            // What there is can be seen, however small beside the rest.
            let height = if cases == 0 { 0 } else { (cases * (ground - TOP) / most.max(1)).max(2) };
            y = y.saturating_sub(height);
            if height > 0 {
                parts.push(Part { what, y, height });
            }
        }
        let label = format!("{}, {}: {} written, {} waiting, {} failed", run.at, run.trigger, run.written, run.waiting, run.failed);
        Bar { x: at * step + (step - width) / 2, width, label, parts }
    });
    let total = |of: fn(&RunLine) -> usize| runs.iter().map(of).sum::<usize>();
    let (written, failed) = (total(|run| run.written), total(|run| run.failed));
    let summary =
        format!("The last {} runs wrote {written} changes to the portal; {failed} failed. The most in one run: {most}.", runs.len());
    Some(Chart { width: WIDTH, height: HEIGHT, ground, most, bars: bars.collect(), summary })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::web::words::Badge;

    fn run(written: usize, waiting: usize, failed: usize) -> RunLine {
        let outcome = Badge { words: "Done".to_owned(), tone: "good" };
        RunLine { run: 1, at: "Mon".to_owned(), trigger: "Run by hand", outcome, text: String::new(), written, waiting, failed }
    }

    #[test]
    fn the_newest_run_stands_right_and_what_there_is_can_be_seen() {
        assert_eq!(chart(&[]), None);
        let chart = chart(&[run(1000, 0, 1), run(0, 10, 0), run(0, 0, 0)]).unwrap();
        assert_eq!((chart.most, chart.bars.len()), (1001, 3));
        let newest = chart.bars.last().unwrap();
        assert!(newest.x > chart.bars[0].x);
        let seen: Vec<_> = newest.parts.iter().map(|part| part.what).collect();
        assert_eq!(seen, ["written", "failed"]);
        assert!(newest.parts.iter().all(|part| part.height >= 2 && part.y >= TOP - 2), "{newest:?}");
        assert!(chart.bars[0].parts.is_empty(), "a run that found nothing has no bar");
    }
}
