//! A firm's files and `defaults.toml`, checked as `casebridge check` does. A line `=== tests`, `=== catalog`, `=== defaults` or
//! `=== was` begins that file (`was`: an earlier version of the firm file); what stands before the first is the firm file.

use super::problems::are_placed;
use casebridge::config::changes::compare;
use casebridge::config::{Checked, DaemonRules, FirmInput, Profiles, Severity, SourceText, check_firm};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::builtin);

/// The pieces by the word behind `===`.
fn parts(text: &str) -> BTreeMap<&str, String> {
    let mut parts: BTreeMap<&str, String> = BTreeMap::from([("firm", String::new())]);
    let mut name = "firm";
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ").map(str::trim) {
            Some(word @ ("tests" | "catalog" | "defaults" | "was")) => name = word,
            _ => parts.entry(name).or_default().push_str(line),
        }
    }
    parts
}

fn check(input: &FirmInput, defaults: Option<&SourceText>) -> Checked {
    let rules = DaemonRules {
        hosts: vec!["portal.acme.example".to_owned()],
        environment: vec!["SHARED_KEY".to_owned()],
        secrets: "secrets".to_owned(),
    };
    let now = Timestamp::from_second(1_795_446_000).expect("a time");
    check_firm(input, &PROFILES, &rules, defaults, now)
}

/// A file is judged without a panic, each problem has its place, and what is clean means the same however it is spelled.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = parts(&text);
    let mut source = |part: &str, name: &str| parts.remove(part).map(|text| SourceText::new(name, text));
    let firm = source("firm", "acme.firm.toml").expect("always there");
    let (tests, catalog) = (source("tests", "acme.tests.toml"), source("catalog", "acme.catalog.toml"));
    let (defaults, was) = (source("defaults", "defaults.toml"), source("was", "acme.firm.toml"));
    let input = FirmInput { id: "acme".parse().expect("an id"), source: firm, tests, catalog };
    let checked = check(&input, defaults.as_ref());

    let sources: Vec<SourceText> =
        [Some(&input.source), input.tests.as_ref(), input.catalog.as_ref(), defaults.as_ref()].into_iter().flatten().cloned().collect();
    are_placed(&checked.problems, &sources);
    let has_errors = checked.problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(checked.firm.is_none(), has_errors, "a file is used, or somebody is told why not: {:?}", checked.problems);
    let Some(firm) = checked.firm else { return };

    assert!(compare(&firm, &firm).is_empty(), "a file is not different from itself");
    let spelled = |text: String, how: &str| {
        let input = FirmInput { source: SourceText::new("acme.firm.toml", text), ..input.clone() };
        let again = check(&input, defaults.as_ref());
        let again = again.firm.unwrap_or_else(|| panic!("{how}: the same file is refused: {:?}\n{}", again.problems, input.source.text));
        let change = compare(&firm, &again);
        assert!(change.is_empty(), "{how}: the same file means something else: {change:?}\n{}", input.source.text);
    };
    let plain = input.source.text.trim_start_matches('\u{feff}');
    spelled(format!("# A comment.\n{plain}\n# Another."), "with comments");
    let table: toml::Table = toml::from_str(&input.source.text).expect("a clean file is TOML");
    spelled(toml::to_string(&table).expect("a table can be written"), "written anew");
    if let Some(was) = was {
        let input = FirmInput { source: was, ..input.clone() };
        if let Some(before) = check(&input, defaults.as_ref()).firm {
            let (there, back) = (compare(&before, &firm), compare(&firm, &before));
            assert_eq!(there.is_empty(), back.is_empty(), "a difference is one in both directions");
            assert_eq!(there.account, back.account);
        }
    }
}
