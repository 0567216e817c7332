//! examples/gitops as it is shipped: its scripts against a real repository and a daemon. Needs git and a shell; where there is no
//! git it says so.

use super::daemon::daemon;
use super::firm::Practice;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn shipped(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/gitops").join(script)
}

/// A repository with one firm's file in it, and what the scripts need to find the program and the daemon.
struct Repository {
    practice: Practice,
    root: PathBuf,
}

impl Repository {
    /// `None` where there is no git.
    fn new() -> Option<Repository> {
        if Command::new("git").arg("--version").output().is_err() {
            crate::node::skipped("there is no git here");
            return None;
        }
        let practice = Practice::new(40);
        let root = practice.house.path("repository");
        fs::create_dir_all(root.join("firms.d")).expect("a folder");
        let repository = Repository { practice, root };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.put(|text| text);
        repository.commit("the first version");
        Some(repository)
    }

    fn file(&self) -> PathBuf {
        self.root.join("firms.d/acme.firm.toml")
    }

    /// The firm file as the practice has it, changed.
    fn put(&self, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.practice.house.path("conf/firms.d/acme.firm.toml")).expect("the firm file");
        fs::write(self.file(), change(text)).expect("written");
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.command(Path::new("git"), arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Output {
        let own = Path::new(env!("CARGO_BIN_EXE_casebridge")).parent().expect("a folder");
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", own.display());
        let house = &self.practice.house;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root).env_clear().env("PATH", path).env("HOME", house.path("home"));
        command.env("CASEBRIDGE_CONFIG_DIR", house.path("conf")).env("CASEBRIDGE_STATE_DIR", house.path("state"));
        command.env("CASEBRIDGE_REPOSITORY", &self.root).env("CASEBRIDGE_DEPLOY", house.path("deploy"));
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A Person").env(format!("GIT_{who}_EMAIL"), "person@example.com");
        }
        command.output().expect("it runs")
    }
}

#[test]
fn a_pull_request_says_what_it_would_change_and_a_wrong_file_is_not_committed() {
    let Some(repository) = Repository::new() else { return };
    let base = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let counts = serde_json::json!({ "version": 1, "firm": "acme", "taken_at": "2026-11-01T00:00:00Z", "linked": 214, "open": 214, "groups": [{
        "mycase": { "practice_area": "Personal Injury", "stage": "Demand Sent", "open": true },
        "portal": { "practice_area": "Personal Injury", "stage": "Demand", "open": true }, "cases": 214 }] });
    fs::write(repository.root.join("firms.d/acme.counts.json"), counts.to_string()).expect("written");
    repository.put(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Negotiation\""));
    repository.commit("another stage");
    let comment = repository.command(&shipped("repository/bin/plan-comment"), &[&base]);
    let said = String::from_utf8_lossy(&comment.stdout);
    assert!(comment.status.success() && said.contains("from Demand to Negotiation (Personal Injury): 214 cases"), "{comment:?}");

    let hook = shipped("repository/hooks/pre-commit");
    repository.put(|text| text.replace("time_zone", "timezone"));
    repository.git(&["add", "-A"]);
    let refused = repository.command(&hook, &[]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stdout).contains("time_zone"), "{refused:?}");
    // What lies in the working tree does not count; what would be committed does.
    repository.put(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Litigation\""));
    assert!(!repository.command(&hook, &[]).status.success());
    repository.git(&["add", "-A"]);
    let passed = repository.command(&hook, &[]);
    assert!(passed.status.success(), "{passed:?}");
}

#[test]
fn what_is_merged_is_what_runs_and_what_the_daemon_rejects_is_taken_back_as_a_whole() {
    let Some(repository) = Repository::new() else { return };
    let house = &repository.practice.house;
    let firms = house.path("deploy/current/firms.d");
    fs::write(house.path("conf/casebridge.toml"), format!("[paths]\nfirms = \"{}\"\n", firms.display())).expect("written");
    let deploy = shipped("deploy/casebridge-deploy");
    let first = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    // The first time there is no daemon to ask yet.
    let laid = repository.command(&deploy, &[]);
    assert!(laid.status.success() && String::from_utf8_lossy(&laid.stderr).contains("no daemon answers"), "{laid:?}");
    let _running = daemon(&repository.practice);
    let file = || house.run(&["status", "acme", "--format", "json"]).ends_with(0).json()["firms"][0]["file"].clone();
    assert_eq!((&file()["commit"], &file()["state"]), (&first.clone().into(), &"current".into()));

    repository.put(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Negotiation\""));
    let second = repository.commit("another stage");
    let done = repository.command(&deploy, &[]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!((&file()["commit"], &file()["generation"]), (&second.clone().into(), &2.into()));

    repository.put(|text| text.replace("time_zone", "timezone"));
    let third = repository.commit("a slip");
    let refused = repository.command(&deploy, &[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains(&third) && said.contains("is refused"), "{refused:?}");
    assert_eq!((&file()["commit"], &file()["state"]), (&second.into(), &"current".into()), "what ran goes on");
    let again = repository.command(&deploy, &[]);
    assert!(again.status.success() && again.stderr.is_empty(), "a refused commit is not tried every two minutes: {again:?}");
}
