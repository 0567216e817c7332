//! `init`: the file it writes, the questions it asks, the stage map it proposes.

use super::firm::Practice;
use super::house::House;
use serde_json::json;
use std::fs;

fn file(house: &House, id: &str) -> String {
    fs::read_to_string(house.path(&format!("conf/firms.d/{id}.firm.toml"))).expect("it is there")
}

#[test]
fn answers_that_are_asked_for_make_a_file_that_passes_check() {
    let house = House::new();
    let typed = "Beta & Sons\nEastern\n\n2\nnone\nabc\n\n9\n1\n";
    let done = house.run_with(&["init", "beta", "--ask"], typed).ends_with(0);
    let done = done.says(&[
        "did you mean \"America/New_York\"?",
        "who cannot be \"9\"",
        "opposing parties",
        "1. casebridge secret set beta mycase",
    ]);
    assert_eq!(done.out, "conf/firms.d/beta.firm.toml\n", "questions are no answer");
    let text = file(&house, "beta");
    for line in [
        "name = \"Beta & Sons\"",
        "time_zone = \"America/New_York\"",
        "kind = \"hona\"",
        "existing = \"none\"",
        "who = \"sole-or-billing\"",
    ] {
        assert!(text.lines().any(|one| one.starts_with(line)), "{line}: {text}");
    }
    house.run(&["check"]).ends_with(0);
}

#[test]
fn what_is_passed_over_stays_marked_and_a_pipe_is_never_asked() {
    let house = House::new();
    let asked = house.run_with(&["init", "beta", "--ask", "--format", "json"], "Beta\n\n").ends_with(0).json();
    assert_eq!(asked["unanswered"], json!(["time_zone", "client_id", "kind", "who"]));
    house.run(&["check"]).ends_with(3);
    let silent = house.run_with(&["init", "gamma"], "Gamma\n").ends_with(0).says(&["answer the lines marked REQUIRED in it: name"]);
    assert!(!silent.err.contains("What is the firm called"), "{silent:?}");
    house.run(&["init", "gamma"]).ends_with(1).says(&["is there already", "--stage-map"]);
}

#[test]
fn scripts_answer_by_options_and_hear_what_will_not_do() {
    let house = House::new();
    let flags = ["--portal", "hona", "--name", "Delta", "--time-zone", "America/Denver", "--client-id", "d", "--who", "group:Client"];
    let done = house.run(&[&["init", "delta", "--format", "json", "--existing", "none"], &flags[..]].concat()).ends_with(0).json();
    assert_eq!(done["unanswered"], json!([]));
    house.run(&["check"]).ends_with(0);
    house.run(&["init", "eta", "--time-zone", "Mars"]).ends_with(2).says(&["\"Mars\" is no time zone"]);
    house.run(&["init", "eta", "--portal", "case-status", "--existing", "none"]).ends_with(2).says(&["leave it out"]);
    assert!(!house.path("conf/firms.d/eta.firm.toml").exists());
}

#[test]
fn a_stage_map_is_proposed_from_the_live_names_and_from_the_catalog() {
    let practice = Practice::new(5);
    let house = &practice.house;
    house.run(&["init", "acme", "--stage-map"]).ends_with(6).says(&["casebridge connect acme"]);
    house.run(&["init", "nobody", "--stage-map"]).ends_with(1).says(&["casebridge init nobody"]);
    practice.connect();
    practice.write_file(|text| {
        text.lines()
            .filter(|line| !line.starts_with("\"Negotiation\"") && !line.starts_with("\"Demand"))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    let live = house.run(&["init", "acme", "--stage-map"]).ends_with(0).out;
    for line in [
        "\n\"Negotiation\" = \"Negotiation\"\n",
        "\n# \"Demand Sent\" = \"Demand\"   # is this meant?\n",
        "\n# \"Referred Out\" = \"\"   # which stage",
    ] {
        assert!(live.contains(line), "{line}: {live}");
    }
    house.run(&["catalog", "pull", "acme"]).ends_with(0);
    house.run(&["disconnect", "acme"]).ends_with(0);
    let kept = house.run(&["init", "acme", "--stage-map"]).ends_with(0);
    assert_eq!(kept.out, live);
    kept.says(&["MyCase could not be asked"]);
    let answer = house.run(&["init", "acme", "--stage-map", "--format", "json"]).ends_with(0).json();
    for key in ["firm", "lines", "covered", "same_name", "portal_stages", "toml"] {
        assert!(!answer[key].is_null(), "{key}: {answer}");
    }
    assert_eq!(answer["lines"][0], json!({ "area": null, "stage": "Demand Drafting", "to": "Demand", "how": "near" }));
    house.run(&["check"]).ends_with(0).says(&["casebridge init acme --stage-map"]);
}
