//! The daemon as a whole: real folder, real socket, real state; MyCase and the portal are the sandbox in this process.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod heard;
mod numbers;
mod openings;
mod saves;
mod told;

use super::*;
use crate::daemon::client::{Client, RemoteError};
use crate::daemon::message::Verdict;
use crate::daemon::start;
use crate::domain::FirmId;
use crate::http::Transport;
use crate::load::{Environment, PathOptions};
use crate::operations::{Connection, FileState, FirmStatus, RunState, Secret, SyncAsk};
use crate::sandbox::{Fault, FaultKind, Options, Sandbox, Side};
use crate::sync::{RunReport, Trigger};
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use tokio::time::timeout;
use tower::ServiceExt;

/// Nothing here takes as long; only a failure waits for it.
const SOON: Duration = Duration::from_secs(20);

/// A configuration folder with one firm, and the world it belongs to.
struct Place {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
    sandbox: Sandbox,
    clock: Clock,
}

/// A daemon that runs there.
struct Running {
    client: Client,
    stop: watch::Sender<bool>,
    signals: mpsc::Sender<Signal>,
    task: JoinHandle<Result<(), start::DaemonError>>,
}

impl Place {
    fn new(clock: Clock) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        fs::create_dir(root.join("firms.d")).unwrap();
        fs::write(root.join("casebridge.toml"), "[daemon]\nedit_settle = \"0 seconds\"\n").unwrap();
        let options = Options { cases: 12, seed: 7, rate_limits: false, start: clock.now() };
        let place = Place { _dir: dir, root, sandbox: Sandbox::new(options), clock };
        place.write("acme", &place.file("30 3 * * *"));
        place
    }

    /// A good firm file for the sandbox.
    fn file(&self, cases: &str) -> String {
        let handle = self.sandbox.handle("http://127.0.0.1:9");
        let schedule = format!("cases = \"{cases}\"\nverify = \"off\"\ndocuments = \"off\"\nmessages = \"off\"");
        let example = include_str!("../../../examples/case-status/harlow-pike.firm.toml").replace("cases = \"15 21 * * * UTC\"", &schedule);
        let example = example.replace("[limits]", "[limits]\nfirst_import = \"go\"");
        let mycase = |key: &str| handle["mycase"][key].as_str().unwrap().to_owned();
        format!(
            r#"
[firm]
name = "Acme Injury Law"
time_zone = "UTC"
status = "active"

[mycase]
client_id = "{}"
client_secret = {{ env = "ACME_MYCASE" }}
redirect_uri = "{}"
api_url = "{}"
authorize_url = "{}"
token_url = "{}"

[portal]
kind = "case-status"
api_key = {{ env = "ACME_PORTAL" }}
base_url = "{}"

{}
"#,
            mycase("client_id"),
            mycase("redirect_uri"),
            mycase("api_url"),
            mycase("authorize_url"),
            mycase("token_url"),
            handle["case_status"]["base_url"].as_str().unwrap(),
            // The example's stages and rules fit the sandbox's world.
            &example[example.find("[portal.stages]").unwrap()..],
        )
    }

    fn write(&self, firm: &str, text: &str) {
        let hidden = self.root.join(".new");
        fs::write(&hidden, text).unwrap();
        fs::rename(hidden, self.path(firm)).unwrap();
    }

    fn path(&self, firm: &str) -> Utf8PathBuf {
        self.root.join("firms.d").join(format!("{firm}.firm.toml"))
    }

    fn house(&self, stop: watch::Receiver<bool>) -> House {
        let handle = self.sandbox.handle("http://127.0.0.1:9");
        let secret = |side: &str, key: &str| handle[side][key].as_str().unwrap().to_owned();
        let variables = [("ACME_MYCASE", secret("mycase", "client_secret")), ("ACME_PORTAL", secret("case_status", "api_key"))];
        let options = PathOptions { config_dir: Some(self.root.clone()), state_dir: Some(self.root.join("state")), socket: None };
        let transport = Transport::InProcess(self.sandbox.router());
        House::open(&options, Environment::of(false, variables), self.clock, transport, stop).unwrap()
    }

    /// Starts a daemon and waits until it has read the folder.
    async fn start(&self) -> Running {
        let (stop, stopped) = watch::channel(false);
        let (signals, sent) = mpsc::channel(4);
        let house = self.house(stopped);
        let socket = house.paths.socket.clone();
        let task = tokio::spawn(start::run(house, stop.clone(), Signals::sent(sent)));
        let connected = async {
            loop {
                if let Some(client) = Client::connect(&socket).await.unwrap() {
                    return client;
                }
                tokio::task::yield_now().await;
            }
        };
        let client = timeout(SOON, connected).await.unwrap();
        // The first look is over: what is written from here on is an edit.
        client.reload(true).await.unwrap();
        Running { client, stop, signals, task }
    }
}

impl Running {
    async fn status(&self) -> FirmStatus {
        let Answer::Status(status) = self.client.ask(&acme(), &Ask::Status).await.unwrap() else { panic!("no status") };
        *status
    }

    /// Asks until the firm stands as wanted.
    async fn until(&self, what: &str, wanted: impl Fn(&FirmStatus) -> bool) -> FirmStatus {
        let asking = async {
            let mut often = tokio::time::interval(Duration::from_millis(20));
            loop {
                often.tick().await;
                let status = self.status().await;
                if wanted(&status) {
                    return status;
                }
            }
        };
        match timeout(SOON, asking).await {
            Ok(status) => status,
            Err(_) => panic!("never: {what}; {:?}", self.status().await),
        }
    }

    /// Connects the firm as a person with a browser would.
    async fn connect(&self, place: &Place) {
        let Answer::Authorize { url, .. } = self.client.ask(&acme(), &Ask::ConnectBegin).await.unwrap() else { panic!("no address") };
        let request = axum::http::Request::get(url).body(axum::body::Body::empty()).unwrap();
        let page = place.sandbox.router().oneshot(request).await.unwrap();
        let redirected = page.headers()["location"].to_str().unwrap().to_owned();
        self.client.ask(&acme(), &Ask::ConnectEnd { redirected: Secret(redirected) }).await.unwrap();
    }

    async fn sync(&self) -> RunReport {
        let Answer::Run(report) = self.client.ask(&acme(), &Ask::Sync(SyncAsk::default())).await.unwrap() else { panic!("no report") };
        *report
    }

    async fn stop(self) {
        self.signals.send(Signal::Stop).await.unwrap();
        timeout(SOON, self.task).await.unwrap().unwrap().unwrap();
        assert!(*self.stop.borrow(), "runs are told");
    }
}

fn acme() -> FirmId {
    "acme".parse().unwrap()
}

fn now() -> Clock {
    Clock::simulated(Timestamp::now())
}

#[tokio::test]
async fn a_saved_edit_is_in_use_by_itself_and_a_broken_one_leaves_the_last_good_version_also_across_a_restart() {
    let place = Place::new(now());
    let daemon = place.start().await;
    let first = daemon.status().await;
    assert_eq!((first.file.state, first.file.generation, first.status), (FileState::Current, 1, RunState::Active));

    place.write("acme", &place.file("30 4 * * *"));
    let edited = daemon.until("the edit is in use", |status| status.file.generation == 2).await;
    assert_eq!(edited.file.state, FileState::Current);

    place.write("acme", &place.file("30 4 * * *").replace("[portal]", "# a comment\n[portal]"));
    assert_eq!(daemon.client.reload(true).await.unwrap().files[0].verdict, Verdict::Unchanged, "a comment means nothing");

    place.write("acme", &place.file("30 5 * * *").replace("[clients]", "[cleints]"));
    let rejected = daemon.until("the edit is rejected", |status| status.file.state == FileState::Rejected).await;
    assert_eq!(rejected.file.generation, 2);
    assert!(rejected.file.problems.iter().any(|problem| problem["line"].as_u64().is_some_and(|line| line > 1)), "{rejected:?}");
    daemon.stop().await;

    let daemon = place.start().await;
    let restarted = daemon.status().await;
    assert_eq!((restarted.file.state, restarted.file.generation), (FileState::Rejected, 2));
    assert_eq!(restarted.name, "Acme Injury Law", "the last good version is in use");
    daemon.stop().await;
}

#[tokio::test]
async fn reload_answers_for_each_file_and_one_broken_file_leaves_the_others_alone() {
    let place = Place::new(now());
    let daemon = place.start().await;
    place.write("beta", "[firm]\nname = ");
    fs::write(place.root.join("firms.d/gamma.toml"), "").unwrap();
    fs::write(place.root.join("casebridge.toml"), "[daemon]\nspraed = \"1 minute\"\n").unwrap();
    let answer = daemon.client.reload(true).await.unwrap();
    let verdicts: Vec<(&str, Verdict)> = answer.files.iter().map(|file| (file.firm.as_str(), file.verdict)).collect();
    assert_eq!(verdicts, [("acme", Verdict::Unchanged), ("beta", Verdict::Rejected)]);
    assert!(!answer.is_good());
    let about: Vec<&str> = answer.problems.iter().filter_map(|problem| problem["file"].as_str()).collect();
    assert_eq!(about, ["casebridge.toml", "gamma.toml"]);
    let refused = daemon.client.ask(&"beta".parse().unwrap(), &Ask::Sync(SyncAsk::default())).await.unwrap_err();
    assert_eq!(refused.code(), "no-file");
    let unknown = daemon.client.ask(&"delta".parse().unwrap(), &Ask::Reset).await.unwrap_err();
    assert!(unknown.to_string().contains("acme, beta"), "{unknown}");
    daemon.stop().await;
}

#[tokio::test]
async fn an_edit_just_before_a_request_counts_for_it() {
    let place = Place::new(now());
    let daemon = place.start().await;
    for generation in 2..5 {
        place.write("acme", &place.file(&format!("30 {generation} * * *")));
        daemon.client.reload(false).await.unwrap();
        assert_eq!(daemon.status().await.file.generation, generation);
    }
    daemon.stop().await;
}

#[tokio::test]
async fn a_run_by_hand_writes_and_the_next_writes_nothing() {
    let place = Place::new(now());
    let daemon = place.start().await;
    let refused = daemon.sync().await;
    assert_eq!(refused.error.unwrap().code, "not-connected");
    daemon.connect(&place).await;
    assert_eq!(daemon.status().await.connection, Connection::Connected);
    let first = daemon.sync().await;
    assert!(first.error.is_none() && first.written > 0, "{first:?}");
    let second = daemon.sync().await;
    assert_eq!((second.written, second.requests.portal), (0, 0), "{second:?}");
    daemon.stop().await;
}

#[tokio::test]
async fn a_run_starts_by_itself_when_its_schedule_says_so_and_not_while_paused() {
    // Two seconds before the minute.
    let clock = Clock::simulated("2026-11-23T12:00:58Z".parse().unwrap());
    let place = Place::new(clock);
    place.write("acme", &place.file("1 12 * * *"));
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let ran = daemon.until("the run is over", |status| status.last.is_some()).await;
    assert_eq!(ran.last.unwrap().trigger, Trigger::Schedule);
    let ask = Ask::Pause { reason: "the portal is being tidied".to_owned(), until: None };
    daemon.client.ask(&acme(), &ask).await.unwrap();
    let paused = daemon.until("paused", |status| status.next.cases.is_none()).await;
    assert_eq!((paused.status, paused.pause.unwrap().reason.as_str()), (RunState::Paused, "the portal is being tidied"));
    daemon.client.ask(&acme(), &Ask::Resume).await.unwrap();
    let resumed = daemon.until("resumed", |status| status.next.cases.is_some()).await;
    assert_eq!(resumed.next.cases, Some("2026-11-24T12:01:00Z".parse().unwrap()));
    daemon.stop().await;
}

#[tokio::test]
async fn a_file_that_is_gone_stops_its_firm_and_one_that_comes_back_starts_it() {
    let place = Place::new(now());
    let daemon = place.start().await;
    assert_eq!(daemon.status().await.file.state, FileState::Current);
    fs::rename(place.path("acme"), place.root.join("aside")).unwrap();
    let gone = daemon.until("gone", |status| status.file.state == FileState::Removed).await;
    assert_eq!(gone.next.cases, None);
    assert!(daemon.client.ask(&acme(), &Ask::Sync(SyncAsk::default())).await.is_err());
    fs::rename(place.root.join("aside"), place.path("acme")).unwrap();
    let back = daemon.until("back", |status| status.file.state == FileState::Current).await;
    assert_eq!(back.file.generation, 1);
    daemon.stop().await;
}

#[tokio::test]
async fn a_firm_whose_state_another_process_holds_is_waited_for_and_a_second_daemon_is_refused() {
    let place = Place::new(now());
    let (_stop, stopped) = watch::channel(false);
    let other = place.house(stopped);
    let held = other.open_firm(&acme()).unwrap();
    let daemon = place.start().await;
    let refused = daemon.client.ask(&acme(), &Ask::Reset).await.unwrap_err();
    assert!(matches!(&refused, RemoteError::Refused(refusal) if refusal.code == "busy"), "{refused:?}");
    let waiting = daemon.status().await;
    assert!(waiting.state_error.as_ref().is_some_and(|why| why.contains("another process")), "{waiting:?}");
    assert_eq!(daemon.client.reload(true).await.unwrap().files[0].verdict, Verdict::Waiting);
    drop(held);
    let taken = daemon.until("taken", |status| status.file.state == FileState::Current).await;
    assert_eq!(taken.state_error, None);

    let (stop, stopped) = watch::channel(false);
    let second = start::run(place.house(stopped), stop, Signals::none()).await.unwrap_err();
    assert!(second.to_string().contains("another casebridge daemon"), "{second}");
    daemon.stop().await;
}

#[tokio::test]
async fn a_run_under_way_shows_how_far_it_is_and_who_asked_for_it() {
    let place = Place::new(now());
    let daemon = place.start().await;
    daemon.connect(&place).await;
    // The portal thinks about its list for as long as it takes to look.
    let slow = Fault::new(Side::CaseStatus, FaultKind::Slow { millis: 2000 }).path("/reporting");
    place.sandbox.with(|world| world.faults.add(slow));
    let client = daemon.client.clone();
    let asked = tokio::spawn(async move { client.ask(&acme(), &Ask::Sync(SyncAsk::default())).await });
    let running = daemon.until("it shows how far it is", |status| status.running.iter().any(|run| run.doing.is_some())).await.running;
    assert_eq!((running.len(), running[0].trigger), (1, Trigger::ByHand));
    assert!(running[0].by.is_some() && running[0].doing.as_ref().is_some_and(|doing| doing.text.starts_with("reading")), "{running:?}");
    asked.await.unwrap().unwrap();
    assert_eq!(daemon.status().await.running, []);
    daemon.stop().await;
}

#[tokio::test]
async fn a_stop_during_a_run_loses_nothing_and_the_next_daemon_goes_on_with_the_rest() {
    let place = Place::new(now());
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let client = daemon.client.clone();
    let asked = tokio::spawn(async move { client.ask(&acme(), &Ask::Sync(SyncAsk::default())).await });
    let reading = async {
        while place.sandbox.with(|world| world.requests().values().sum::<u64>()) < 8 {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, reading).await.unwrap();
    daemon.stop().await;
    // Whoever asked is told, one way or the other.
    match asked.await.unwrap() {
        Ok(answer) => assert!(matches!(answer, Answer::Run(_)), "{answer:?}"),
        Err(refused) => assert_eq!(refused.code(), "stopping"),
    }
    let daemon = place.start().await;
    let rest = daemon.sync().await;
    assert!(rest.error.is_none() && rest.failures.is_empty(), "{rest:?}");
    assert_eq!(daemon.sync().await.written, 0);
    daemon.stop().await;
}
