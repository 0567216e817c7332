//! How a plan is printed.

use crate::domain::{CaseId, Holds, ReasonCode};
use crate::plan::fixture::{Edit, World, case, limits};
use crate::plan::render::{Options, json, markdown, text};
use crate::plan::{DayBook, Judged, Plan, guard};

fn sample() -> (Plan, Judged) {
    let world = World::holding(&(1..=8).map(case).collect::<Vec<_>>());
    let mut cases: Vec<_> = (1..=6).map(|id| case(id).stage("Demand")).collect();
    cases.push(case(7).phone("+12125550000"));
    cases.push(case(8).because(ReasonCode::NoLeadAttorney, Holds::Rest, true));
    cases.push(case(9));
    let plan = world.plan(&cases);
    let judged = guard::judge(&plan, &limits(), &DayBook::default(), true, &Default::default());
    (plan, judged)
}

fn options() -> Options {
    Options { plan: "p-00000001".into(), most: Some(2), ..Options::default() }
}

#[test]
fn the_text_names_counts_first_then_changes_what_waits_and_what_needs_attention() {
    let (plan, judged) = sample();
    let names = [(CaseId(1), "Smith v.\u{1b}[2J Jones".to_owned())].into();
    let options = Options { names: Some(names), web_url: Some("https://acme.mycase.com/".into()), ..options() };
    insta::assert_snapshot!(text(&plan, &judged, &options), @r#"
        Plan p-00000001 for acme: 1 new record, 1 change of contact data, 6 stages to move, 0 in step, 1 needs attention.

        1 new record
          9  https://acme.mycase.com/court_cases/9
            practice area Personal Injury; stage Treatment; with clients, attorney, name, readable id
              because

        1 change of contact data
          7  https://acme.mycase.com/court_cases/7
            phone
              because

        6 stages to move
          1  Smith v. [2J Jones  https://acme.mycase.com/court_cases/1
            stage Treatment -> Demand
              because
          2  https://acme.mycase.com/court_cases/2
            stage Treatment -> Demand
              because
          ... and 4 more

        Waiting for approval
          6 stages to move, counting the last 24 hours; 5 allowed.
          6 cases wait: casebridge approve acme p-00000001

        1 case needs attention
          1 case: why
            -> fix
            8  https://acme.mycase.com/court_cases/8

        Limits (with what was written without approval in the last 24 hours)
          create   1, 5 allowed
          contact  1, 3 allowed
          stage    6, 5 allowed  OVER THE LIMIT

        Worth knowing
          1 new record: Case Status may text the client
        "#);
}

#[test]
fn the_comment_on_a_pull_request_names_no_case_and_no_client() {
    let (plan, judged) = sample();
    insta::assert_snapshot!(markdown(&plan, &judged, &options()), @r#"
        ### casebridge: what a run would do for `acme`

        **A run would change 2 cases, and hold 6 for approval.**

        | | Cases | Limit |
        |---|---:|---|
        | New records | 1 | 5 |
        | Changes of contact data | 1 | 3 |
        | Stages to move | 6 | 5, **over the limit** |
        | In step | 0 | |
        | Need attention | 1 | |

        > **6 cases would wait for approval.** 6 stages to move, counting the last 24 hours; 5 allowed.
        >
        > To say yes: `casebridge approve acme p-00000001`, or part of it with `--only`, `--practice-area`, `--except`; `casebridge reject acme p-00000001` drops it.

        <details><summary>1 new record</summary>

        - Treatment (Personal Injury): 1 case

        </details>

        <details><summary>1 change of contact data</summary>

        - phone: 1 case

        </details>

        <details><summary>6 stages to move</summary>

        - from Treatment to Demand (Personal Injury): 6 cases

        </details>

        <details><summary>1 case needs attention</summary>

        - 1 case: no lead attorney

        </details>

        - 1 new record: Case Status may text the client
        "#);
}

#[test]
fn the_json_has_the_keys_of_the_contract_and_no_client_data_unless_asked_for() {
    let (plan, judged) = sample();
    let answer = serde_json::to_value(json(&plan, &judged, &options())).unwrap();
    for key in ["firm", "plan", "complete", "counts", "changes", "exceptions", "limits"] {
        assert!(answer.get(key).is_some(), "{key}");
    }
    insta::assert_snapshot!(answer["counts"], @r#"{"close":0,"contact":1,"create":1,"exceptions":1,"reopen":0,"stage":6,"unchanged":0,"update":0}"#);
    insta::assert_snapshot!(answer["changes"][0], @r#"{"after":{"stage":"Demand"},"before":{"stage":"Treatment"},"case":1,"fields":["stage"],"kind":"stage","kinds":["stage"],"waits":true,"why":["because"]}"#);
    insta::assert_snapshot!(answer["exceptions"], @r#"[{"case":8,"reasons":[{"code":"no-lead-attorney","fix":"fix","text":"why"}]}]"#);
    insta::assert_snapshot!(answer["limits"][4], @r#"{"exceeded":true,"kind":"stage","limit":5,"planned":6}"#);
    let all = answer.to_string();
    for personal in ["Ann", "Smith", "+1212", "jane@"] {
        assert!(!all.contains(personal), "{personal}");
    }
    let shown = serde_json::to_value(json(&plan, &judged, &Options { show_values: true, ..options() })).unwrap();
    let contact = &shown["changes"][6];
    assert_eq!((contact["kind"].as_str(), contact["after"]["clients"][0]["phone"].as_str()), (Some("contact"), Some("+12125550000")));
    assert_eq!(contact["before"].as_object().map(|fields| fields.len()), Some(1), "only what changes");
}

#[test]
fn names_stand_in_the_comment_only_when_asked_for_and_a_plan_of_any_size_fits() {
    let world = World::holding(&(1..=4000).map(case).collect::<Vec<_>>());
    let plan = world.plan(&(1..=4000).map(|id| case(id).stage("Demand")).collect::<Vec<_>>());
    let judged = guard::judge(&plan, &limits(), &DayBook::default(), true, &Default::default());
    let plain = markdown(&plan, &judged, &Options { most: None, ..options() });
    assert!(plain.contains("- from Treatment to Demand (Personal Injury): 4000 cases") && plain.len() < 2000, "{plain}");
    let names = (1..=4000).map(|id| (CaseId(id), format!("Smith *{id}* v. @jones"))).collect();
    let named = markdown(&plan, &judged, &Options { most: None, names: Some(names), ..options() });
    assert!(named.len() < 65_536 && named.contains("Smith \\*1\\* v. @&#8203;jones: from Treatment to Demand"), "{}", named.len());
    let shown = named.matches("Smith").count();
    assert!(named.contains(&format!("- ... and {} more", 4000 - shown)), "{shown}");
}
