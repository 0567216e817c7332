//! What a profile may say, what is a problem, and where.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::config::{OperationName, Problem, Profiles, Severity, SourceText};
use crate::domain::Kind;
use std::fs;
use std::path::Path;
use toml::de::DeTable;

const HONA: &str = include_str!("../../portal/profiles/hona.toml");
const CASE_STATUS: &str = include_str!("../../portal/profiles/case-status.toml");

fn problems(name: &str, text: &str) -> Vec<Problem> {
    Profiles::default().with(name, SourceText::new(format!("{name}.toml"), text))
}

/// The text with one thing replaced; it must be there.
fn but(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn one(name: &str, text: &str) -> (usize, &'static str, String) {
    let found = problems(name, text);
    let errors: Vec<_> = found.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1, "{found:#?}");
    (errors[0].line, errors[0].code, format!("{} / {}", errors[0].message, errors[0].help))
}

fn line_of(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).unwrap() + 1
}

fn with_overrides(base: &str, overrides: &str) -> Result<crate::config::Profile, Vec<Problem>> {
    let source = SourceText::new("acme.firm.toml", overrides);
    let table = DeTable::parse(overrides).unwrap();
    let over = table.get_ref()["portal"].get_ref().get("overrides").unwrap();
    Profiles::builtin().overlay(base, over.get_ref().as_table().unwrap(), over.span(), &source)
}

#[test]
fn the_built_in_profiles_have_no_problem_and_not_a_warning() {
    assert_eq!(problems("case-status", CASE_STATUS), vec![]);
    assert_eq!(problems("hona", HONA), vec![]);
    assert_eq!(Profiles::builtin().names(), ["case-status", "hona"]);
}

#[test]
fn the_schema_in_the_repository_is_the_one_of_the_structs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/profile.schema.json");
    let now = serde_json::to_string_pretty(&schemars::schema_for!(super::raw::RawProfile).to_value()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), now, "UPDATE_SCHEMAS=1 cargo test --lib profile_parse writes it anew");
}

#[test]
fn case_status_is_as_the_design_says() {
    let profile = Profiles::builtin().get("case-status").unwrap();
    assert_eq!((profile.stages.minimum, profile.stages.maximum, profile.stages.exact), (Some(2), Some(12), true));
    assert_eq!((profile.requests_per_second, profile.in_flight, profile.settles_in.as_secs()), (10, 4, 5));
    assert!(profile.imports_closed && profile.takes_extra && profile.is_listable());
    assert!(profile.required.attorney && profile.required.phone && profile.fields["readable_id"].required);
    assert!(profile.fields["description"].default.is_empty(), "off: clients will read it");
    assert_eq!(profile.fields["readable_id"].default, ["case.case_number", "case.id"]);
    let writes = [OperationName::CreateCase, OperationName::UpdateCase, OperationName::CloseCase, OperationName::ReopenCase];
    assert_eq!(profile.unconfirmed(), writes);
    assert!(!profile.operation(OperationName::CreateCase).unwrap().idempotent, "an unknown create is looked for, never repeated");
    assert!(profile.has(OperationName::ListFiles) && profile.has(OperationName::ListMessages));
    assert!(profile.may_contact_by(Kind::Stage).unwrap().contains("survey"));
}

#[test]
fn hona_is_as_the_design_says() {
    let profile = Profiles::builtin().get("hona").unwrap();
    assert!(profile.stages.one_per_trigger && !profile.stages.exact);
    assert!(!profile.imports_closed && !profile.takes_extra && !profile.is_listable() && !profile.has(OperationName::Probe));
    assert!(profile.required.phone_or_email && !profile.required.phone);
    assert_eq!(profile.words.stage, "phase");
    assert_eq!(profile.operation(OperationName::UpsertCase).unwrap().requests.len(), 2);
    assert!(!profile.has(OperationName::ListFiles) && !profile.has(OperationName::ListMessages));
}

#[test]
fn every_problem_is_reported_at_once_and_in_its_place() {
    let text = but(HONA, "in_flight = 4", "in_fligth = 4");
    let text = but(&text, "base_url = \"https://api.hona.com/partner/v2\"", "base_url = 7");
    let text = but(&text, "method = \"PUT\"", "method = \"PATHC\"");
    let found = problems("hona", &text);
    let seen: Vec<_> = found.iter().map(|p| (p.line, p.code, p.help.as_str())).collect();
    let expected = [
        (line_of(&text, "base_url = 7"), "wrong-type", "write text in quotes"),
        (line_of(&text, "in_fligth"), "unknown-key", "did you mean \"in_flight\"?"),
        (line_of(&text, "method = \"PATHC\""), "unknown-word", "did you mean \"PATCH\"?"),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn syntax_errors_have_their_place() {
    let text = but(HONA, "in_flight = 4", "in_flight = = 4");
    let found = problems("hona", &text);
    assert_eq!((found[0].line, found[0].code), (line_of(&text, "= = 4"), "syntax"));
}

#[test]
fn a_misspelt_name_in_a_body_is_found_at_its_line() {
    let text = but(HONA, "\"=client.phone\"", "\"=client.fone\"");
    let (line, code, words) = one("hona", &text);
    assert_eq!((line, code), (line_of(&text, "client.fone"), "bad-expression"));
    assert!(words.contains("did you mean \"phone\"?"), "{words}");
    let text = but(HONA, "projectType = \"=practice_area\"", "projectType = \"=practise_area ~ practice_area\"");
    assert!(one("hona", &text).2.contains("did you mean \"practice_area\"?"));
}

#[test]
fn an_expression_that_cannot_be_computed_is_found_before_any_case() {
    for bad in ["=name | nosuchfilter", "=name +", "='a' + {}"] {
        let text = but(HONA, "name = \"=name\"", &format!("name = \"{bad} \"\nother = \"=name\""));
        assert_eq!(one("hona", &text).1, "bad-expression", "{bad}");
    }
}

#[test]
fn a_portal_must_be_able_to_make_change_and_close_records() {
    let without = |text: &str, operation: &str| {
        let start = text.find(&format!("[operations.{operation}]")).unwrap();
        let rest = &text[start + 1..];
        let others = ["probe", "list_cases", "create_case", "update_case", "close_case", "reopen_case", "list_files", "list_messages"];
        let next = others.iter().filter_map(|name| rest.find(&format!("[operations.{name}]"))).min().unwrap_or(rest.len());
        format!("{}{}", &text[..start], &rest[next..])
    };
    let (_, code, words) = one("case-status", &without(CASE_STATUS, "update_case"));
    assert_eq!(code, "missing-operation");
    assert!(words.contains("update_case is missing"), "{words}");
    assert!(one("case-status", &without(CASE_STATUS, "reopen_case")).2.contains("reopen_case is missing beside close_case"));
    let neither = without(&without(CASE_STATUS, "reopen_case"), "close_case");
    assert!(one("case-status", &neither).2.contains("nothing closes a record"));
}

#[test]
fn a_record_always_carries_the_id_that_makes_it_findable() {
    let text = but(CASE_STATUS, "integration_id = \"=integration_id\"\n", "");
    let (line, code, _) = one("case-status", &text);
    assert_eq!((line, code), (line_of(&text, "[operations.create_case]"), "no-id"));
}

#[test]
fn what_a_firm_may_fill_must_be_sent() {
    let text = but(CASE_STATUS, "description = \"=description\"\n", "");
    assert!(one("case-status", &text).2.contains("create_case never sends \"description\""));
    let at = text.rfind("description = \"=description\"\n").unwrap();
    let text = format!("{}{}", &CASE_STATUS[..at + 29], &CASE_STATUS[at + 29 + 29..]);
    let found = problems("case-status", &text);
    assert!(found.iter().all(|p| p.severity == Severity::Warning), "{found:#?}");
}

#[test]
fn a_key_never_travels_in_the_clear_nor_elsewhere() {
    for bad in ["http://api.hona.com", "https://api.hona.com/", "https://u:p@api.hona.com", "api.hona.com", "ftp://localhost"] {
        let text = but(HONA, "https://api.hona.com/partner/v2", bad);
        assert_eq!(one("hona", &text).1, "bad-url", "{bad}");
    }
    assert_eq!(problems("hona", &but(HONA, "https://api.hona.com/partner/v2", "http://127.0.0.1:9000")), vec![]);
    assert_eq!(one("hona", &but(HONA, "Bearer {key}", "Bearer")).1, "no-key");
    for bad in ["projects", "/projects/../x", "/projects?x=1", "/projects/{portal_id}", "/a{"] {
        let text = but(HONA, "path = \"/projects\"", &format!("path = \"{bad}\""));
        assert!(["bad-path", "unknown-name"].contains(&one("hona", &text).1), "{bad}");
    }
}

#[test]
fn a_profile_is_named_as_its_file() {
    assert!(one("my-portal", HONA).2.contains("write name = \"my-portal\""));
    assert_eq!(problems("my-portal", &but(HONA, "name = \"hona\"", "name = \"my-portal\"")), vec![]);
}

#[test]
fn a_firm_overrides_single_keys_at_any_depth() {
    let firm = "[portal.overrides]\nsettles_in = \"20 seconds\"\noperations.create_case.path = \"/v2/cases\"\nstages = { maximum = 14 }\n";
    let profile = with_overrides("case-status", firm).unwrap();
    let create = profile.operation(OperationName::CreateCase).unwrap();
    assert_eq!((create.requests[0].path.as_str(), profile.settles_in.as_secs(), profile.stages.maximum), ("/v2/cases", 20, Some(14)));
    assert_eq!(profile.stages.minimum, Some(2));
    let profile = with_overrides("hona", "[portal.overrides]\noperations.upsert_case.requests.2.path = \"/matters\"\n").unwrap();
    let upsert = profile.operation(OperationName::UpsertCase).unwrap();
    assert_eq!((upsert.requests[0].path.as_str(), upsert.requests[1].path.as_str()), ("/contacts", "/matters"));
}

#[test]
fn overrides_point_into_the_firms_file_and_cannot_move_the_key_elsewhere() {
    let firm = "[portal.overrides]\nbase_url = \"https://evil.example\"\nauth.header = \"X\"\nin_fligth = 2\noperations.upsert_case.requests.3.path = \"/x\"\n";
    let found = with_overrides("hona", firm).unwrap_err();
    let seen: Vec<_> = found.iter().map(|p| (p.file.as_str(), p.line, p.code)).collect();
    let expected = [(2, "override-forbidden"), (3, "override-forbidden"), (5, "no-such-element"), (4, "unknown-key")];
    assert_eq!(seen, expected.map(|(line, code)| ("acme.firm.toml", line, code)));
    let found =
        with_overrides("hona", "[portal.overrides]\noperations.upsert_case.requests.1.body.phone = \"=client.fone\"\n").unwrap_err();
    assert_eq!((found[0].file.as_str(), found[0].line, found[0].code), ("acme.firm.toml", 2, "bad-expression"));
    assert_eq!(with_overrides("nova", "[portal.overrides]\nin_flight = 2\n").unwrap_err()[0].code, "unknown-profile");
}
