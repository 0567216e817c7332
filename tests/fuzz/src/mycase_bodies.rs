//! MyCase's answers: every list and record that is read, whatever stands in it. The first line of a recording is `cases`,
//! `changed`, `case`, `reference`, `firm`, `me`, `documents` or `notes`.

use super::mycase::{reader, tokens_stayed};
use super::recording::{Answer, Player, Recording, played};
use casebridge::config::{DaemonRules, FirmInput, Profiles, SourceText, check_firm};
use casebridge::domain::{CaseId, Fingerprint, Fingerprinter, InStep, Reference, SeenCase, ShownCase};
use casebridge::mapping::Mapper;
use casebridge::mycase::{CaseQuery, MyCaseError, Needs, Reader};
use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};

/// The mapping of a firm that uses every source of the neutral record.
static MAPPER: LazyLock<Mapper> = LazyLock::new(|| {
    let text = include_str!("../../../examples/case-status/harlow-pike.firm.toml");
    let input = FirmInput {
        id: "harlow-pike".parse().expect("an id"),
        source: SourceText::new("harlow-pike.firm.toml", text),
        tests: None,
        catalog: None,
    };
    let rules = DaemonRules { secrets: "secrets".to_owned(), ..DaemonRules::default() };
    let checked = check_firm(&input, &Profiles::builtin(), &rules, None, Timestamp::UNIX_EPOCH);
    let firm = checked.firm.unwrap_or_else(|| panic!("the example is good: {:?}", checked.problems));
    Mapper::new(firm, Arc::new(Reference::default())).expect("the example can be mapped")
});

/// What was read, as text; of values that are not shown, whatever tells two apart.
async fn read(what: &str, reader: &Reader) -> Result<String, MyCaseError> {
    let case = CaseId(7);
    Ok(match what {
        "cases" => cases(reader, CaseQuery::default()).await?,
        "changed" => cases(reader, CaseQuery { updated_after: Some(Timestamp::UNIX_EPOCH) }).await?,
        "case" => reader.case(case).await?.map_or_else(String::new, |seen| {
            assert_eq!(seen.id, case);
            spelled(&seen)
        }),
        "firm" => format!("{:?}", reader.firm().await?),
        "me" => {
            let me = reader.me().await?;
            format!("{} {:?} {:?} {} {} {}", me.id, me.email, me.kind, me.first_name, me.last_name, me.active)
        }
        "documents" => reader.case_documents(case).await?.map_or_else(String::new, |seen| {
            let ids: BTreeSet<u64> = seen.items.iter().map(|item| item.id.0).collect();
            assert_eq!(ids.len(), seen.items.len(), "each once");
            let items = seen.items.iter().map(|item| format!("{:?} {:?} {:?} {item:?}", item.name, item.path, item.description));
            format!("{} {}", seen.whole, items.collect::<Vec<_>>().join("\n"))
        }),
        "notes" => reader.case_notes(case).await?.map_or_else(String::new, |seen| {
            let items = seen.items.iter().map(|item| format!("{:?} {item:?}", item.note));
            format!("{} {}", seen.whole, items.collect::<Vec<_>>().join("\n"))
        }),
        _ => {
            let Reference { staff, stages, practice_areas, custom_fields, people_groups, clients } =
                reader.reference(Needs { people_groups: true, clients: true }).await?;
            let staff: Vec<_> = staff.values().map(|one| (one.id, &one.email, &one.kind, &one.first_name, &one.last_name)).collect();
            let mut clients: Vec<_> = clients.iter().collect();
            clients.sort_by_key(|(id, _)| **id);
            let mut fields: Vec<_> = custom_fields.iter().collect();
            fields.sort_by_key(|(id, _)| **id);
            format!("{staff:?} {stages:?} {practice_areas:?} {fields:?} {people_groups:?} {clients:?}")
        }
    })
}

async fn cases(reader: &Reader, query: CaseQuery) -> Result<String, MyCaseError> {
    let mut pages = reader.cases(query);
    let mut known = BTreeSet::new();
    let mut text = String::new();
    while let Some(page) = pages.next().await {
        for seen in page? {
            assert!(known.insert(seen.id), "{} came twice", seen.id);
            text.push_str(&spelled(&seen));
            mapped(&seen);
        }
    }
    let scan = pages.scan();
    assert_eq!(scan.read, known.len());
    assert!(query.updated_after.is_none() || !scan.doubts.is_empty(), "changes alone prove no absence");
    write!(text, "{scan:?} {:?}", pages.server_time()).expect("text grows");
    Ok(text)
}

/// All cases as they are shown to whoever knows these, and how the reading went.
async fn shown(reader: &Reader, known: Vec<(CaseId, Fingerprint)>) -> Result<(Vec<ShownCase>, String), MyCaseError> {
    let known = InStep::new(Fingerprinter::new(&[7; 32]), [b"rules".as_slice()], known);
    let (mut pages, mut all) = (reader.all_cases(Some(known)), Vec::new());
    while let Some(page) = pages.next().await {
        all.extend(page?);
    }
    Ok((all, format!("{:?} {:?}", pages.scan(), pages.server_time())))
}

/// Looked at as texts the cases are the same ones; and once they are known, no other case is taken for one of them.
fn by_text(recording: &Recording, text: &str) {
    let look = |known| {
        let player = recording.play();
        played(async { shown(&reader(&player), known).await })
    };
    let first = look(Vec::new());
    let said = match &first {
        Ok((all, how)) => {
            all.iter().map(|case| if let ShownCase::Read(case, _) = case { spelled(case) } else { String::new() }).collect::<String>() + how
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(said, text, "read by text");
    let Ok((all, how)) = first else { return };
    let print = |case: &ShownCase| if let ShownCase::Read(case, Some(print)) = case { Some((case.id, *print)) } else { None };
    let mut known: Vec<(CaseId, Fingerprint)> = all.iter().filter_map(print).collect();
    known.sort_unstable();
    let Ok((again, how_again)) = look(known) else { panic!("it was read before") };
    assert_eq!((again.len(), how_again), (all.len(), how));
    for (before, now) in all.iter().zip(&again) {
        match now {
            ShownCase::Same(case) => assert_eq!(print(before).map(|(case, _)| case), Some(*case)),
            ShownCase::Read(..) => assert!(now == before, "read once more, it is another"),
        }
    }
}

/// Everything that a case says.
fn spelled(seen: &SeenCase) -> String {
    let SeenCase { id, name, case_number, description, practice_area, stage, outstanding_balance, billing_type, .. } = seen;
    let clients: Vec<_> = seen.clients.iter().map(|one| (one.id, &one.first_name, &one.last_name, &one.email, &one.cell_phone)).collect();
    let custom: Vec<_> = seen.custom.iter().map(|one| (one.field, &one.text, one.updated_at)).collect();
    format!(
        "{id} {name:?} {case_number:?} {description:?} {practice_area:?} {stage:?} {outstanding_balance:?} {billing_type:?} {:?} {:?} {:?} \
         {:?} {:?} {clients:?} {:?} {:?} {custom:?} {:?} {:?} {:?}\n",
        seen.status,
        seen.opened_date,
        seen.closed_date,
        seen.sol_date,
        seen.billing_contact,
        seen.companies,
        seen.staff,
        seen.office,
        seen.updated_at,
        seen.created_at
    )
}

/// Every case can be mapped, the same each time, and what is explained is what is sent.
fn mapped(seen: &SeenCase) {
    let wanted = MAPPER.map(seen);
    assert!(wanted == MAPPER.map(seen), "mapping is a function");
    for because in MAPPER.explain(seen) {
        assert!(!because.sentence().trim().is_empty());
    }
    for client in &wanted.record.clients {
        let phone = client.phone.as_deref().unwrap_or("+1");
        assert!(phone.starts_with('+') && phone[1..].bytes().all(|byte| byte.is_ascii_digit()), "no phone in normal form");
    }
}

fn outcome(recording: &Recording) -> (String, Player) {
    let player = recording.play();
    let text = played(async {
        let reader = reader(&player);
        match read(&recording.asked, &reader).await {
            Ok(text) => text,
            Err(error) => {
                let said = error.to_string();
                assert!(said.chars().count() < 800 && !said.contains('\n'), "an error is one short line: {said}");
                said
            }
        }
    });
    (text, player)
}

/// Reading ends, says the same each time, keeps the token at home, and does not depend on the way a list is parsed.
pub fn run(bytes: &[u8]) {
    let recording = Recording::parse(bytes);
    let (text, player) = outcome(&recording);
    tokens_stayed(&player);
    assert_eq!(text, outcome(&recording).0, "read twice");
    if recording.asked == "cases" {
        by_text(&recording, &text);
    }
    // A mark before the text makes the reader take the items one by one. (A body that only the quick way can read, because what
    // is in its way is skipped there, is none of these.)
    let is_list = !matches!(recording.asked.as_str(), "case" | "firm" | "me");
    let skips = |body: &[u8]| serde_json::from_slice::<IgnoredAny>(body).is_ok() && serde_json::from_slice::<Value>(body).is_err();
    let plain = |answer: &Answer| answer.status.is_success() && !answer.body.is_empty() && !skips(&answer.body);
    if is_list && recording.answers.iter().all(plain) {
        let mut marked = recording.clone();
        for answer in &mut marked.answers {
            answer.body.splice(0..0, "\u{feff}".bytes());
        }
        assert_eq!(text, outcome(&marked).0, "read item by item");
    }
}
