//! What programs hear: numbers that follow what runs, whether the daemon is ready, secrets that change while it runs.

use super::*;
use crate::daemon::handle::Handle;
use crate::daemon::metrics::tests::reader::{Samples, read};

impl Running {
    async fn numbers(&self) -> Samples {
        read(&self.client.metrics().await.unwrap()).unwrap()
    }
}

const ACME: (&str, &str) = ("firm", "acme");

#[tokio::test]
async fn the_numbers_follow_a_run_and_hold_no_personal_data() {
    let place = Place::new(now());
    let daemon = place.start().await;
    let before = daemon.numbers().await;
    assert_eq!(before.get("casebridge_firm_connection", &[ACME, ("state", "not-connected")]), Some(1.0));
    assert_eq!(before.get("casebridge_firm_token_age_seconds", &[ACME]), None);
    assert_eq!(before.get("casebridge_requests_total", &[ACME, ("side", "mycase"), ("code", "200")]), None);
    daemon.connect(&place).await;
    let connected = daemon.numbers().await;
    let report = daemon.sync().await;
    let after = daemon.numbers().await;
    let counted = |name: &str, labels: &[(&str, &str)]| after.get(name, &[&[ACME], labels].concat()).unwrap_or_default();
    assert_eq!(counted("casebridge_firm_connection", &[("state", "connected")]), 1.0);
    let asked = |samples: &Samples, side: &str| -> f64 {
        let of = |code| samples.get("casebridge_requests_total", &[ACME, ("side", side), ("code", code)]).unwrap_or_default();
        ["200", "201", "204"].map(of).iter().sum()
    };
    let made = |side| asked(&after, side) - asked(&connected, side);
    assert_eq!((made("mycase"), made("portal")), (report.requests.mycase as f64, report.requests.portal as f64));
    assert_eq!(counted("casebridge_changes_total", &[("kind", "create")]), report.written as f64);
    assert_eq!(counted("casebridge_runs_total", &[("trigger", "by-hand"), ("outcome", "done")]), 1.0);
    assert_eq!(counted("casebridge_firm_attention", &[]), report.counts.exceptions as f64);
    for there in ["casebridge_firm_last_success_time_seconds", "casebridge_firm_last_run_duration_seconds"] {
        assert!(after.get(there, &[ACME, ("lane", "cases")]).is_some(), "{there}");
    }
    assert!(after.get("casebridge_firm_next_run_time_seconds", &[ACME, ("schedule", "cases")]).is_some());
    assert!(!daemon.client.metrics().await.unwrap().contains("Acme Injury Law"), "firms go by their ids");
    daemon.stop().await;
}

#[tokio::test]
async fn the_numbers_say_whether_the_file_on_disk_is_the_one_in_use() {
    let place = Place::new(now());
    let daemon = place.start().await;
    let flags = |samples: &Samples| {
        let of = |name: &str| samples.get(&format!("casebridge_firm_config_{name}"), &[ACME]);
        (of("last_reload_successful"), of("matches_disk"), of("generation"))
    };
    let first = daemon.numbers().await;
    assert_eq!(flags(&first), (Some(1.0), Some(1.0), Some(1.0)));
    assert_eq!(first.get("casebridge_config_last_reload_successful", &[]), Some(1.0));
    place.write("acme", "[firm]\nname = ");
    fs::write(place.root.join("casebridge.toml"), "[daemon]\nspraed = \"1 minute\"\n").unwrap();
    daemon.client.reload(true).await.unwrap();
    let rejected = daemon.numbers().await;
    assert_eq!(flags(&rejected), (Some(0.0), Some(0.0), Some(1.0)));
    assert_eq!(rejected.get("casebridge_config_last_reload_successful", &[]), Some(0.0));
    let accepted = |samples: &Samples| samples.get("casebridge_firm_config_last_reload_success_time_seconds", &[ACME]);
    assert!(accepted(&first).is_some() && accepted(&first) == accepted(&rejected), "what runs was accepted then");
    place.write("acme", &place.file("30 5 * * *"));
    daemon.client.reload(true).await.unwrap();
    assert_eq!(flags(&daemon.numbers().await), (Some(1.0), Some(1.0), Some(2.0)));
    daemon.stop().await;
}

#[tokio::test]
async fn ready_means_the_folder_was_read_and_the_end_has_not_begun_whatever_any_one_firm_is_like() {
    let place = Place::new(now());
    place.write("beta", "[firm]\nname = ");
    let (stop, stopped) = watch::channel(false);
    let (signals, sent) = mpsc::channel(4);
    let (event_loop, messages) = EventLoop::new(place.house(stopped), Signals::sent(sent), stop);
    let handle = Handle::new(messages);
    let early = handle.ready();
    let looping = tokio::spawn(event_loop.run());
    assert_eq!(early.await, Err("the daemon is starting, or about to end"), "asked before the first look was over");
    let ready = async {
        while handle.ready().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, ready).await.unwrap();
    handle.reload().await.unwrap();
    assert_eq!(handle.ready().await, Ok(()), "beta's file is bad, and that is beta's trouble");
    signals.send(Signal::Stop).await.unwrap();
    timeout(SOON, looping).await.unwrap().unwrap();
    assert_eq!((handle.ready().await, handle.healthy().await), (Err("the daemon does not answer"), Err("the daemon does not answer")));
}

#[tokio::test]
async fn a_secret_that_is_changed_in_its_file_is_used_by_the_next_run_without_a_restart() {
    let place = Place::new(now());
    let handle = place.sandbox.handle("http://127.0.0.1:9");
    let right = handle["case_status"]["api_key"].as_str().unwrap();
    let key = place.root.join("secrets/acme/portal.key");
    fs::create_dir_all(key.parent().unwrap()).unwrap();
    fs::write(&key, "an-old-key").unwrap();
    place.write("acme", &place.file("30 3 * * *").replace("{ env = \"ACME_PORTAL\" }", "{ file = \"portal.key\" }"));
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let refused = daemon.sync().await;
    assert!(refused.error.is_some() && refused.requests.portal > 0, "the portal does not know the old key: {refused:?}");
    assert_eq!(daemon.numbers().await.get("casebridge_firm_portal_key_refused", &[ACME]), Some(1.0));
    fs::write(&key, right).unwrap();
    let report = daemon.sync().await;
    assert!(report.error.is_none() && report.written > 0, "{report:?}");
    assert_eq!(daemon.numbers().await.get("casebridge_firm_portal_key_refused", &[ACME]), Some(0.0));
    daemon.stop().await;
}
