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
    insta::assert_snapshot!(said(&check(&SHORT.replace("\"case-status\"", "\"hona\""))), @r#"
    8:1 error[required] Hona cannot be asked what it already holds, so [portal] must say it: existing is missing => write existing = "none" if no case of MyCase is in the portal yet, else the path of a list exported from it
    "#);
    insta::assert_snapshot!(said(&check(&format!("{}[schedule]\ndocuments = \"*/20 * * * *\"\nmessages = \"off\"\n", short_hona()))), @r#"
    15:13 error[portal-cannot] Hona cannot give clients' files back, so there is nothing to schedule => write documents = "off", or leave the line out
    "#);
    // A default for all firms is silently off for it.
    let checked = check_input(&input(&short_hona()), Some("[schedule]\ndocuments = \"*/10 * * * *\"\n"));
    assert_eq!(said(&checked), "");
}

#[test]
fn what_is_required_is_asked_for_in_words() {
    insta::assert_snapshot!(said(&check("[firm]\nname = \"\"\n[portal]\nkind = \"case status\"\n")), @r#"
    1:1 error[required] [firm] needs time_zone: there is no default for it => write where the firm sits, e.g. time_zone = "America/New_York"
    1:1 error[required] [mycase] needs client_id: there is no default for it => MyCase support gives it with API access: client_id = "..."
    1:1 error[required] [mycase] needs client_secret: there is no default for it => write client_secret = { stored = "mycase" } and run `casebridge secret set acme mycase`
    1:1 error[required] [mycase] needs redirect_uri: there is no default for it => write the address registered with MyCase, e.g. redirect_uri = "http://127.0.0.1:8766/callback"
    1:1 error[required] [clients] needs who: there is no default for it => a person must say who gets access: who = "sole-or-billing", "billing-contact", "group:Client" or "all"
    2:8 error[required] [firm] needs name: there is no default for it => write the firm's name as people know it, e.g. name = "Acme Injury Law"
    3:1 error[required] [portal] needs api_key: there is no default for it => write api_key = { stored = "portal" } and run `casebridge secret set acme portal`
    4:8 error[unknown-portal] there is no portal "case status" => did you mean "case-status"?
    "#);
}

#[test]
fn unknown_keys_name_the_nearest_or_their_home() {
    insta::assert_snapshot!(with("lead_missing = \"attention\"\n[stage]\nsettle = \"1 hour\"\n[stages]\nsetle = \"1 hour\"\n[limits]\nwho = \"all\"\nxyzzy = 1\n"), @r#"
    +1:1 error[unknown-key] "lead_missing" is no setting of [clients] => "lead_missing" is a setting of [staff]: move it there
    +2:2 error[unknown-key] [stage] is no section => did you mean "stages"?
    +5:1 error[unknown-key] "setle" is no setting of [stages] => did you mean "settle"?
    +7:1 error[unknown-key] "who" is no setting of [limits] => "who" is a setting of [clients]: move it there
    +8:1 error[unknown-key] "xyzzy" is no setting of [limits] => [limits] has: first_import, create, change_stage, close, reopen, contact, update
    "#);
}

#[test]
fn a_setting_that_slid_into_a_map_is_said_to_belong_above_it() {
    insta::assert_snapshot!(with("[stages]\n[stages.map]\n\"Intake\" = \"Getting Started\"\nsettle = \"30 minutes\"\n[stages.for.\"Family Law\"]\nhide = [\"x\"]\n[staff.roles]\nlead = [\"lead_lawyer\"]\n[portal.stages]\ndrift = \"report\"\n"), @r#"
    +4:1 error[slid-into-map] 'settle' is a setting of [stages], but it stands below [stages.map], where names belong => 'settle' is a setting of [stages]: move it above [stages.map]; if it is a name, put it in quotes
    +6:1 error[slid-into-map] 'hide' is a setting of [stages], but it stands below [stages.for."Family Law"], where names belong => 'hide' is a setting of [stages]: move it above [stages.for."Family Law"]; if it is a name, put it in quotes
    +8:1 error[slid-into-map] 'lead' is a setting of [staff], but it stands below [staff.roles], where names belong => 'lead' is a setting of [staff]: move it above [staff.roles]; if it is a name, put it in quotes
    +10:1 error[slid-into-map] 'drift' is a setting of [portal], but it stands below [portal.stages], where names belong => 'drift' is a setting of [portal]: move it above [portal.stages]; if it is a name, put it in quotes
    "#);
    assert_eq!(with("[stages.map]\n\"settle\" = \"Settlement\"\n"), "");
}

#[test]
fn a_name_that_its_dots_take_apart_must_stand_in_quotes() {
    insta::assert_snapshot!(with("[stages.map]\nDemand.Sent = \"Demand\"\n[practice_areas.map]\nP.I.Auto = \"Personal Injury\"\n[fields]\ncustom.court = \"x\"\n"), @r#"
    +2:1 error[dotted-name] the dot in Demand.Sent makes a table of its own: it is not read as one name => put the whole name in quotes: "Demand.Sent"
    +4:1 error[dotted-name] the dot in P.I.Auto makes a table of its own: it is not read as one name => put the whole name in quotes: "P.I.Auto"
    +6:1 error[dotted-name] the dot in custom.court makes a table of its own: it is not read as one name => put the whole name in quotes: "custom.court"
    "#);
}

#[test]
fn dots_that_are_meant_are_read_and_a_header_that_nests_too_deep_is_not() {
    assert_eq!(with("[stages]\nfor.PI.Filed = \"Petition\"\n[fields]\nreference.template = \"{{ case.id }}\"\n"), "");
    insta::assert_snapshot!(with("[stages.for.Family.Law]\n\"Filed\" = \"Petition\"\n"), @r#"
    +1:13 error[dotted-name] the dot in Family.Law makes a table of its own: it is not read as one name => put the whole name in quotes: "Family.Law"
    "#);
    let crlf = SHORT.replace('\n', "\r\n").replace("\"sole-or-billing\"", "\"sole\"");
    assert!(said(&check(&crlf)).starts_with("12:7 error[unknown-word]"));
}

#[test]
fn what_word_processors_do_has_words_of_its_own() {
    let curly = SHORT.replace("\"Acme Injury Law\"", "\u{201c}Acme Injury Law\u{201d}");
    let blank = SHORT.replace("name = ", "name\u{a0}= ");
    let inside = SHORT.replace("Acme Injury", "Acme\u{a0}\u{201c}Injury\u{201d}");
    insta::assert_snapshot!(said(&check(&curly)), @r#"
    2:8 error[curly-quotes] this is a curly quote, as word processors make them; it opens no text => write the straight quote " and save the file with a plain text editor
    "#);
    insta::assert_snapshot!(said(&check(&blank)), @r#"
    2:5 error[no-break-space] this is a no-break space: it looks like a blank but is none => replace it by an ordinary blank (it comes from copying out of a web page or a word processor)
    "#);
    assert_eq!(said(&check(&inside)), "");
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
        "<<<<<<< HEAD\n[limits]\n=======\n>>>>>>> theirs\n",
        "[stages.map]\n\"Intake\": \"Start\"\n",
        "[staff]   // who leads\n",
        "[testing]\ncases = [12345678, Smith]\n",
    ];
    insta::assert_snapshot!(broken.map(with).join("\n"), @r#"
    +3:1 error[syntax] the list is not closed or misses a comma => write ["one", "two"]: commas between, a bracket at the end
    +2:8 error[syntax] a name with blanks must stand in quotes => write "The Name" = "..."
    +1:19 error[syntax] a header with blanks in its name must have the name in quotes => write e.g. [stages.for."Family Law"]
    +2:16 error[syntax] a text must stand in quotes => write it as "..."; only numbers, true and false stand without
    +2:26 error[syntax] the text in quotes does not end in its line => write the closing quote; a backslash in a text is written twice (\\)
    +1:2 error[syntax] [clients] is written twice: it stands in line 11 already => keep one of the two, or put both settings under one header
    +3:1 error[syntax] close is written twice: it stands in line 14 already => keep one of the two, or put both settings under one header
    +1:8 error[syntax] the header does not end => write the closing bracket: [section]
    +1:6 error[syntax] this line is no setting => write key = "value", a [section] header, or put # before a remark
    +1:1 error[syntax] two versions of this place stand here: git could not merge them => keep one version, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>
    +2:9 error[syntax] between a name and what it leads to stands an equals sign => write "The Name" = "..."
    +1:11 error[syntax] a remark begins with # => write # in place of //
    +2:20 error[syntax] a text must stand in quotes => write it as "..."; only numbers, true and false stand without
    "#);
}

#[test]
fn wrong_types_and_words_are_said_with_what_to_write() {
    assert_eq!(
        said(&check(" \n")),
        "1:1 error[empty-file] the file is empty => take an earlier version back; or remove it, and `casebridge init acme` writes one to start from"
    );
    insta::assert_snapshot!(with("[limits]\nclose = 5\n[cases]\npractice_areas = \"PI\"\nimport = \"everything\"\nnever = [123, \"https://x.mycase.com/court_cases/9\", \"Smith\", true]\n[closure]\nimport_closed = \"yes\"\nclosed = 1\nstage = [\"x\"]\n[lookback]\nfirst = 10\n"), @r#"
    +2:9 error[wrong-type] limits.close cannot be a number => write e.g. "at most 5" or "no limit", in quotes
    +4:18 error[wrong-type] cases.practice_areas cannot be a text => write a list in square brackets, e.g. ["PI"]
    +5:10 error[unknown-word] cases.import cannot be "everything" => write one of: "all", "selected"
    +6:53 error[not-a-case] "Smith" is neither a case id (a number) nor the address of a case's page (https://FIRM.mycase.com/court_cases/NUMBER) => open the case in MyCase and copy the number or the address from the browser
    +6:62 error[wrong-type] an entry of cases.never cannot be true or false => write a case id or the address of a case's page
    +8:17 error[wrong-type] closure.import_closed cannot be a text => write true or false, without quotes
    +9:10 error[wrong-type] closure.closed cannot be a number => write one of "close", "ignore"
    +10:9 error[wrong-type] closure.stage cannot be a list => write a text in quotes
    +12:9 error[wrong-type] lookback.first cannot be a number => write a text in quotes
    "#);
}

#[test]
fn small_texts_that_mean_nothing_are_said_with_an_example() {
    insta::assert_snapshot!(with("[lookback]\nfirst = \"forever\"\n[stages]\nsettle = \"half an hour\"\n[limits]\nclose = \"5 percent\"\n[documents]\nmax_size = \"big\"\nsince = \"yesterday\"\n[schedule]\ncases = \"0 0 3 * * *\"\nverify = \"61 * * * *\"\nchanges = \"0 0 31 2 *\"\nmessages = \"0 6 * * * Chicago\"\n"), @r#"
    +2:9 error[bad-duration] "forever" is no length of time => write a number and days, weeks, months or years, e.g. "12 months"
    +4:10 error[bad-duration] "half an hour" is no length of time => write a number and seconds, minutes, hours, days or weeks, e.g. "30 minutes"
    +6:9 error[bad-limit] "5 percent" is no limit => write "no limit", "at most 5", or a share with bounds: "10%, at least 5, at most 50"
    +8:12 error[bad-size] "big" is no size => write a number and KB, MB or GB, e.g. "250 MB"
    +9:9 error[bad-since] "yesterday" is no beginning => write "connected", a date like "2026-01-31", or "everything"
    +11:9 error[bad-schedule] schedule.cases: "0 0 3 * * *" has 6 fields: leave out the seconds and the year; a schedule starts with the minute => write e.g. "15 21 * * *" for every evening at 21:15, or "off"
    +12:10 error[bad-schedule] schedule.verify: "61" is no minute: "61" is not one of 0 to 59 => write e.g. "15 21 * * *" for every evening at 21:15, or "off"
    +13:11 error[bad-schedule] schedule.changes: "0 0 31 2 *" never comes: no year has such a day => write e.g. "15 21 * * *" for every evening at 21:15, or "off"
    +14:12 error[bad-schedule] schedule.messages: "Chicago" is no time zone: write one like "UTC" or "America/New_York" behind the five fields, or nothing => did you mean "America/Chicago"? Without a zone it is the firm's own
    "#);
    let text = SHORT.replace("America/New_York", "Amerika/New York").replace("[clients]", "contact_hours = \"9 to 5\"\n[clients]");
    insta::assert_snapshot!(said(&check(&text)), @r#"
    3:13 error[unknown-zone] "Amerika/New York" is no time zone => did you mean "America/New_York"?
    11:17 error[bad-hours] "9 to 5" are no contact hours => write "always" or hours and days like "08:00-20:00 mon-sat"
    "#);
}

#[test]
fn a_secret_as_text_is_refused_and_never_repeated() {
    let text = SHORT
        .replace("{ stored = \"portal\" }", "\"sk_live_hunter2\"")
        .replace("{ stored = \"mycase\" }", "{ stored = \"Sk.Live/hunter2\" }");
    let said = said(&check(&text));
    assert!(!said.contains("hunter2"));
    insta::assert_snapshot!(said, @r#"
    6:17 error[beyond-firm] the name of a stored secret has lower-case letters, digits, - and _ only => write { stored = "portal" } and run `casebridge secret set acme portal`
    10:11 error[secret-as-text] portal.api_key holds the secret itself; a file that people copy and commit must not => write { stored = "portal" } and run `casebridge secret set acme portal`; then replace the secret, it has been seen
    "#);
}

#[test]
fn a_firm_file_cannot_reach_beyond_its_firm() {
    let with_key = |key: &str| check(&SHORT.replace("{ stored = \"portal\" }", key));
    for refused in [
        "{ env = \"BETA_KEY\" }",
        "{ env = \"PATH\" }",
        "{ credential = \"beta.portal\" }",
        "{ file = \"../beta/key\" }",
        "{ file = \"/etc/shadow\" }",
        "{ file = \"a/../../x\" }",
    ] {
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
    insta::assert_snapshot!(said(&with_key("{ env = \"ACME_A\", file = \"x\" }")), @r#"
    10:11 error[secret-reference] portal.api_key must say exactly one place where the secret is kept => write one of { stored = "..." }, { env = "..." }, { file = "..." }, { credential = "..." }
    "#);
}

#[test]
fn addresses_stay_with_the_vendor_loopback_and_what_is_allowed() {
    let with_url = |url: &str| said(&check(&SHORT.replace("[clients]", &format!("base_url = \"{url}\"\n[clients]"))));
    for fine in [
        "http://127.0.0.1:9000",
        "https://app.casestatus.com/v2",
        "https://portal.acme.example",
        "http://localhost:1",
        "http://[::1]:8080/x/",
    ] {
        assert_eq!(with_url(fine), "", "{fine}");
    }
    insta::assert_snapshot!(
        ["acme.mycase.com", "127.0.0.1:9000", "https://evil.example", "http://app.casestatus.com", "https://app.casestatus.com.evil.example", "ftp://x", "nonsense", "https://u:p@portal.acme.example"].map(with_url).join("\n"),
        @r#"
    11:12 error[bad-address] "acme.mycase.com" is no web address => did you mean "https://acme.mycase.com"?
    11:12 error[bad-address] "127.0.0.1:9000" is no web address => did you mean "http://127.0.0.1:9000"?
    11:12 error[host-not-allowed] this file may not send anything to "evil.example" => if that is meant, the administrator adds it to hosts below [allow] in casebridge.toml
    11:12 error[http-off-loopback] "http://app.casestatus.com" is not encrypted => write https://; http:// is for this machine only (127.0.0.1)
    11:12 error[host-not-allowed] this file may not send anything to "app.casestatus.com.evil.example" => if that is meant, the administrator adds it to hosts below [allow] in casebridge.toml
    11:12 error[bad-address] "ftp://x" is no web address => write the whole address, e.g. "https://acme.mycase.com"
    11:12 error[bad-address] "nonsense" is no web address => write the whole address, e.g. "https://acme.mycase.com"
    11:12 error[bad-address] an address must not carry a user name or password => leave out what stands before the @
    "#);
    let mycase = SHORT.replace("[portal]", "api_url = \"https://evil.example/v1\"\nweb_url = \"http://acme.mycase.com\"\n[portal]");
    insta::assert_snapshot!(said(&check(&mycase)), @r#"
    8:11 error[host-not-allowed] this file may not send anything to "evil.example" => if that is meant, the administrator adds it to hosts below [allow] in casebridge.toml
    9:11 error[http-off-loopback] "http://acme.mycase.com" is not encrypted => write https://; http:// is for this machine only (127.0.0.1)
    "#);
}

#[test]
fn portal_stages_hold_the_portals_bounds() {
    let many = (1..=13).map(|n| format!("\"S{n}\"")).collect::<Vec<_>>().join(", ");
    let map = (1..=13).map(|n| format!("\"m{n}\" = \"S{n}\"\n")).collect::<String>();
    insta::assert_snapshot!(with(&format!("[portal.stages]\n\"A\" = [\"only\"]\n\"B\" = [{many}]\n\"C\" = [\"x\", \"y\", \"x\"]\n")), @r#"
    +2:7 error[stage-count] Case Status takes 2 to 12 stages in a practice area, but "A" has 1 => list every stage of it, as the portal spells them
    +3:7 error[stage-count] Case Status takes 2 to 12 stages in a practice area, but "B" has 13 => let several MyCase stages share one portal stage
    +4:18 error[twice] "x" stands twice among the stages of "C" => leave one of the two out
    "#);
    insta::assert_snapshot!(with(&format!("[stages.map]\n{map}")), @r#"
    +14:9 error[too-many-stages] Case Status takes at most 12 different stages, but this map leads to 13 => let several MyCase stages share one portal stage, or map the rest under [stages.for."PRACTICE AREA"]
    "#);
    // Hona has no such bounds.
    assert_eq!(said(&check(&format!("{}[stages.map]\n{map}", short_hona()))), "");
}

#[test]
fn a_stage_to_close_in_that_a_practice_area_lacks_is_told() {
    let lists = "[portal.stages]\n\"Personal Injury\" = [\"Start\", \"Settlement\"]\n\"Family Law\" = [\"Start\", \"Final Orders\"]\n";
    let said = with(&format!("{lists}[closure]\nstage = \"Settlement\"\n"));
    assert!(said.contains("warning[not-everywhere] \"Family Law\" has no stage \"Settlement\""), "{said}");
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
"#), @r#"
    +5:9 error[unlisted-stage] [portal.stages] has no stage "Getting started" => did you mean "Getting Started"?
    +7:17 error[unlisted-stage] [portal.stages] has no stage "Demnd" => did you mean "Demand"?
    +9:10 error[unlisted-stage] [portal.stages] has no stage "Nowhere to be found" => write one of: "Demand", "Getting Started", "Petition", "Treatment"
    +11:11 error[unlisted-stage] [portal.stages] has no stage "Petition" for "Personal Injury" => write one of: "Demand", "Getting Started", "Treatment"
    +14:13 error[unlisted-practice-area] [portal.stages] has no practice area "Family law" => did you mean "Family Law"?
    +15:11 warning[unlisted-practice-area] [portal.stages] has no practice area "Something Else" => list its stages there too, or correct the name
    "#);
}

#[test]
fn one_mycase_stage_leads_to_one_phase_of_a_project_type() {
    let text = "[practice_areas.map]\n\"PI\" = \"Injury\"\n\"Auto\" = \"Injury\"\n[stages.map]\n\"Filed\" = \"Court\"\n[stages.for.\"Auto\"]\n\"Filed\" = \"Litigation\"\n";
    insta::assert_snapshot!(said(&check(&format!("{}{text}", short_hona()))), @r#"
    18:11 error[two-phases] in the project type "Injury", the MyCase stage "filed" would lead to two phases: "Litigation" and "Court" => Hona takes one phase per MyCase stage within a project type: give both the same, or map the practice areas to different project types
    "#);
    assert_eq!(with(text), "", "Case Status does not mind");
}

#[test]
fn names_that_are_equal_to_people_are_twins() {
    insta::assert_snapshot!(with("[stages]\nhide = [\"Conflict Check\", \"conflict check\"]\n[stages.map]\n\"Intake\" = \"A\"\n\" intake\u{a0}\" = \"B\"\n\"\" = \"C\"\n\"Conflict Check\" = \"\"\n"), @r#"
    +2:9 warning[hidden-and-mapped] "Conflict Check" is hidden here, but line 19 gives it a portal stage => hiding wins; leave one of the two out
    +2:27 error[same-name-twice] "conflict check" is the same name as "Conflict Check" in line 14: case and outer blanks do not count => leave one of the two lines out
    +5:1 error[same-name-twice] " intake\u{a0}" is the same name as "Intake" in line 16: case and outer blanks do not count => leave one of the two lines out
    +6:1 error[empty-name] a name in [stages.map] is empty => write MyCase's name, or leave the line out
    +7:20 error[empty-name] "Conflict Check" leads nowhere => write the portal's name; to hide a stage from clients, list it under hide in [stages]
    "#);
}

#[test]
fn fields_are_the_portals_and_come_from_known_sources() {
    let text = "[fields]\nreadable_id = \"\"\nname = \"case.nmae\"\ncase_date = \"case.name\"\ndescription = \"client.birthdate\"\nnmae = \"case.name\"\nreference = { template = \"{{ case.case_number }} / {{ client.lastname }}\" }\nbalance = [\"case.outstanding_balance\", \"custom.Court\"]\nraw = \"{{ case.name }}\"\nloud = { template = \"{{ case.name|shout }}\" }\nbroken = { template = \"{{ case.name\" }\nodd = 7\n";
    insta::assert_snapshot!(with(text), @r#"
    +2:15 error[required-field] Case Status needs readable_id: it cannot be switched off => leave the line out for Case Status's default, or write a source
    +3:8 error[unknown-source] there is no source "case.nmae" => did you mean "case.name"? `casebridge fields` lists what can be named
    +4:13 error[not-a-date] "case.name" is no date, but the portal's field is one => write a source that is a date, e.g. "case.opened_date"
    +5:15 warning[sensitive-field] clients will read client.birthdate: a birth date helps others to pose as the client => leave it out unless the firm has decided that
    +7:26 error[bad-template] the template names "client.lastname", which there is not => did you mean "client.last_name"? `casebridge fields` lists what can be named
    +8:12 warning[sensitive-field] clients will read case.outstanding_balance: it shows what the client owes => leave it out unless the firm has decided that
    +9:7 error[unknown-source] there is no source "{{ case.name }}" => a template is written { template = "..." }
    +10:21 error[bad-template] the template cannot be used: filter shout is unknown => write e.g. "{{ case.case_number }} / {{ client.last_name }}"
    +11:23 error[bad-template] the template cannot be used: unexpected end of input, expected end of variable block => write e.g. "{{ case.case_number }} / {{ client.last_name }}"
    +12:7 error[wrong-type] fields."odd" cannot be a number => write a source like "case.name", a list of sources, or { template = "..." }
    "#);
    insta::assert_snapshot!(said(&check(&format!("{}[fields]\nreference = \"case.name\"\n", short_hona()))), @r#"
    15:1 error[unknown-field] Hona has no field "reference" => it has: name
    "#);
    let firm = check(&format!("{SHORT}[fields]\nname = \"\"\nreference = {{ template = \"{{{{ case.case_number }}}}\" }}\n")).firm.unwrap();
    assert!(!firm.fields.contains_key("name") && firm.fields["reference"].extra && firm.fields["reference"].line == 15);
}

#[test]
fn phones_people_and_staff_are_checked() {
    let text = SHORT.replace("who = \"sole-or-billing\"", "who = \"group:\"\nphone = [\"cell\", \"work\", \"mobile\"]\ncountry = \"USA\"");
    insta::assert_snapshot!(said(&check(&text)), @r#"
    12:7 error[unknown-word] clients.who cannot be "group:" => write the people group behind the colon, e.g. "group:Client"
    13:18 warning[work-phone] a work phone is often shared or answered by others, who would then see the case => leave "work" out unless the firm has decided that
    13:26 error[unknown-word] an entry of clients.phone cannot be "mobile" => write one of: "cell", "home", "work"
    14:11 error[unknown-country] "USA" is no country => write the country's two letters, e.g. "US" or "CA"
    "#);
    insta::assert_snapshot!(with("[staff]\nlead = []\nlead_missing = \"Jane\"\n[staff.email]\n\"jane@old.example\" = \"jane\"\n"), @r#"
    +2:8 error[empty-list] without a flag nobody leads a case => write lead = ["lead_lawyer", "originating_lawyer"]
    +3:16 error[bad-e-mail] "Jane" is no e-mail address => write "attention", or the e-mail address that leads then
    +5:22 error[bad-e-mail] "jane" is no e-mail address => write an address like "jane@acme.example"
    "#);
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
    insta::assert_snapshot!(said(&broken), @r#"
    defaults.toml:2:9 error[bad-limit] "x" is no limit => write "no limit", "at most 5", or a share with bounds: "10%, at least 5, at most 50"
    defaults.toml:3:2 error[unknown-key] [stages] is no section => for all firms there are only: schedule, limits, documents, messages; write it in the firm's own file
    "#);
}

#[test]
fn tests_have_a_form_in_both_files() {
    insta::assert_snapshot!(with("[[tests]]\nname = \"\"\ncase = { case_stag = \"x\" }\n[[tests]]\nname = \"fine\"\ncase = { case_stage = \"Intake\" }\nexpect = { stage = \"Intake\" }\n[[tests]]\nname = \"b\"\ncase = \"Intake\"\nexpect = { stage = \"A\" }\n"), @r#"
    +1:1 error[required] a test needs name => write what it shows, e.g. name = "released cases show Treatment Completed"
    +1:1 error[required] a test needs expect => write what the portal should show, e.g. expect = { stage = "Getting Started" }
    +3:10 error[unknown-key] a case of MyCase has no "case_stag" => did you mean "case_stage"?
    +10:8 error[wrong-type] an entry of tests.case cannot be a text => write a table, e.g. { name = "value" }
    "#);
    let mut two = input(SHORT);
    two.tests = Some(SourceText::new("acme.tests.toml", "[[tests]]\nname = \"a\"\n[[test]]\n"));
    insta::assert_snapshot!(said(&check_input(&two, None)), @r#"
    acme.tests.toml:1:1 error[required] a test needs case => write what MyCase says, e.g. case = { case_stage = "Intake", practice_area = "PI" }
    acme.tests.toml:1:1 error[required] a test needs expect => write what the portal should show, e.g. expect = { stage = "Getting Started" }
    acme.tests.toml:3:3 error[unknown-key] [test] is no section => did you mean "tests"?
    "#);
}
