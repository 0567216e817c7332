//! Which lines of the maps, which rules of `[closure]` and which lines of `[fields]` the tests look at. A test looks at a
//! line when the line decides and what it decides is expected; passing through it proves nothing.

use super::run::{Became, Staged};
use crate::config::{Firm, MapEntry, Rule as Setting};
use crate::domain::NameKey;
use crate::mapping::{Scope, SeenStatus};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// What the tests of one firm look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// `[stages.map]` and `[stages.for."AREA"]`.
    pub stage_map: Part,
    /// `[practice_areas.map]`.
    pub practice_area_map: Part,
    /// What `[closure]` decides.
    pub closure: Part,
    /// The lines of `[fields]` in the firm's file.
    pub fields: Part,
}

/// One part of the firm file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Part {
    /// How many points a test looks at.
    pub tested: usize,
    /// Every point, in the order of the lines.
    pub points: Vec<Point>,
}

/// A line or a rule that a test can look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// MyCase's name, the portal's field, or the rule.
    pub what: String,
    /// The line in the firm file; none for a rule that holds by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Whether a test looks at it.
    pub tested: bool,
    /// What it is stands in words, not as a name of the file's.
    #[serde(skip)]
    in_words: bool,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Point { what, line, tested: _, in_words } = self;
        match line {
            Some(line) if *in_words => write!(f, "{what} (line {line})"),
            Some(line) => write!(f, "line {line} {what:?}"),
            None => f.write_str(what),
        }
    }
}

impl Part {
    fn of(mut points: Vec<Point>) -> Part {
        points.sort_by(|a, b| (a.line, &a.what).cmp(&(b.line, &b.what)));
        Part { tested: points.iter().filter(|point| point.tested).count(), points }
    }

    /// The points that no test looks at.
    pub fn untested(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| !point.tested)
    }
}

impl Coverage {
    /// The parts that have anything in them, each with its words.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str, &Part)> {
        let Coverage { stage_map, practice_area_map, closure, fields } = self;
        let parts = [
            ("stage map", "lines", stage_map),
            ("practice area map", "lines", practice_area_map),
            ("closure", "rules", closure),
            ("fields", "lines", fields),
        ];
        parts.into_iter().filter(|(_, _, part)| !part.points.is_empty())
    }

    pub(super) fn of(firm: &Firm, text: &str, touched: &Touched) -> Coverage {
        let entries = |entries: &mut dyn Iterator<Item = &MapEntry>, touched: &BTreeSet<(u32, NameKey)>| {
            let point = |entry: &MapEntry| Point {
                what: entry.from.to_string(),
                line: Some(entry.line),
                tested: touched.contains(&(entry.line, NameKey::new(&entry.from))),
                in_words: false,
            };
            Part::of(entries.map(point).collect())
        };
        let stages = &firm.stages;
        let own = firm.fields.iter().filter(|(_, rule)| rule.line > 0);
        let field =
            |name: &String, line| Point { what: name.clone(), line: Some(line), tested: touched.fields.contains(name), in_words: false };
        let fields = own.map(|(name, rule)| field(name, rule.line));
        let rules = rules(firm).into_iter();
        let closure = rules.map(|rule| Point {
            what: rule.words(firm),
            line: rule.setting().line_in(text),
            tested: touched.rules.contains(&rule),
            in_words: true,
        });
        Coverage {
            stage_map: entries(&mut stages.map.values().chain(stages.by_area.values().flat_map(|map| map.values())), &touched.stages),
            practice_area_map: entries(&mut firm.practice_areas.map.values(), &touched.areas),
            closure: Part::of(closure.collect()),
            fields: Part::of(fields.collect()),
        }
    }
}

/// What `[closure]` decides by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    /// A linked case is closed in MyCase.
    Closed,
    /// The same in a stage that is closed by hand.
    ByHand(NameKey),
    /// A linked, closed case is open in MyCase.
    Reopened,
    /// A case is closed when first seen.
    FirstSeenClosed,
    /// A linked case is left out by `[cases]`.
    OutOfScope,
}

impl Rule {
    /// The key of `[closure]` that decides.
    fn setting(&self) -> Setting {
        let key = match self {
            Rule::Closed => "closed",
            Rule::ByHand(_) => "by_hand",
            Rule::Reopened => "reopened",
            Rule::FirstSeenClosed => "import_closed",
            Rule::OutOfScope => "out_of_scope",
        };
        Setting::of("closure", key)
    }

    fn words(&self, firm: &Firm) -> String {
        let of = |yes: bool, done: &str, not: &str| if yes { done.to_owned() } else { not.to_owned() };
        let rule = &firm.closure;
        match self {
            Rule::Closed => of(rule.close, "a closed case closes", "a closed case stays open"),
            Rule::ByHand(stage) => format!("cases in \"{stage}\" are closed by hand"),
            Rule::Reopened => of(rule.reopen, "a reopened case opens", "a reopened case stays closed"),
            Rule::FirstSeenClosed => {
                of(rule.import_closed, "a case closed when first seen is imported", "a case closed when first seen is left out")
            }
            Rule::OutOfScope => "a linked case that [cases] leaves out".to_owned(),
        }
    }
}

/// The rules that this firm's file can come to.
fn rules(firm: &Firm) -> Vec<Rule> {
    let cases = &firm.cases;
    let leaves_out = !cases.practice_areas.is_empty()
        || !cases.skip_practice_areas.is_empty()
        || !cases.skip_stages.is_empty()
        || cases.enabled_by.is_some();
    let mut rules = vec![Rule::Closed, Rule::Reopened, Rule::FirstSeenClosed];
    if firm.closure.close {
        rules.extend(firm.closure.by_hand.iter().cloned().map(Rule::ByHand));
    }
    rules.extend(leaves_out.then_some(Rule::OutOfScope));
    rules
}

/// What the tests so far looked at.
#[derive(Default)]
pub(super) struct Touched {
    stages: BTreeSet<(u32, NameKey)>,
    areas: BTreeSet<(u32, NameKey)>,
    fields: BTreeSet<String>,
    rules: BTreeSet<Rule>,
}

impl Touched {
    /// Adds what one test looked at.
    pub(super) fn add(&mut self, staged: &Staged<'_>) {
        let Staged { test, scene, wanted, .. } = staged;
        self.rules.extend(rule_of(staged));
        if staged.became == Became::LeftOut {
            return;
        }
        let expects = |name: &str| test.expect.texts.contains_key(name);
        let decided = staged.mapper.decided_by(&scene.case);
        let shows_wished = staged.record.as_ref().is_some_and(|record| record.stage == wanted.record.stage);
        let key = |line: Option<u32>, name: &Option<String>| Some((line?, NameKey::new(name.as_deref()?)));
        if expects("stage") && shows_wished {
            self.stages.extend(key(decided.stage, &scene.case.stage));
        }
        if expects("practice_area") {
            self.areas.extend(key(decided.practice_area, &scene.case.practice_area));
        }
        self.fields.extend(test.expect.texts.keys().cloned());
    }
}

/// The closure rule that decides the test's case, when the test looks at what it decides.
fn rule_of(staged: &Staged<'_>) -> Option<Rule> {
    let expect = &staged.test.expect;
    let looks = expect.closed.is_some() || expect.imported.is_some() || expect.attention.is_some();
    let stage = staged.scene.case.stage.as_deref().map(NameKey::new);
    let rule = match (&staged.before, staged.wanted.scope, staged.wanted.state) {
        (Some(before), Scope::Out(_), _) if before.open => Rule::OutOfScope,
        (_, Scope::Out(_) | Scope::Never, _) => return None,
        (None, Scope::In, SeenStatus::Closed) => Rule::FirstSeenClosed,
        (Some(before), Scope::In, SeenStatus::Closed) if before.open => match stage {
            Some(stage) if staged.firm.closure.by_hand.contains(&stage) => Rule::ByHand(stage),
            Some(_) | None => Rule::Closed,
        },
        (Some(before), Scope::In, SeenStatus::Open) if !before.open => Rule::Reopened,
        (_, Scope::In, _) => return None,
    };
    looks.then_some(rule)
}
