//! `casebridge test`: the tests that firm files bring along, through the binary.

use super::house::House;
use std::fs;

const FIRM: &str = include_str!("../../../examples/case-status/harlow-pike.firm.toml");
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

#[test]
fn the_tests_of_the_examples_pass_and_say_what_they_do_not_look_at() {
    let house = House::new();
    let done = house.run(&["test", EXAMPLES]).ends_with(0).says(&[
        "ok   released cases show Treatment Completed",
        "13 tests: all passed",
        "stage map: 4 of 29 lines tested; not tested: line 42 \"Signed Up\"",
        "(--coverage lists them)",
        "closure: 2 of 4 rules tested; not tested: a case closed when first seen is imported",
    ]);
    assert_eq!(done.err, "", "nothing but the answer");
    assert!(!house.path("state").exists(), "no state is made");
    house
        .run(&["test", EXAMPLES, "--coverage"])
        .ends_with(0)
        .says(&["tested      line 45 \"Released From Treatment\"", "not tested  line 42"]);
}

#[test]
fn a_failing_test_shows_what_was_expected_and_the_line_that_decided_in_every_form() {
    let house = House::new();
    house.firm("acme", &FIRM.replace("\"Released From Treatment\" = \"Treatment Completed\"", "\"Released From Treatment\" = \"Demand\""));
    let difference =
        "stage: expected \"Treatment Completed\", got \"Demand\" because \"Released From Treatment\" is \"Demand\" (acme.firm.toml:45)";
    let header = 1 + FIRM.lines().position(|line| line == "[[tests]]").expect("a test");
    house.run(&["test"]).ends_with(3).says(&[
        "FAIL released cases show",
        &format!("(line {header})"),
        difference,
        "1 test: 0 passed, 1 failed",
    ]);
    let json = house.run(&["test", "--format", "json"]).ends_with(3).json();
    assert_eq!((&json["passed"], &json["failed"], &json["problems"]), (&0.into(), &1.into(), &serde_json::json!([])));
    let test = &json["firms"][0]["tests"][0];
    assert_eq!((&test["line"], &test["passed"]), (&header.into(), &false.into()));
    assert_eq!(test["mismatches"][0]["got"], "\"Demand\"");
    assert_eq!(json["firms"][0]["coverage"]["stage_map"]["tested"], 1);
    let github = house.run(&["test", "--format", "github"]).ends_with(3);
    assert!(github.out.contains(&format!("::error file=conf/firms.d/acme.firm.toml,line={header},")), "{}", github.out);
    // The same is an error of `check`, and of whoever would use the file.
    house.run(&["check"]).ends_with(3).says(&["error[failing-test]", difference]);
    house.run(&["status"]).ends_with(0).says(&["has errors", "fails: stage: expected"]);
}

#[test]
fn a_file_with_errors_is_named_and_the_others_are_tested() {
    let house = House::new();
    house.firm("acme", FIRM);
    house.firm("beta", &FIRM.replace("[clients]", "[cleints]"));
    fs::write(
        house.path("conf/firms.d/acme.tests.toml"),
        "[[tests]]\nname = \"x\"\ncase = { case_stag = \"x\" }\nexpect = { stage = \"x\" }\n",
    )
    .expect("it is written");
    house.run(&["test"]).ends_with(3).says(&["did you mean \"case_stage\"?", "did you mean \"clients\"?", "0 tests; 2 files have errors"]);
    house.run(&["test", "conf/firms.d/gamma.firm.toml"]).ends_with(1);
    fs::remove_file(house.path("conf/firms.d/acme.tests.toml")).expect("it is there");
    house.run(&["test", "conf/firms.d/acme.firm.toml"]).ends_with(0).says(&["1 test: all passed"]);
}
