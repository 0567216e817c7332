//! One small broken file for each trap that the design names: the place and the words.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::samples::{SHORT, check, check_input, input, said, short_hona};
use crate::config::{FieldSource, Limit, SecretRef, Severity, Since, SourceText};
use std::time::Duration;

/// What is said of the short file with more behind it; lines count from the added text.
fn with(more: &str) -> String {
    let said_all = said(&check(&format!("{SHORT}{more}")));
    let before = SHORT.lines().count();
    let shifted = said_all.lines().map(|line| {
        let (number, rest) = line.split_once(':').unwrap();
        format!("+{}:{rest}", number.parse::<usize>().unwrap() as i64 - before as i64)
    });
    shifted.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_short_file_is_whole_with_its_defaults() {
    let checked = check(SHORT);
    assert_eq!(said(&checked), "");
    let firm = checked.firm.unwrap();
    assert_eq!(firm.schedule.cases.as_ref().unwrap().text(), "15 21 * * * UTC");
    assert_eq!(firm.schedule.verify.as_ref().unwrap().zone().iana_name(), Some("America/New_York"));
    assert!(firm.schedule.changes.is_none() && firm.schedule.documents.is_some());
    assert_eq!(firm.limits.update, Limit::None);
    assert_eq!(firm.limits.create.allows(100), Some(10));
    assert_eq!((firm.stages.settle, firm.closure.import_closed), (Duration::ZERO, true));
    assert_eq!((firm.documents.max_size, firm.documents.since), (250_000_000, Since::Connected));
    assert_eq!(firm.mycase.api_url.as_str(), "https://external-integrations.mycase.com/v1");
    assert_eq!(firm.portal.kind_line, 9);
    assert!(matches!(&firm.fields["readable_id"].source, FieldSource::First(names) if names.len() == 2));
    let note = checked.problems.iter().find(|problem| problem.code == "unconfirmed").unwrap();
    assert_eq!((note.line, note.severity), (9, Severity::Note));
}

#[test]
fn hona_must_say_what_it_holds_and_gives_no_documents() {
    let firm = check(&short_hona()).firm.unwrap();
    assert!(firm.schedule.documents.is_none() && firm.schedule.messages.is_none() && !firm.closure.import_closed);
    insta::assert_snapshot!(said(&check(&SHORT.replace("\"case-status\"", "\"hona\""))), @"");
    insta::assert_snapshot!(said(&check(&format!("{}[schedule]\ndocuments = \"*/20 * * * *\"\nmessages = \"off\"\n", short_hona()))), @"");
    // A default for all firms is silently off for it.
    let checked = check_input(&input(&short_hona()), Some("[schedule]\ndocuments = \"*/10 * * * *\"\n"));
    assert_eq!(said(&checked), "");
}

#[test]
fn what_is_required_is_asked_for_in_words() {
    insta::assert_snapshot!(said(&check("[firm]\nname = \"\"\n[portal]\nkind = \"case status\"\n")), @"");
}

#[test]
fn unknown_keys_name_the_nearest_or_their_home() {
    insta::assert_snapshot!(with("lead_missing = \"attention\"\n[stage]\nsettle = \"1 hour\"\n[stages]\nsetle = \"1 hour\"\n[limits]\nwho = \"all\"\nxyzzy = 1\n"), @"");
}

#[test]
fn a_setting_that_slid_into_a_map_is_said_to_belong_above_it() {
    insta::assert_snapshot!(with("[stages]\n[stages.map]\n\"Intake\" = \"Getting Started\"\nsettle = \"30 minutes\"\n[stages.for.\"Family Law\"]\nhide = [\"x\"]\n[staff.roles]\nlead = [\"lead_lawyer\"]\n[portal.stages]\ndrift = \"report\"\n"), @"");
    assert_eq!(with("[stages.map]\n\"settle\" = \"Settlement\"\n"), "");
}

#[test]
fn a_name_that_its_dots_take_apart_must_stand_in_quotes() {
    insta::assert_snapshot!(with("[stages.map]\nDemand.Sent = \"Demand\"\n[practice_areas.map]\nP.I.Auto = \"Personal Injury\"\n[fields]\ncustom.court = \"x\"\n"), @"");
}

#[test]
fn what_word_processors_do_has_words_of_its_own() {
    let curly = SHORT.replace("\"Acme Injury Law\"", "\u{201c}Acme Injury Law\u{201d}");
    let blank = SHORT.replace("name = ", "name\u{a0}= ");
    let inside = SHORT.replace("Acme Injury", "Acme\u{a0}\u{201c}Injury\u{201d}");
    insta::assert_snapshot!(said(&check(&curly)), @"");
    insta::assert_snapshot!(said(&check(&blank)), @"");
    assert_eq!(said(&check(&inside)), "");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(SHORT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let problem = SourceText::decode("acme.firm.toml", &utf16).unwrap_err();
    assert!(problem.code == "utf-16" && problem.line == 1 && problem.help.contains("UTF-8"));
    let bom = [b"\xef\xbb\xbf".as_slice(), SHORT.as_bytes()].concat();
    assert_eq!(said(&check(&SourceText::decode("acme.firm.toml", &bom).unwrap().text)), "");
    let latin = SourceText::decode("acme.firm.toml", b"[firm]\nname = \"Caf\xe9\"\n").unwrap_err();
    assert_eq!((latin.code, latin.line, latin.column), ("not-utf-8", 2, 12));
}

#[test]
fn a_syntax_error_is_said_once_and_in_words() {
    let broken = [
        "[cases]\nskip_stages = [\"a\", \"b\"\nnever = []\n[limits]\nclose = \"at most 5\"\n",
        "[stages.map]\nDemand Sent = \"Demand\"\n",
        "[stages.for.Family Law]\n\"Filed\" = \"Petition\"\n",
        "[staff]\nlead_missing = attention\n",
        "[staff]\nlead_missing = \"attention\n",
        "[clients]\nwho = \"all\"\n",
        "[limits]\nclose = \"at most 5\"\nclose = \"at most 6\"\n",
        "[limits\nclose = \"at most 5\"\n",
        "this is a remark\n",
    ];
    insta::assert_snapshot!(broken.map(with).join("\n"), @"");
}

#[test]
fn wrong_types_and_words_are_said_with_what_to_write() {
    insta::assert_snapshot!(with("[cases]\npractice_areas = \"PI\"\nimport = \"everything\"\nnever = [123, \"https://x.mycase.com/court_cases/9\", \"Smith\", true]\n[closure]\nimport_closed = \"yes\"\nclosed = 1\nstage = [\"x\"]\n[lookback]\nfirst = 10\n"), @"");
}

#[test]
fn small_texts_that_mean_nothing_are_said_with_an_example() {
    insta::assert_snapshot!(with("[lookback]\nfirst = \"forever\"\n[stages]\nsettle = \"half an hour\"\n[limits]\nclose = \"5 percent\"\n[documents]\nmax_size = \"big\"\nsince = \"yesterday\"\n[schedule]\ncases = \"0 0 3 * * *\"\nverify = \"61 * * * *\"\nchanges = \"0 0 31 2 *\"\n"), @"");
    let text = SHORT.replace("America/New_York", "Amerika/New York").replace("[clients]", "contact_hours = \"9 to 5\"\n[clients]");
    insta::assert_snapshot!(said(&check(&text)), @"");
}

#[test]
fn a_secret_as_text_is_refused_and_never_repeated() {
    let text = SHORT.replace("{ stored = \"portal\" }", "\"sk_live_hunter2\"").replace("{ stored = \"mycase\" }", "{ stored = \"Sk.Live/hunter2\" }");
    let said = said(&check(&text));
    assert!(!said.contains("hunter2"));
    insta::assert_snapshot!(said, @"");
}

#[test]
fn a_firm_file_cannot_reach_beyond_its_firm() {
    let with_key = |key: &str| check(&SHORT.replace("{ stored = \"portal\" }", key));
    for refused in ["{ env = \"BETA_KEY\" }", "{ env = \"PATH\" }", "{ credential = \"beta.portal\" }", "{ file = \"../beta/key\" }", "{ file = \"/etc/shadow\" }", "{ file = \"a/../../x\" }"] {
        let said = said(&with_key(refused));
        assert!(said.contains("beyond-firm") && said.starts_with("10:11 "), "{refused}: {said}");
    }
    for (allowed, meant) in [
        ("{ env = \"ACME_PORTAL_KEY\" }", SecretRef::Env("ACME_PORTAL_KEY".to_owned())),
        ("{ env = \"SHARED_KEY\" }", SecretRef::Env("SHARED_KEY".to_owned())),
        ("{ credential = \"acme.portal\" }", SecretRef::Credential("acme.portal".to_owned())),
        ("{ file = \"secrets/acme/portal.key\" }", SecretRef::File("portal.key".to_owned())),
        ("{ file = \"portal.key\" }", SecretRef::File("portal.key".to_owned())),
    ] {
        assert_eq!(with_key(allowed).firm.unwrap().portal.api_key, meant);
    }
    insta::assert_snapshot!(said(&with_key("{ env = \"ACME_A\", file = \"x\" }")), @"");
}

#[test]
fn addresses_stay_with_the_vendor_loopback_and_what_is_allowed() {
    let with_url = |url: &str| said(&check(&SHORT.replace("[clients]", &format!("base_url = \"{url}\"\n[clients]"))));
    for fine in ["http://127.0.0.1:9000", "https://app.casestatus.com/v2", "https://portal.acme.example", "http://localhost:1", "http://[::1]:8080/x/"] {
        assert_eq!(with_url(fine), "", "{fine}");
    }
    insta::assert_snapshot!(
        ["https://evil.example", "http://app.casestatus.com", "https://app.casestatus.com.evil.example", "ftp://x", "nonsense", "https://u:p@portal.acme.example"].map(with_url).join("\n"),
        @"");
    let mycase = SHORT.replace("[portal]", "api_url = \"https://evil.example/v1\"\nweb_url = \"http://acme.mycase.com\"\n[portal]");
    insta::assert_snapshot!(said(&check(&mycase)), @"");
}

#[test]
fn portal_stages_hold_the_portals_bounds() {
    let many = (1..=13).map(|n| format!("\"S{n}\"")).collect::<Vec<_>>().join(", ");
    let map = (1..=13).map(|n| format!("\"m{n}\" = \"S{n}\"\n")).collect::<String>();
    insta::assert_snapshot!(with(&format!("[portal.stages]\n\"A\" = [\"only\"]\n\"B\" = [{many}]\n\"C\" = [\"x\", \"y\", \"x\"]\n")), @"");
    insta::assert_snapshot!(with(&format!("[stages.map]\n{map}")), @"");
    // Hona has no such bounds.
    assert_eq!(said(&check(&format!("{}[stages.map]\n{map}", short_hona()))), "");
}

#[test]
fn portal_names_are_held_against_the_listed_ones() {
    insta::assert_snapshot!(with(r#"[portal.stages]
"Personal Injury" = ["Getting Started", "Treatment", "Demand"]
"Family Law" = ["Getting Started", "Petition"]
[stages]
start = "Getting started"
[stages.map]
"Demand Sent" = "Demnd"
"Filed" = "Petition"
"Lost" = "Nowhere to be found"
[stages.for."PI"]
"Filed" = "Petition"
[practice_areas.map]
"PI" = "Personal Injury"
"Divorce" = "Family law"
"Other" = "Something Else"
"#), @"");
}

#[test]
fn one_mycase_stage_leads_to_one_phase_of_a_project_type() {
    let text = "[practice_areas.map]\n\"PI\" = \"Injury\"\n\"Auto\" = \"Injury\"\n[stages.map]\n\"Filed\" = \"Court\"\n[stages.for.\"Auto\"]\n\"Filed\" = \"Litigation\"\n";
    insta::assert_snapshot!(said(&check(&format!("{}{text}", short_hona()))), @"");
    assert_eq!(with(text), "", "Case Status does not mind");
}

#[test]
fn names_that_are_equal_to_people_are_twins() {
    insta::assert_snapshot!(with("[stages]\nhide = [\"Conflict Check\", \"conflict check\"]\n[stages.map]\n\"Intake\" = \"A\"\n\" intake\u{a0}\" = \"B\"\n\"\" = \"C\"\n\"Conflict Check\" = \"\"\n"), @"");
}

#[test]
fn fields_are_the_portals_and_come_from_known_sources() {
    let text = "[fields]\nreadable_id = \"\"\nname = \"case.nmae\"\ncase_date = \"case.name\"\ndescription = \"client.birthdate\"\nnmae = \"case.name\"\nreference = { template = \"{{ case.case_number }} / {{ client.lastname }}\" }\nbalance = [\"case.outstanding_balance\", \"custom.Court\"]\nraw = \"{{ case.name }}\"\nloud = { template = \"{{ case.name|shout }}\" }\nbroken = { template = \"{{ case.name\" }\nodd = 7\n";
    insta::assert_snapshot!(with(text), @"");
    insta::assert_snapshot!(said(&check(&format!("{}[fields]\nreference = \"case.name\"\n", short_hona()))), @"");
    let firm = check(&format!("{SHORT}[fields]\nname = \"\"\nreference = {{ template = \"{{{{ case.case_number }}}}\" }}\n")).firm.unwrap();
    assert!(!firm.fields.contains_key("name") && firm.fields["reference"].extra && firm.fields["reference"].line == 15);
}

#[test]
fn phones_people_and_staff_are_checked() {
    let text = SHORT.replace("who = \"sole-or-billing\"", "who = \"group:\"\nphone = [\"cell\", \"work\", \"mobile\"]\ncountry = \"USA\"");
    insta::assert_snapshot!(said(&check(&text)), @"");
    insta::assert_snapshot!(with("[staff]\nlead = []\nlead_missing = \"Jane\"\n[staff.email]\n\"jane@old.example\" = \"jane\"\n"), @"");
}

#[test]
fn stages_settle_half_an_hour_when_changes_is_on() {
    let changes = "[schedule]\nchanges = \"*/15 7-19 * * 1-5\"\n";
    assert_eq!(check(&format!("{SHORT}{changes}")).firm.unwrap().stages.settle, Duration::from_secs(1800));
    let said = check(&format!("{SHORT}{changes}[stages]\nsettle = \"5 minutes\"\n"));
    assert_eq!(said.firm.unwrap().stages.settle, Duration::from_secs(300));
}

#[test]
fn defaults_for_all_firms_give_way_to_a_firms_own_and_have_places_of_their_own() {
    let folder = "[limits]\nclose = \"at most 1\"\nreopen = \"at most 1\"\n[messages]\nsubject = \"All: {{ sender }}\"\n";
    let firm = check_input(&input(&format!("{SHORT}[limits]\nclose = \"at most 9\"\n")), Some(folder)).firm.unwrap();
    assert_eq!((firm.limits.close.allows(0), firm.limits.reopen.allows(0)), (Some(9), Some(1)));
    assert_eq!(firm.messages.subject, "All: {{ sender }}");
    let broken = check_input(&input(SHORT), Some("[limits]\nclose = \"x\"\n[stages]\nsettle = \"1 hour\"\n"));
    insta::assert_snapshot!(said(&broken), @"");
}

#[test]
fn tests_have_a_form_in_both_files() {
    insta::assert_snapshot!(with("[[tests]]\nname = \"\"\ncase = { case_stag = \"x\" }\n[[tests]]\nname = \"fine\"\ncase = { case_stage = \"Intake\" }\nexpect = { stage = \"Intake\" }\n"), @"");
    let mut two = input(SHORT);
    two.tests = Some(SourceText::new("acme.tests.toml", "[[tests]]\nname = \"a\"\n[[test]]\n"));
    insta::assert_snapshot!(said(&check_input(&two, None)), @"");
}

#[test]
fn names_are_held_against_the_catalog() {
    let catalog = |taken: &str| {
        format!("taken_at = \"{taken}\"\nstages = [{{ id = 1, name = \"Demand\", was = [\"Demand Sent\"] }}, {{ id = 2, name = \"Intake\" }}]\npractice_areas = [{{ id = 1, name = \"PI\" }}]\ncustom_fields = [{{ id = 1, name = \"Court\" }}]\npeople_groups = [{{ id = 1, name = \"Client\" }}]\nstaff_types = [\"Paralegal\", \"Attorney\"]\n")
    };
    let text = SHORT.replace("\"sole-or-billing\"", "\"group:Clients\"")
        + "[cases]\nenabled_by = \"custom.Curt\"\n[stages.map]\n\"Demand Sent\" = \"Demand\"\n\"intake \" = \"Start\"\n\"Intaek\" = \"Start\"\n[stages.for.\"Family\"]\n\"Intake\" = \"x\"\n[staff.roles]\n\"Atorney\" = \"Attorney\"\n";
    let mut with_catalog = input(&text);
    with_catalog.catalog = Some(SourceText::new("acme.catalog.toml", catalog("2026-11-20T00:00:00Z")));
    insta::assert_snapshot!(said(&check_input(&with_catalog, None)), @"");
    with_catalog.catalog = Some(SourceText::new("acme.catalog.toml", catalog("2026-09-20T00:00:00Z")));
    let stale = check_input(&with_catalog, None);
    assert!(stale.firm.is_some() && said(&stale).contains("64 days old"), "{}", said(&stale));
}
