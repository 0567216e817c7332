//! Which scenes there are; runs them one after the other, each in a process of its own.

use crate::{Done, cases, check, documents, firms, planner, row};
use std::process::Command;

/// Makes this program the one scene that follows.
pub(crate) const ONE: &str = "--scene";

type Scene = fn() -> Done;

/// In the order of the table.
const SCENES: [(&str, Scene); 8] = [
    ("binary", binary),
    ("planner", planner::scene),
    ("import", cases::import),
    ("nightly", cases::nightly),
    ("changes", cases::changes),
    ("documents", documents::scene),
    ("check", check::scene),
    ("firms", firms::scene),
];

/// Runs the scenes of these names, or all, and prints the table.
pub(crate) fn all(names: &[&str]) -> Done {
    if let Some(stranger) = names.iter().find(|name| !SCENES.iter().any(|(known, _)| known == *name)) {
        return Err(format!("there is no scene {stranger:?}; there are {}", SCENES.map(|(name, _)| name).join(", ")).into());
    }
    row::head();
    for (name, _) in SCENES.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        let ended = Command::new(std::env::current_exe()?).args([ONE, name]).status()?;
        if !ended.success() {
            return Err(format!("the scene {name} ended with {ended}").into());
        }
    }
    Ok(())
}

/// Runs one scene in this process.
pub(crate) fn one(name: &str) -> Done {
    let (_, scene) = SCENES.iter().find(|(known, _)| *known == name).ok_or("there is no such scene")?;
    scene()
}

/// The program that is shipped.
fn binary() -> Done {
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_casebridge"))?.len();
    row::at_most("the program, stripped", size as f64 / 1e6, "MB", 15.0);
    Ok(())
}
