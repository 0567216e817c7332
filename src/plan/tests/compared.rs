//! How a comparison of two versions of a firm file is printed.

use crate::config::firm_for_tests::{entry, firm};
use crate::config::{Firm, NotInMap};
use crate::plan::render::{comparison_json, comparison_markdown, comparison_text};
use crate::plan::{CaseCounts, Comparison};
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// 214 cases in Demand Sent, 9 in a stage that the new map has not, 2 closed ones that the portal shows open.
fn counts() -> CaseCounts {
    let group = |mycase: &str, portal: &str, open: bool, cases: usize| {
        serde_json::json!({
            "mycase": { "practice_area": "PI", "stage": mycase, "open": open },
            "portal": { "practice_area": "PI", "stage": portal, "open": true },
            "cases": cases,
        })
    };
    let groups = [group("Demand Sent", "Demand", true, 214), group("Trial @octocat", "Trial", true, 9), group("Done", "Done", false, 2)];
    let whole = serde_json::json!({
        "version": 1, "firm": "acme", "taken_at": "2026-10-01T06:00:00Z", "linked": 225, "open": 225, "groups": groups,
    });
    CaseCounts::parse(&whole.to_string(), &firm().id).expect("counts")
}

fn old() -> Firm {
    let mut old = firm();
    old.stages.not_in_map = NotInMap::Attention;
    let lines = [("Demand Sent", "Demand", 40), ("Trial @octocat", "Trial", 41), ("Done", "Done", 42)];
    old.stages.map = lines.into_iter().map(|(from, to, line)| entry(from, to, line)).collect();
    old.closure.close = false;
    old
}

fn compared() -> Comparison {
    let (old, mut new) = (old(), old());
    new.stages.map = [entry("Demand Sent", "Negotiation", 40), entry("Done", "Done", 41)].into_iter().collect();
    new.closure.close = true;
    new.clients.phone.push(crate::config::PhoneKind::Home);
    Comparison::new(&new, Some((&old, "old.toml")), Some((&counts(), "from acme.counts.json")), at("2026-11-23T12:00:00Z"))
}

#[test]
fn a_comparison_says_what_the_edit_is_what_it_does_and_what_cannot_be_counted() {
    insta::assert_snapshot!(comparison_text(&compared()), @r#"
        acme.firm.toml compared with old.toml: 214 cases would move at the next run; that is more than the limit of 22, so they will wait for approval. 2 cases that are closed in MyCase would close in the portal at the next run. 9 cases would need attention.
        Note: the counts are of 1 October 2026, older than 30 days: take them anew with `casebridge state export --for-plan acme`.

        What the edit says
          [clients] phone is ["cell", "home"] (was ["cell"])
          [closure] closed is "close" (was "ignore")
          [stages.map] "Demand Sent" leads to "Negotiation" (was "Demand")
          [stages.map] "Trial @octocat" is no longer in the map (was "Trial")

        Where cases would go
          from Demand to Negotiation (PI): 214 cases

        What would need attention
          9 cases: MyCase's stage "Trial @octocat" is not in [stages.map]
            -> add "Trial @octocat" = "..." under [stages.map] in acme.firm.toml, or name it in stages.hide

        What cannot be counted here
          Contact data is not counted: whose phone, e-mail or name would change is not known here; `casebridge plan acme` on the firm's machine shows it

        Counted: 225 linked cases, 225 of them open in the portal; from acme.counts.json, as of 2026-10-01 06:00 UTC.
        "#);
}

#[test]
fn a_comparison_as_a_comment_has_the_look_of_a_plan_and_nobody_is_mentioned() {
    let text = comparison_markdown(&compared());
    assert!(!text.contains("@octocat"), "{text}");
    insta::assert_snapshot!(text, @r#"
        ### casebridge: what this edit of `acme.firm.toml` would do

        **214 cases would move at the next run; that is more than the limit of 22, so they will wait for approval. 2 cases that are closed in MyCase would close in the portal at the next run. 9 cases would need attention.**

        > The counts are of 1 October 2026, older than 30 days: take them anew with `casebridge state export --for-plan acme`.

        | | Cases | Limit |
        |---|---:|---|
        | Would move | 214 | 22, **over the limit: waits for approval** |
        | Would close: closed in MyCase | 2 | 11 |
        | Would need attention | 9 |  |

        <details><summary>214 cases would move</summary>

        - from Demand to Negotiation (PI): 214 cases

        </details>

        <details><summary>9 cases would need attention</summary>

        - 9 cases: MyCase's stage "Trial @&#8203;octocat" is not in \[stages.map\] &rarr; add "Trial @&#8203;octocat" = "..." under \[stages.map\] in acme.firm.toml, or name it in stages.hide

        </details>

        <details><summary>4 changes in the file</summary>

        - \[clients\] phone is \["cell", "home"\] (was \["cell"\])
        - \[closure\] closed is "close" (was "ignore")
        - \[stages.map\] "Demand Sent" leads to "Negotiation" (was "Demand")
        - \[stages.map\] "Trial @&#8203;octocat" is no longer in the map (was "Trial")

        </details>

        **What cannot be counted here**

        - Contact data is not counted: whose phone, e-mail or name would change is not known here; `casebridge plan acme` on the firm's machine shows it

        <sub>Counted: 225 linked cases, 225 of them open in the portal; from acme.counts.json, as of 2026-10-01 06:00 UTC.</sub>
        "#);
}

#[test]
fn a_comparison_as_json_has_the_keys_of_its_contract() {
    let answer = serde_json::to_value(comparison_json(&compared())).expect("JSON");
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).expect("text"), @r#"
        {
          "account": false,
          "against": "old.toml",
          "cannot_see": [
            "contact data is not counted: whose phone, e-mail or name would change is not known here; `casebridge plan acme` on the firm's machine shows it"
          ],
          "counts": {
            "linked": 225,
            "open": 225,
            "source": "from acme.counts.json",
            "stale": true,
            "taken_at": "2026-10-01T06:00:00Z"
          },
          "differences": [
            {
              "clients_see": true,
              "key": "phone",
              "section": "clients",
              "what": "phone is [\"cell\", \"home\"] (was [\"cell\"])"
            },
            {
              "clients_see": true,
              "key": "closed",
              "section": "closure",
              "what": "closed is \"close\" (was \"ignore\")"
            },
            {
              "clients_see": true,
              "key": "",
              "section": "stages.map",
              "what": "\"Demand Sent\" leads to \"Negotiation\" (was \"Demand\")"
            },
            {
              "clients_see": true,
              "key": "",
              "section": "stages.map",
              "what": "\"Trial @octocat\" is no longer in the map (was \"Trial\")"
            }
          ],
          "effect": {
            "attention": [
              {
                "cases": 9,
                "code": "stage-not-mapped",
                "fix": "add \"Trial @octocat\" = \"...\" under [stages.map] in acme.firm.toml, or name it in stages.hide",
                "text": "MyCase's stage \"Trial @octocat\" is not in [stages.map]"
              }
            ],
            "attention_over": 0,
            "close": {
              "closed": 2
            },
            "limits": [
              {
                "by_edit": 2,
                "exceeded": false,
                "kind": "close",
                "limit": 11,
                "planned": 2
              },
              {
                "by_edit": 214,
                "exceeded": true,
                "kind": "stage",
                "limit": 22,
                "planned": 214
              }
            ],
            "linked": 225,
            "moves": [
              {
                "cases": 214,
                "from": {
                  "open": true,
                  "practice_area": "PI",
                  "stage": "Demand"
                },
                "to": {
                  "open": true,
                  "practice_area": "PI",
                  "stage": "Negotiation"
                }
              }
            ],
            "open": 225,
            "reopen": 0,
            "stay": 0
          },
          "file": "acme.firm.toml",
          "firm": "acme",
          "says": [
            "214 cases would move at the next run; that is more than the limit of 22, so they will wait for approval",
            "2 cases that are closed in MyCase would close in the portal at the next run",
            "9 cases would need attention: MyCase's stage \"Trial @octocat\" is not in [stages.map]"
          ],
          "warnings": [
            "the counts are of 1 October 2026, older than 30 days: take them anew with `casebridge state export --for-plan acme`"
          ],
          "widened": false
        }
        "#);
}

#[test]
fn without_counts_it_says_what_changed_and_how_to_get_them_and_a_new_file_is_all_new() {
    let mut new = old();
    new.stages.hide.insert(crate::domain::NameKey::new("Intake"));
    let blind = Comparison::new(&new, Some((&old(), "old.toml")), None, at("2026-11-23T12:00:00Z"));
    insta::assert_snapshot!(comparison_text(&blind), @r#"
        acme.firm.toml compared with old.toml: The two differ; without counts it is not known how many cases that concerns.

        What the edit says
          [stages] hide now has "intake"

        Nothing is counted: there are no counts of linked cases. `casebridge state export --for-plan acme` on the firm's machine writes them; beside the firm file as acme.counts.json they are found.
        "#);
    let first = Comparison::new(&new, None, None, at("2026-11-23T12:00:00Z"));
    insta::assert_snapshot!(comparison_text(&first), @r#"
        acme.firm.toml: There is no version before it: everything in it is new.

        Nothing is counted: there are no counts of linked cases. `casebridge state export --for-plan acme` on the firm's machine writes them; beside the firm file as acme.counts.json they are found.
        "#);
    let same = Comparison::new(&new, Some((&new, "old.toml")), Some((&counts(), "from acme.counts.json")), at("2026-10-02T12:00:00Z"));
    insta::assert_snapshot!(comparison_text(&same), @r#"
        acme.firm.toml compared with old.toml: The two mean the same.

        Counted: 225 linked cases, 225 of them open in the portal; from acme.counts.json, as of 2026-10-01 06:00 UTC.
        "#);
    assert!(!same.has_changes() && first.has_changes());
}
