//! Sends a test's case through the mapper and the planner, as new or as linked, and keeps what came of it.
//!
//! Without `was` the case is new. With `was`, or when `closed` is expected and nothing is said of `imported`, it is linked:
//! the portal has shown it as the rules want it, but for what `was` says.

use super::compare::{Mismatch, compare};
use super::coverage::{Coverage, Touched};
use super::scene::Scene;
use crate::config::{Firm, Rule, TestCase, TestWas};
use crate::domain::{Fingerprinter, Link, Ordered, PortalId, Reason, Record, Scan, SeenState};
use crate::mapping::{Because, Mapper, MapperError, Wanted};
use crate::plan::closure::{self, Door};
use crate::plan::compare::Holding;
use crate::plan::memory::Since;
use crate::plan::{Context, Look, Planner, Reach, fate};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// What came of one firm's tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestRun {
    /// Each test, in the order of the files.
    pub tests: Vec<Outcome>,
    /// What of the firm's rules the tests look at.
    pub coverage: Coverage,
}

/// What came of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What it shows.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Its line there.
    pub line: u32,
    /// Whether everything was as expected.
    pub passed: bool,
    /// What was not.
    pub mismatches: Vec<Mismatch>,
    /// Its header's bytes in the file.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl TestRun {
    /// How many tests failed.
    pub fn failed(&self) -> usize {
        self.tests.iter().filter(|test| !test.passed).count()
    }
}

/// Runs every test of a firm. `text` is the firm's file: it says on which line a deciding setting stands.
pub fn run_tests(firm: &Arc<Firm>, text: &str) -> TestRun {
    let mut touched = Touched::default();
    let mut tests = Vec::with_capacity(firm.tests.len());
    for test in &firm.tests {
        let mismatches = match Staged::of(firm, text, test) {
            Ok(staged) => {
                touched.add(&staged);
                compare(&staged)
            }
            Err(error) => vec![Mismatch::untried(&error)],
        };
        let TestCase { name, file, line, span, .. } = test;
        let passed = mismatches.is_empty();
        tests.push(Outcome { name: name.clone(), file: file.clone(), line: *line, passed, mismatches, span: span.clone() });
    }
    TestRun { tests, coverage: Coverage::of(firm, text, &touched) }
}

/// What became of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// The portal has it: new, changed or as it was.
    There,
    /// It is not created before somebody has looked.
    Attention,
    /// It is left out, and nothing is said.
    LeftOut,
}

/// One test with everything that came of it.
pub(super) struct Staged<'a> {
    pub(super) firm: &'a Firm,
    /// The firm's file.
    text: &'a str,
    pub(super) test: &'a TestCase,
    pub(super) scene: Scene,
    pub(super) mapper: Mapper,
    pub(super) wanted: Wanted,
    /// What the portal had, of a linked case.
    pub(super) before: Option<Record>,
    /// What happens to a linked record's being open or closed.
    pub(super) door: Option<Door>,
    pub(super) became: Became,
    /// What the portal has afterwards, or would have if nothing stood in the way; nothing of a case that is left out.
    pub(super) record: Option<Record>,
    pub(super) reasons: Vec<Reason>,
    /// Before this a case is too old to be newly imported.
    pub(super) lookback: Timestamp,
}

impl<'a> Staged<'a> {
    fn of(firm: &'a Arc<Firm>, text: &'a str, test: &'a TestCase) -> Result<Staged<'a>, MapperError> {
        let mut scene = Scene::of(firm, &test.given);
        let reference = Arc::new(std::mem::take(&mut scene.reference));
        let mapper = Mapper::new(Arc::clone(firm), reference)?;
        let wanted = mapper.map(&scene.case);
        let now = scene.now;
        let linked = test.given.was.is_some() || (test.expect.closed.is_some() && test.expect.imported.is_none());
        let was = test.given.was.clone().unwrap_or_default();
        let before = linked.then(|| before(firm, &wanted, &was));
        let prints = Fingerprinter::new(&[0; 32]);
        let link = before.as_ref().map(|before| {
            let seen = seen(&wanted, &was, now);
            Link::after(wanted.case, PortalId("1".to_owned()), before, seen, now, &prints)
        });
        let door = link.as_ref().map(|link| {
            let held = Holding::by(&wanted.reasons).state;
            closure::door(firm, &wanted, link.open, held, &Since::of(&wanted, Some(&link.seen), now), now)
        });
        let lookback = now.to_zoned(firm.time_zone.clone()).checked_sub(firm.lookback.later).map_or(Timestamp::MIN, |at| at.timestamp());
        let selected = if firm.cases.selected_only { BTreeSet::from([wanted.case]) } else { BTreeSet::new() };
        let mut planner = Planner::new(Context {
            firm: Arc::clone(firm),
            prints,
            now,
            first: false,
            lookback,
            reach: Reach::Everything,
            rewrite: false,
            listing: None,
            last_scan: None,
            selected,
        });
        if let Look::Differs(_) = planner.look(&wanted, link.as_ref()) {
            planner.draft(wanted.clone(), link, before.clone(), Vec::new());
        }
        let whole = Scan { read: 1, announced: Some(1), doubts: Vec::new() };
        let plan = planner.finish(&whole, std::iter::empty::<Link>());
        let reasons: Vec<Reason> = plan.exceptions.into_iter().flat_map(|exception| exception.reasons).collect();
        let (became, record) = match (plan.changes.into_iter().next(), &before) {
            (Some(change), _) => (Became::There, Some(change.after)),
            (None, Some(before)) => (Became::There, Some(before.clone())),
            (None, None) if reasons.is_empty() => (Became::LeftOut, None),
            (None, None) => (Became::Attention, Some(fate::first_record(firm, wanted.clone()))),
        };
        Ok(Staged { firm, text, test, scene, mapper, wanted, before, door, became, record, reasons, lookback })
    }
}

/// What the portal showed before: what the rules want, but for what the test says.
fn before(firm: &Firm, wanted: &Wanted, was: &TestWas) -> Record {
    let mut record = fate::first_record(firm, wanted.clone());
    let mapped = wanted.record.stage.clone().or_else(|| firm.stages.start.clone());
    record.stage = was.stage.clone().or(mapped);
    record.practice_area = was.practice_area.clone().or(record.practice_area);
    record.open = was.open.unwrap_or(true);
    record
}

/// MyCase has said for `stood`, or for ten years, what it says now.
fn seen(wanted: &Wanted, was: &TestWas, now: Timestamp) -> SeenState {
    let long = now.checked_sub((10 * 365 * 24).hours()).unwrap_or(now);
    let since = was.stood.map_or(long, |stood| now.checked_sub(stood).unwrap_or(long));
    SeenState {
        practice_area: wanted.mycase_practice_area.clone(),
        stage: wanted.mycase_stage.clone(),
        stage_since: since,
        open: wanted.record.open,
        open_since: since,
    }
}

/// Names of fields with why each is as it is.
pub(super) type Whys = BTreeMap<String, String>;

impl Staged<'_> {
    /// Why every field is as the mapper wants it, with the line that decided.
    pub(super) fn whys(&self) -> Whys {
        let sentence = |because: &Because| match (&because.place, because.rule) {
            (None, Some(rule)) => match rule.line_in(self.text) {
                Some(line) => format!("{} ({rule}, {}:{line})", because.why, self.firm.file),
                None => because.sentence(),
            },
            _ => because.sentence(),
        };
        let told = self.mapper.explain(&self.scene.case).into_iter();
        told.map(|because| (because.field.clone(), sentence(&because))).ordered()
    }

    /// A sentence with the place of the setting behind it, where the file says that setting.
    pub(super) fn by(&self, words: &str, rule: Rule) -> String {
        match rule.line_in(self.text) {
            Some(line) => format!("{words} ({}:{line})", self.firm.file),
            None => words.to_owned(),
        }
    }
}
