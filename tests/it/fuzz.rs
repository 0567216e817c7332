//! Every kept input of the fuzz targets, through the same functions without libFuzzer: what was found once stays mended.

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "there it is a library")]
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

/// The folder of the fuzz workspace.
fn home() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

/// What is kept for one target.
fn replay(name: &str) {
    let (_, run) = targets::TARGETS.iter().find(|(target, _)| *target == name).expect("a target");
    let mut files: Vec<_> =
        fs::read_dir(home().join("corpus").join(name)).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 5, "{name} has next to no corpus");
    for file in files {
        let input = fs::read(&file).expect("an input");
        assert!(catch_unwind(|| run(&input)).is_ok(), "{name}/{} breaks a promise", file.file_name().expect("a name").display());
    }
}

macro_rules! replays {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            replay(stringify!($name));
        }
    )* };
}

replays! { control_socket daemon_file firm_file link_header mycase_bodies portal_bodies profile schedule template }

#[test]
fn every_target_has_a_binary_and_a_corpus_that_is_replayed() {
    let (this, manifest) = (include_str!("fuzz.rs"), fs::read_to_string(home().join("Cargo.toml")).expect("a manifest"));
    for (name, _) in targets::TARGETS {
        assert!(this.contains(&format!(" {name} ")), "{name} is not replayed");
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name} is not built");
    }
    let folders = fs::read_dir(home().join("corpus")).expect("corpora").count();
    assert_eq!(folders, targets::TARGETS.len(), "a corpus without a target");
}
