//! What programs read at the page of the shipped program, and whether the examples for Prometheus fit it.

use super::page::Site;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every word of a text that names a metric of ours.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("casebridge_")).map(str::to_owned).collect()
}

#[test]
fn every_metric_in_the_monitoring_examples_is_one_that_the_program_gives() {
    let site = Site::new(5);
    let _running = site.daemon();
    for (path, answer) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let got = site.get(path);
        assert_eq!((got.status, got.body.trim()), (200, answer));
    }
    let text = site.get("/metrics").body;
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let given: BTreeSet<String> =
        families.map(|(name, kind)| if kind == "counter" { format!("{name}_total") } else { name.to_owned() }).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/monitoring");
    let mut used = BTreeSet::new();
    for file in fs::read_dir(folder).expect("the examples") {
        let path = file.expect("a file").path();
        let found = metrics_in(&fs::read_to_string(&path).expect("text"));
        let unknown: Vec<&String> = found.difference(&given).collect();
        assert!(unknown.is_empty(), "{} uses what /metrics does not give: {unknown:?}", path.display());
        used.extend(found);
    }
    assert!(used.len() > 10, "{used:?}");
}

#[test]
fn the_readme_of_the_monitoring_examples_lists_every_alert() {
    let rules = include_str!("../../../examples/monitoring/casebridge.rules.yml");
    let readme = include_str!("../../../examples/monitoring/README.md");
    let alerts: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let listed: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(BTreeSet::from_iter(alerts), BTreeSet::from_iter(listed));
}
