//! An account at a portal over a recording, and one change of one case whose every personal value can be told apart.

use super::recording::Player;
use casebridge::config::Profile;
use casebridge::domain::{CaseId, Kind, Kinds, PersonId, PortalId, Record, RecordClient, SeenState, TeamMember};
use casebridge::plan::Change;
use casebridge::portal::{PortalReader, PortalWriter, client};
use jiff::Timestamp;
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// The portal's key.
pub const KEY: &str = "zx-81-key";
/// The header that bears it in both built-in profiles.
pub const KEY_HEADER: &str = "authorization";

/// The client of the change.
pub struct Person {
    values: [&'static str; 4],
    phone: &'static str,
}

impl Default for Person {
    fn default() -> Person {
        Person { values: ["zebulon", "quackenbush", "zq@person.example", "lead@acme.example"], phone: "7365000" }
    }
}

/// Reader and writer of one account.
pub fn account(player: &Player, profile: &Arc<Profile>) -> (PortalReader, PortalWriter) {
    let http = client(player.transport(), profile);
    let base = Url::parse(&profile.base_url).expect("a profile's base is a URL");
    let reader = PortalReader::new(http.clone(), Arc::clone(profile), base.clone(), SecretString::from(KEY));
    (reader, PortalWriter::new(http, Arc::clone(profile), base, SecretString::from(KEY)))
}

fn record() -> Record {
    let member = |email: &str, role: &str, attorney| TeamMember { email: email.into(), role: role.into(), attorney };
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Record {
        practice_area: Some("Personal Injury".to_owned()),
        stage: Some("Demand".to_owned()),
        open: true,
        closed_date: None,
        clients: vec![RecordClient {
            id: PersonId(501),
            first_name: "Zebulon".to_owned(),
            last_name: "Quackenbush".to_owned(),
            email: Some("zq@person.example".to_owned()),
            phone: Some("+12127365000".to_owned()),
        }],
        attorney: Some("lead@acme.example".to_owned()),
        team: vec![member("lead@acme.example", "Attorney", true), member("pat@acme.example", "Paralegal", false)],
        fields: [("readable_id", "24-0001"), ("name", "Quackenbush v. Roe"), ("case_date", "2024-01-05")].map(own).into(),
        extra: Default::default(),
    }
}

/// Of case 17, portal record 9001: `create`, `update`, `close`, `reopen`.
pub fn change(what: &str) -> Change {
    let closed = Record { open: false, closed_date: "2024-05-06".parse().ok(), ..record() };
    let (before, after) = match what {
        "update" => (Some(Record { stage: Some("Treatment".to_owned()), attorney: None, ..record() }), record()),
        "close" => (Some(record()), closed),
        "reopen" => (Some(closed), record()),
        _ => (None, record()),
    };
    let kinds = before.as_ref().map_or_else(|| Kinds::from_iter([Kind::Create]), |before| before.differs(&after));
    let since = Timestamp::UNIX_EPOCH;
    Change {
        case: CaseId(17),
        kinds,
        portal_id: before.as_ref().map(|_| PortalId("9001".to_owned())),
        before,
        after,
        seen: SeenState { practice_area: None, stage: None, stage_since: since, open: true, open_since: since },
        why: Vec::new(),
        hold: None,
    }
}

/// Whether a text names the person: one of the values as a word of its own, or the phone.
pub fn is_told(text: &str, person: &Person) -> bool {
    let text = text.to_lowercase();
    let word = |value: &str| {
        text.match_indices(value).any(|(at, _)| {
            let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let after = text[at + value.len()..].chars().next().is_some_and(char::is_alphanumeric);
            !before && !after
        })
    };
    // Between two digits of one number stand at most a few signs.
    let mut digits = String::new();
    let mut signs = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => {
                digits.push(c);
                signs = 0;
            }
            c if c.is_alphanumeric() || signs == 3 => {
                digits.push('x');
                signs = 0;
            }
            _ => signs += 1,
        }
    }
    person.values.iter().any(|value| word(value)) || digits.contains(person.phone)
}
