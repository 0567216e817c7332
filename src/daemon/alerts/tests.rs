//! The command is a small script in a folder of its own.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::os::unix::fs::PermissionsExt;

/// Nothing here takes as long; only a failure waits for it.
const SOON: Duration = Duration::from_secs(20);

struct Script {
    dir: tempfile::TempDir,
    command: Vec<String>,
}

impl Script {
    fn new(body: &str) -> Script {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("tell");
        // Written under another name: a file that is open for writing cannot be run.
        let hidden = path.with_extension("new");
        fs::write(&hidden, format!("#!/bin/sh\ncd '{}'\n{body}\n", dir.path().display())).unwrap();
        fs::set_permissions(&hidden, std::fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(&hidden, &path).unwrap();
        Script { dir, command: vec!["/bin/sh".to_owned(), path.into_string()] }
    }

    fn file(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.dir.path()).unwrap().join(name)
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.file("told")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits until somebody was told so often.
    async fn told(&self, times: usize) -> Vec<Value> {
        let waiting = async {
            while self.lines().len() < times {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            self.lines()
        };
        timeout(SOON, waiting).await.unwrap()
    }
}

fn alert(firm: &str, kind: AlertKind, text: &str) -> Alert {
    let at = "2026-11-23T12:00:00Z".parse().unwrap();
    Alert::new(kind, Some(&firm.parse().unwrap()), "Acme Injury Law", at, text, json!({ "days": 3 }))
}

#[tokio::test]
async fn the_command_gets_one_json_object_with_what_it_is_about() {
    let script = Script::new("cat >> told");
    let alerts = Alerts::new();
    alerts.raise(&script.command, alert("acme", AlertKind::ConnectionEnds, "three days are left"));
    alerts.finish().await;
    let expected = json!({
        "kind": "connection-ends", "firm": "acme", "name": "Acme Injury Law", "at": "2026-11-23T12:00:00Z",
        "text": "three days are left", "days": 3
    });
    assert_eq!(script.told(1).await, [expected]);
}

#[tokio::test]
async fn without_a_command_nobody_is_told_and_a_bad_one_harms_nobody() {
    let alerts = Alerts::new();
    alerts.raise(&[], alert("acme", AlertKind::Attention, ""));
    alerts.raise(&["/no/such/program".to_owned()], alert("acme", AlertKind::Attention, ""));
    let under_way = alerts.under_way.clone();
    alerts.finish().await;
    assert!(lock(&under_way).is_empty());
}

#[tokio::test]
async fn while_one_is_on_its_way_the_newest_of_its_kind_waits_and_others_do_not() {
    // The first waits until it may go on; the later ones find the door open.
    let script = Script::new("cat >> told; while [ ! -e open ]; do sleep 0.02; done");
    let alerts = Alerts::new();
    alerts.raise(&script.command, alert("acme", AlertKind::Attention, "first"));
    script.told(1).await;
    alerts.raise(&script.command, alert("acme", AlertKind::Attention, "second"));
    alerts.raise(&script.command, alert("acme", AlertKind::Attention, "third"));
    alerts.raise(&script.command, alert("acme", AlertKind::Reconnect, "other kind"));
    alerts.raise(&script.command, alert("beta", AlertKind::Attention, "other firm"));
    let told = script.told(3).await;
    assert!(!told.iter().any(|alert| alert["text"] == "third"), "{told:?}");
    fs::write(script.file("open"), "").unwrap();
    let told = script.told(4).await;
    let texts: Vec<&str> = told.iter().map(|alert| alert["text"].as_str().unwrap()).collect();
    assert_eq!((texts[0], texts[3]), ("first", "third"), "the second was overtaken");
    alerts.finish().await;
}

#[tokio::test]
async fn a_failure_is_said_with_the_first_line_of_what_the_command_said() {
    let script = Script::new("echo 'no mail server' >&2; echo more >&2; exit 3");
    let why = tell(&script.command[0], &script.command[1..], &json!({})).await.unwrap_err();
    assert_eq!(why, "exit status: 3: no mail server");
}

#[tokio::test]
async fn a_command_that_goes_on_in_the_background_is_not_waited_for() {
    let script = Script::new("sleep 60 &");
    let told = timeout(SOON, tell(&script.command[0], &script.command[1..], &json!({}))).await.unwrap();
    assert_eq!(told, Ok(()));
}
