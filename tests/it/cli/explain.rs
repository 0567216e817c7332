//! `explain` and `history` through the program, with and without a daemon.

use super::daemon::daemon;
use super::firm::Practice;
use serde_json::Value;

#[test]
fn one_case_is_explained_and_its_history_told_whoever_answers() {
    let practice = Practice::new(20);
    practice.portal_knows_everybody();
    let house = &practice.house;
    house.run(&["explain", "acme", "1"]).ends_with(6).says(&["casebridge connect acme"]);
    practice.connect();
    let plan = house.run(&["plan", "acme", "--format", "json"]).ends_with(0).json();
    let created = plan["changes"].as_array().expect("changes").iter().find(|change| change["kind"] == "create").expect("a create");
    let case = created["case"].as_u64().expect("an id").to_string();
    house.run(&["history", "acme"]).ends_with(0).says(&["nothing was changed in the portal for acme"]);
    house.run(&["sync", "acme"]).ends_with(5);
    house
        .run(&["explain", "acme", &case])
        .ends_with(0)
        .says(&["Not in step, and it waits: a new record.", "waits for approval in plan p-"]);
    house.run(&["approve", "acme", plan["plan"].as_str().expect("a name")]).ends_with(0);

    let page = format!("{}/court_cases/{case}", practice.word("/mycase/web_url"));
    let text = house.run(&["explain", "acme", &page]).ends_with(0).out;
    for words in [&format!("Case {case}  ")[..], "In step", "Field by field", "([clients] who, acme.firm.toml:", "by run", "Last sent"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains("+1"), "a terminal shows values: {text}");
    let json = house.run(&["explain", "acme", &case, "--format", "json"]).ends_with(0);
    assert!(!json.out.contains("+1") && !json.out.contains('@'), "{}", json.out);
    assert_eq!(json.json()["standing"], "in-step");
    assert!(house.run(&["explain", "acme", &case, "--format", "json", "--show-values"]).ends_with(0).out.contains("+1"));
    house.run(&["explain", "acme", "Smith v. Jones"]).ends_with(2);
    house.run(&["explain", "acme", "999999999"]).ends_with(0).says(&["MyCase shows no such case"]);

    let history = house.run(&["history", "acme", &case]).ends_with(0).out;
    assert!(history.contains("create by run") && history.contains("approved by") && !history.contains("+1"), "{history}");
    assert!(house.run(&["history", "acme", &case, "--show-values"]).ends_with(0).out.contains("+1"));
    let all = house.run(&["history", "acme", "--limit", "1", "--since", "2001-01-01", "--format", "json"]).ends_with(0).json();
    assert_eq!((all["entries"].as_array().map(Vec::len), &all["more"]), (Some(1), &Value::Bool(true)));
    house.run(&["history", "acme", "--since", "2999-01-01"]).ends_with(0).says(&["nothing was changed"]);
    house.run(&["history", "acme", "--since", "soon"]).ends_with(2);
    house.run(&["history", "acme", "--limit", "0"]).ends_with(2);

    let running = daemon(&practice);
    assert_eq!(house.run(&["explain", "acme", &page]).ends_with(0).out, text, "the daemon says the same");
    assert_eq!(house.run(&["history", "acme", &case]).ends_with(0).out, history);
    running.terminate();
    running.end().ends_with(0);
}
