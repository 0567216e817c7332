//! What is printed, read aloud: would a paralegal know what to do?

use super::*;
use crate::config::check::samples::{SHORT, check};

fn rendered(text: &str) -> String {
    let problems: Vec<Problem> = check(text).problems.into_iter().filter(|problem| problem.code != "unconfirmed").collect();
    super::text(&problems, &[SourceText::new("acme.firm.toml", text)], false)
}

#[test]
fn a_problem_shows_its_line_underlined_and_says_what_to_write() {
    let text = SHORT.replace("who = \"sole-or-billing\"", "who = \"sole-or-biling\"")
        + "[stages.map]\n\"Intake\" = \"A\"\nsettle = \"1 hour\"\n[clients.x]\n";
    insta::assert_snapshot!(rendered(&text), @r#"
    error[unknown-word]: clients.who cannot be "sole-or-biling"
      --> acme.firm.toml:12:7
       |
    12 | who = "sole-or-biling"
       |       ^^^^^^^^^^^^^^^^
       |
       = help: did you mean "sole-or-billing"?

    error[slid-into-map]: 'settle' is a setting of [stages], but it stands below [stages.map], where names belong
      --> acme.firm.toml:15:1
       |
    15 | settle = "1 hour"
       | ^^^^^^
       |
       = help: 'settle' is a setting of [stages]: move it above [stages.map]; if it is a name, put it in quotes

    error[unknown-key]: "x" is no setting of [clients]
      --> acme.firm.toml:16:10
       |
    16 | [clients.x]
       |          ^
       |
       = help: [clients] has: who, phone, country, shared_phone, company_cases
    "#);
}

#[test]
fn a_secret_in_a_quoted_line_is_three_stars() {
    let secret = "sk_live_hunter2";
    let files = [
        SHORT.replace("{ stored = \"portal\" }", &format!("\"{secret}\"   # the new one")),
        SHORT.replace("{ stored = \"portal\" }", &format!("\u{201c}{secret}\u{201d}")),
        SHORT.replace("{ stored = \"portal\" }", &format!("{{ value = \"{secret}\" }}")),
        SHORT.replace("{ stored = \"portal\" }", &format!("{{ stored = \"{secret}+/=\" }}")),
        SHORT.replace("api_key = { stored = \"portal\" }", &format!("apikey = \"{secret}\"")),
        SHORT.replace("api_key = { stored = \"portal\" }", &format!("api_key = \"{secret}")),
        SHORT.replace("client_secret = { stored = \"mycase\" }", &format!("client_secret = {secret} x")),
        SHORT.replace("client_secret = { stored = \"mycase\" }", &format!("client-secret = '{secret}'")),
        SHORT.replace("client_secret = { stored = \"mycase\" }", &format!("client_secret = [\"{secret}\"]")),
        SHORT.replace("[mycase]", &format!("mycase = {{ client_secret = \"{secret}\" }}\n[mycase]")),
    ];
    for file in files {
        let text = rendered(&file);
        assert!(!text.is_empty() && !text.contains("hunter2"), "{text}");
        let problems = check(&file).problems;
        assert!(!json(&[], &problems).to_string().contains("hunter2") && !github(&problems).contains("hunter2"));
    }
    insta::assert_snapshot!(rendered(&SHORT.replace("{ stored = \"portal\" }", "\"sk_live_hunter2\"   # the new one")), @r#"
    error[secret-as-text]: portal.api_key holds the secret itself; a file that people copy and commit must not
      --> acme.firm.toml:10:11
       |
    10 | api_key = ***   # the new one
       |           ^^^
       |
       = help: write { stored = "portal" } and run `casebridge secret set acme portal`; then replace the secret, it has been seen
    "#);
}

#[test]
fn problems_are_json_with_their_places() {
    let problems = check("[firm]\nname = 1\n").problems;
    let first = &json(&["acme.firm.toml".to_owned()], &problems)["problems"][1];
    insta::assert_snapshot!(first.to_string(), @r#"
    {"code":"required","column":1,"file":"acme.firm.toml","help":"MyCase support gives it with API access: client_id = \"...\"","line":1,"message":"[mycase] needs client_id: there is no default for it","severity":"error"}
    "#);
}

#[test]
fn github_reads_one_line_for_each() {
    let problems = check(&SHORT.replace("America/New_York", "100%, Mars")).problems;
    insta::assert_snapshot!(github(&problems), @r#"
    ::error file=acme.firm.toml,line=3,col=13,title=unknown-zone::"100%25, Mars" is no time zone%0Awrite the zone's IANA name, e.g. "America/New_York" or "America/Chicago"
    ::notice file=acme.firm.toml,line=9,col=8,title=unconfirmed::Case Status does not publish these operations: create_case, update_case, close_case, reopen_case are our reading of what is known%0Atry them on a few cases first: list 2 to 5 test cases under [testing], and run `casebridge plan` before `sync`
    "#);
    assert_eq!(summary(1, &problems), "1 file: 1 error, 1 note");
}

#[test]
fn places_at_the_end_of_a_file_and_in_empty_files_are_rendered() {
    assert!(rendered("").contains("acme.firm.toml:1"));
    assert!(rendered("[firm]\nname = \"x\"\n[cases]\nnever = [").contains("acme.firm.toml:4"));
    assert!(rendered("ä = \"ö\"").contains("ä = \"ö\""));
}
