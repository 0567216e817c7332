//! What concerns more than one text: the set of firms, overrides, the live check, many files at once.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::samples::{SHORT, check, input, said, short_hona};
use super::{DaemonRules, SetMember, check_firm, check_set};
use crate::config::{Firm, Profiles, SourceText};
use std::sync::Arc;

fn firm_of(id: &str, text: &str) -> (Arc<Firm>, SourceText) {
    let mut input = input(text);
    input.id = id.parse().unwrap();
    input.source.name = format!("{id}.firm.toml");
    let rules = DaemonRules { environment: vec!["SHARED_KEY".to_owned()], ..DaemonRules::default() };
    let now = "2026-11-23T15:00:00Z".parse().unwrap();
    (check_firm(&input, &Profiles::builtin(), &rules, None, now).firm.unwrap(), input.source)
}

#[test]
fn one_portal_key_in_two_firm_files_is_an_error_of_the_later() {
    let shared = SHORT.replace("{ stored = \"portal\" }", "{ env = \"SHARED_KEY\" }");
    let (acme, beta, gamma) = (firm_of("acme", &shared), firm_of("beta", &shared), firm_of("gamma", SHORT));
    let member = |(firm, source): &'static (Arc<Firm>, SourceText), portal_key| SetMember { firm, source, portal_key };
    let (acme, beta, gamma): (&'static _, &'static _, &'static _) =
        (Box::leak(Box::new(acme)), Box::leak(Box::new(beta)), Box::leak(Box::new(gamma)));
    let problems = check_set(&[member(acme, None), member(beta, None), member(gamma, None)]);
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].file.as_str(), problems[0].line), ("beta.firm.toml", 10));
    assert!(problems[0].message.contains("acme.firm.toml"));
    // The same value behind two names is seen by its fingerprint, which is not printed.
    let problems = check_set(&[member(acme, Some("print-1")), member(gamma, Some("print-1"))]);
    assert!(problems.len() == 1 && !problems[0].message.contains("print-1"));
    assert_eq!(check_set(&[member(acme, Some("print-1")), member(gamma, Some("print-2"))]), []);
}

#[test]
fn a_variable_of_a_firm_with_a_longer_name_is_not_acmes() {
    let (acme, source) = firm_of("acme", &SHORT.replace("{ stored = \"portal\" }", "{ env = \"ACME_2_KEY\" }"));
    let (other, other_source) = firm_of("acme-2", SHORT);
    let member = SetMember { firm: &acme, source: &source, portal_key: None };
    let problems = check_set(&[member, SetMember { firm: &other, source: &other_source, portal_key: None }]);
    assert!(problems.len() == 1 && problems[0].message.contains("belongs to the firm acme-2"));
    assert_eq!(check_set(&[member]), []);
}

#[test]
fn overrides_change_single_keys_and_never_host_or_key() {
    let fine = check(&format!("{SHORT}[portal.overrides]\nrequests_per_second = 2\n"));
    assert_eq!(said(&fine), "");
    assert_eq!(fine.firm.unwrap().portal.profile.requests_per_second, 2);
    let wrong =
        said(&check(&format!("{SHORT}[portal.overrides]\nbase_url = \"https://evil.example\"\nin_fligt = 2\n[limits]\nclose = \"x\"\n")));
    assert!(
        wrong.contains("14:1 error[override-forbidden]") && wrong.contains("15:1 error[unknown-key]") && wrong.contains("17:9"),
        "{wrong}"
    );
}

#[test]
fn a_rule_across_sections_is_checked_although_a_section_is_wrong() {
    let text = short_hona().replace("name = \"Acme Injury Law\"", "").replace("api_key = { stored = \"portal\" }", "")
        + "[practice_areas.map]\n\"PI\" = \"Injury\"\n\"Auto\" = \"Injury\"\n[stages.for.\"PI\"]\n\"Filed\" = \"A\"\n[stages.for.\"Auto\"]\n\"Filed\" = \"B\"\n";
    let said = said(&check(&text));
    assert!(said.contains("[firm] needs name") && said.contains("[portal] needs api_key") && said.contains("two-phases"), "{said}");
}

#[test]
fn the_examples_are_whole_files_of_firms() {
    let root = format!("{}/examples", env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![std::path::PathBuf::from(root)];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(id) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".firm.toml")) {
                let text = std::fs::read_to_string(&path).unwrap();
                let mut input = input(&text);
                input.id = id.parse().unwrap();
                let checked =
                    check_firm(&input, &Profiles::builtin(), &DaemonRules::default(), None, "2026-11-23T15:00:00Z".parse().unwrap());
                assert!(checked.firm.is_some(), "{}: {}", path.display(), said(&checked));
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}
