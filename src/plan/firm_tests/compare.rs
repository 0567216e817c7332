//! Holds what came of a test against what it expects: only what is named, each difference with the rule that decided.

use super::run::{Became, Staged, Whys};
use crate::config::{Rule, TestExpect};
use crate::domain::{ReasonCode, Record, RecordClient, e164, email};
use crate::mapping::{MapperError, OutOfScope, Scope, SeenStatus, StageWish};
use crate::plan::closure::Door;
use crate::plan::memory;
use crate::plan::reasons;
use serde::Serialize;
use std::fmt;

/// One thing that was not as expected. Values are a test's own, never a client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// What, as the test names it.
    pub what: String,
    /// What was expected, in quotes where it is a text.
    pub expected: String,
    /// What came.
    pub got: String,
    /// Which rule decided, with its line where it has one; may be empty.
    pub because: String,
}

impl Mismatch {
    fn new(what: &str, expected: String, got: String, because: String) -> Mismatch {
        Mismatch { what: what.to_owned(), expected, got, because }
    }

    /// The test could not be tried at all.
    pub(super) fn untried(error: &MapperError) -> Mismatch {
        Mismatch::new("test", "to be tried".to_owned(), "an error".to_owned(), error.to_string())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { what, expected, got, because } = self;
        write!(f, "{what}: expected {expected}, got {got}")?;
        if because.is_empty() { Ok(()) } else { write!(f, " because {because}") }
    }
}

/// Everything that was not as expected, in the order in which people read a case.
pub(super) fn compare(staged: &Staged<'_>) -> Vec<Mismatch> {
    let TestExpect { texts, clients, attention, closed, imported } = &staged.test.expect;
    let whys = staged.whys();
    let mut found = Vec::new();
    found.extend(imported.and_then(|imported| imported_differs(staged, imported)));
    for (name, expected) in texts {
        let got = staged.record.as_ref().and_then(|record| value(record, name));
        let same = match (expected, got) {
            (Some(expected), Some(got)) => normal(staged, name, expected) == got,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !same {
            found.push(Mismatch::new(name, quoted(expected.as_deref()), quoted(got), because(staged, &whys, name)));
        }
    }
    if let Some(expected) = clients {
        let got: Vec<String> = staged.record.iter().flat_map(|record| &record.clients).map(full_name).collect();
        if *expected != got {
            found.push(Mismatch::new("client", listed(expected), listed(&got), because(staged, &whys, "client")));
        }
    }
    if let Some(expected) = closed {
        let got = staged.record.as_ref().map(|record| !record.open);
        if got != Some(*expected) {
            let got = got.map_or_else(|| "nothing".to_owned(), |got| got.to_string());
            found.push(Mismatch::new("closed", expected.to_string(), got, because(staged, &whys, "closed")));
        }
    }
    found.extend(attention.as_ref().and_then(|expected| attention_differs(staged, expected)));
    found
}

fn imported_differs(staged: &Staged<'_>, expected: bool) -> Option<Mismatch> {
    let got = match (staged.became, expected) {
        (Became::There, true) | (Became::LeftOut, false) => return None,
        (Became::There, false) => "that the portal has it",
        (Became::LeftOut, true) => "nothing",
        (Became::Attention, _) => "that it needs attention first",
    };
    let because = match staged.became {
        Became::There => "no rule leaves it out".to_owned(),
        Became::LeftOut => left_out(staged),
        Became::Attention => texts_of(staged),
    };
    Some(Mismatch::new("imported", expected.to_string(), got.to_owned(), because))
}

/// Every code that is expected must be among the reasons; `false` means that there is none.
fn attention_differs(staged: &Staged<'_>, expected: &[ReasonCode]) -> Option<Mismatch> {
    let codes: Vec<ReasonCode> = staged.reasons.iter().map(|reason| reason.code).collect();
    let fits = if expected.is_empty() { codes.is_empty() } else { expected.iter().all(|code| codes.contains(code)) };
    if fits {
        return None;
    }
    let words = |codes: &[ReasonCode]| if codes.is_empty() { "none".to_owned() } else { listed(&words(codes)) };
    let because = match staged.became {
        Became::LeftOut => left_out(staged),
        Became::There | Became::Attention => texts_of(staged),
    };
    Some(Mismatch::new("attention", words(expected), words(&codes), because))
}

/// What the record holds under the name that `expect` uses.
fn value<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    let client = record.clients.first();
    match name {
        "stage" => record.stage.as_deref(),
        "practice_area" => record.practice_area.as_deref(),
        "attorney" => record.attorney.as_deref(),
        "phone" => client?.phone.as_deref(),
        "email" => client?.email.as_deref(),
        field => record.fields.get(field).or_else(|| record.extra.get(field)).map(String::as_str),
    }
}

/// What is expected in the form in which records hold it.
fn normal(staged: &Staged<'_>, name: &str, expected: &str) -> String {
    match name {
        "phone" => e164(expected, &staged.firm.clients.country).unwrap_or_else(|_| expected.to_owned()),
        "email" | "attorney" => email(expected).unwrap_or_else(|| expected.to_owned()),
        _ => expected.to_owned(),
    }
}

/// Why something is as it is: the planner's word where it had the last one, else the mapper's.
fn because(staged: &Staged<'_>, whys: &Whys, name: &str) -> String {
    if staged.became == Became::LeftOut {
        return left_out(staged);
    }
    let why = |field: &str| whys.get(field).cloned().unwrap_or_default();
    match name {
        "closed" => door(staged),
        "stage" | "practice_area" => {
            let mapped = why(name);
            match stays(staged, name) {
                Some(last) if mapped.is_empty() => last,
                Some(last) => format!("{mapped}, and {last}"),
                None => mapped,
            }
        }
        "client" | "email" => why("clients"),
        "phone" => whys.get("phone").cloned().unwrap_or_else(|| why("clients")),
        field if whys.contains_key(field) => why(field),
        field => format!("[fields] has nothing for {field}"),
    }
}

/// What the planner made of stage and practice area beyond the maps.
fn stays(staged: &Staged<'_>, name: &str) -> Option<String> {
    let Staged { firm, wanted, record, .. } = staged;
    let record = record.as_ref()?;
    let closes = staged.door == Some(Door::Closes) || (staged.before.is_none() && wanted.state == SeenStatus::Closed);
    if name == "stage" && closes && firm.closure.stage.is_some() && record.stage == firm.closure.stage {
        return Some(staged.by("[closure] stage is set before a case closes", Rule::of("closure", "stage")));
    }
    if name == "stage" && staged.before.is_none() && matches!(wanted.stage, StageWish::Keep { .. }) {
        return Some(staged.by("a new record begins at [stages] start", Rule::of("stages", "start")));
    }
    let (got, wished) = if name == "stage" {
        (&record.stage, wanted.stage == StageWish::Set && record.stage != wanted.record.stage)
    } else {
        (&record.practice_area, wanted.practice_area_decided && record.practice_area != wanted.record.practice_area)
    };
    let before = staged.before.as_ref().filter(|_| wished)?;
    let stayed = if name == "stage" { &before.stage } else { &before.practice_area };
    if got != stayed {
        return None;
    }
    let was = staged.test.given.was.as_ref().and_then(|was| was.stood);
    let since = was.and_then(|stood| staged.scene.now.checked_sub(stood).ok());
    let waits = since.is_some_and(|since| !memory::stood(since, firm.stages.settle, staged.scene.now));
    Some(match staged.door {
        Some(Door::Rests) => "nothing is sent for a record that is closed".to_owned(),
        _ if waits => staged.by("it has not stood as long as [stages] settle says", Rule::of("stages", "settle")),
        _ => "the portal's stays for now".to_owned(),
    })
}

/// Why the record is open or closed, with the line of the deciding setting where the file says it.
fn door(staged: &Staged<'_>) -> String {
    let (policy, state) = (&staged.firm.closure, staged.wanted.state);
    let (words, key) = match (staged.door, state) {
        (_, SeenStatus::Unknown) => ("MyCase says neither open nor closed", None),
        _ if matches!(staged.wanted.scope, Scope::Out(_)) => ("[cases] leaves it out ([closure] out_of_scope)", Some("out_of_scope")),
        (None, SeenStatus::Open) => ("it is open in MyCase", None),
        (None, SeenStatus::Closed) => ("it is closed in MyCase", Some("import_closed")),
        (Some(Door::Closes), SeenStatus::Closed) => ("it is closed in MyCase", Some("closed")),
        (Some(Door::ByHand), _) => ("cases in this stage are closed by hand ([closure] by_hand)", Some("by_hand")),
        (Some(Door::StaysOpen), SeenStatus::Closed) if !policy.close => ("[closure] closed is \"ignore\"", Some("closed")),
        (Some(Door::StaysOpen), SeenStatus::Closed) => ("it has not been closed as long as [closure] settle says", Some("settle")),
        (Some(Door::Rests), SeenStatus::Open) if !policy.reopen => ("[closure] reopened is \"ignore\"", Some("reopened")),
        (Some(Door::Rests), SeenStatus::Open) => ("it has not been open as long as [closure] settle says", Some("settle")),
        (Some(Door::Rests), SeenStatus::Closed) => ("it is closed on both sides", None),
        (Some(Door::Opens), SeenStatus::Open) => ("it is open in MyCase", Some("reopened")),
        (Some(_), SeenStatus::Open) => ("it is open in MyCase", None),
        (Some(Door::Opens), SeenStatus::Closed) => ("", None),
    };
    key.map_or_else(|| words.to_owned(), |key| staged.by(words, Rule::of("closure", key)))
}

/// Why nothing is said of a case, with the line of the setting that leaves it out.
fn left_out(staged: &Staged<'_>) -> String {
    let wanted = &staged.wanted;
    let old = wanted.updated_at.is_some_and(|updated| updated < staged.lookback);
    let by_cases = |words: &str, key| staged.by(words, Rule::of("cases", key));
    match wanted.scope {
        Scope::Never => by_cases("[cases] never names it", "never"),
        Scope::Out(why @ OutOfScope::Testing) => staged.by(reasons::left_out(why).0, Rule::of("testing", "cases")),
        Scope::Out(why) => {
            let key = match why {
                OutOfScope::PracticeAreaNotListed => "practice_areas",
                OutOfScope::PracticeAreaSkipped => "skip_practice_areas",
                OutOfScope::StageSkipped => "skip_stages",
                OutOfScope::NotEnabled | OutOfScope::Testing => "enabled_by",
            };
            by_cases(&format!("[cases] leaves it out: {}", reasons::left_out(why).0), key)
        }
        Scope::In if wanted.state == SeenStatus::Closed && !staged.firm.closure.import_closed => {
            staged.by("it was closed when first seen ([closure] import_closed)", Rule::of("closure", "import_closed"))
        }
        Scope::In if old => staged.by("its last change is older than [lookback] later", Rule::of("lookback", "later")),
        Scope::In => "nothing is to be done for it".to_owned(),
    }
}

fn texts_of(staged: &Staged<'_>) -> String {
    staged.reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ")
}

/// The words of the codes, as in every answer.
fn words(codes: &[ReasonCode]) -> Vec<String> {
    let word = |code: &ReasonCode| serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned));
    let mut words: Vec<String> = codes.iter().filter_map(word).collect();
    words.dedup();
    words
}

fn full_name(client: &RecordClient) -> String {
    format!("{} {}", client.first_name, client.last_name).trim().to_owned()
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "nothing".to_owned(), |text| format!("{text:?}"))
}

fn listed(texts: &[String]) -> String {
    match texts {
        [] => "nobody".to_owned(),
        texts => texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", "),
    }
}
