//! `casebridge check` as a reviewer's machine runs it: 500 firm files, each with a catalog and eight tests, through the shipped
//! binary, from its start to its end.

use crate::Done;
use crate::desk::FIRM;
use crate::row::at_most;
use casebridge::config::{Catalog, CatalogEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const FIRMS: usize = 500;
const TESTS: usize = 8;
const ROUNDS: usize = 5;

/// All of it.
pub(crate) fn scene() -> Done {
    let dir = tempfile::tempdir()?;
    let folder = dir.path().join("conf/firms.d");
    std::fs::create_dir_all(&folder)?;
    fill(&folder)?;
    for (form, what) in
        [("text", "`casebridge check` on 500 firm files with catalogs and 4,000 tests: on the wall"), ("json", "the same as JSON")]
    {
        let mut best = f64::MAX;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let mut check = Command::new(env!("CARGO_BIN_EXE_casebridge"));
            check.env_clear().env("HOME", dir.path()).args(["check", "--config-dir", "conf", "--format", form]).current_dir(dir.path());
            let ended = check.stdout(Stdio::null()).status()?;
            best = best.min(begun.elapsed().as_secs_f64());
            assert!(ended.success(), "every generated file is good");
        }
        at_most(what, best, "s", 1.0);
    }
    Ok(())
}

/// The example firm under many names; its catalog knows every stage that the file names, and some more.
fn fill(folder: &Path) -> Done {
    let (firm, tests) = (plain(), tests());
    let catalog = catalog(&firm).to_toml();
    for number in 0..FIRMS {
        let own = firm.replace("harlow-pike-client-id", &format!("client-{number}")).replace("Harlow & Pike", &format!("Firm {number}"));
        std::fs::write(folder.join(format!("firm-{number:03}.firm.toml")), own)?;
        std::fs::write(folder.join(format!("firm-{number:03}.tests.toml")), &tests)?;
        std::fs::write(folder.join(format!("firm-{number:03}.catalog.toml")), &catalog)?;
    }
    Ok(())
}

/// The example without its own test: each firm has the same number of them, beside it.
fn plain() -> String {
    FIRM.split("[[tests]]").next().unwrap_or_default().to_owned()
}

fn tests() -> String {
    let stages = ["Treating", "Demand Sent", "Settled", "Mediation", "Signed Up", "Disbursed", "Trial Set", "Records Requested"];
    let shown =
        ["Medical Treatment", "Demand", "Settlement", "Litigation", "Getting Started", "Settlement", "Litigation", "Treatment Completed"];
    let one = |(stage, shown): (&str, &str)| {
        format!(
            "[[tests]]\nname = \"{stage} shows {shown}\"\ncase = {{ case_stage = \"{stage}\", practice_area = \"Personal Injury\" }}\nexpect = {{ stage = \"{shown}\" }}\n"
        )
    };
    stages.into_iter().zip(shown).take(TESTS).map(one).collect()
}

/// What is in quotes at the beginning of a line is a stage of MyCase's.
fn catalog(firm: &str) -> Catalog {
    let named = |line: &str| line.strip_prefix('"').and_then(|rest| rest.split_once("\" = \"")).map(|(name, _)| name.to_owned());
    let mut names: BTreeSet<String> = firm.lines().filter_map(named).collect();
    names.extend(["Conflict Check", "Potential Client"].map(str::to_owned));
    names.extend((1..60).map(|number| format!("Stage that nobody maps {number}")));
    let entries = |names: &mut dyn Iterator<Item = &str>| (1..).zip(names).map(|(id, name)| CatalogEntry::new(id, name, &[])).collect();
    Catalog {
        taken_at: jiff::Timestamp::now(),
        stages: entries(&mut names.iter().map(String::as_str)),
        practice_areas: entries(&mut ["Personal Injury", "Family Law", "Workers Compensation"].into_iter()),
        custom_fields: entries(&mut ["Court", "Judge"].into_iter()),
        people_groups: entries(&mut ["Client"].into_iter()),
        staff_types: ["Attorney", "Paralegal"].map(str::to_owned).into(),
        portal_stages: BTreeMap::from([("Personal Injury".to_owned(), vec!["Demand".to_owned(), "Settlement".to_owned()])]),
    }
}
