//! A firm on a stage: a sandbox in this process, a folder with one firm file, a simulated clock. Tests perturb one thing
//! and look at what reached the portal.

use axum::body::Body;
use camino::Utf8Path;
use casebridge::domain::{FirmId, Kind};
use casebridge::http::{Clock, Limiters, Transport};
use casebridge::load::{Environment, PathOptions, read_folder};
use casebridge::operations::{
    self, Answer, ApproveAsk, Ask, Caller, Engine, FirmStatus, Hands, House, PlanAnswer, PlanAsk, Secret, SyncAsk,
};
use casebridge::sandbox::{Options, Sandbox, World};
use casebridge::store::{Store, Vault};
use casebridge::sync::{Outcome, Progress, RunReport, Trigger};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower::ServiceExt;

/// When every stage's story begins: a Monday morning in New York.
pub(super) const START: &str = "2026-03-02T15:00:00Z";

/// A firm on a stage.
pub(super) struct Stage {
    pub(super) sandbox: Sandbox,
    pub(super) house: House,
    pub(super) firm: FirmId,
    hands: Arc<Hands>,
    dir: tempfile::TempDir,
    stop: watch::Sender<bool>,
}

/// Which portal the firm is on.
#[derive(Clone, Copy)]
pub(super) enum Portal {
    CaseStatus,
    Hona,
}

impl Stage {
    /// A connected firm of so many cases whose file is the example of its portal.
    pub(super) async fn new(portal: Portal, cases: usize) -> Stage {
        let stage = Stage::unconnected(portal, cases);
        stage.connect().await;
        stage
    }

    /// A connected firm whose cases are all imported that can be.
    pub(super) async fn imported(portal: Portal, cases: usize) -> Stage {
        let stage = Stage::new(portal, cases).await;
        // The portal knows everybody who leads a case: nothing is refused.
        stage.with(|world| {
            let everybody: Vec<String> = world.mycase.staff.values().map(|person| person.email.to_lowercase()).collect();
            world.hona.staff.extend(everybody.iter().cloned());
            world.case_status.staff.extend(everybody);
        });
        stage.import().await;
        stage
    }

    /// The same before anybody allowed access.
    pub(super) fn unconnected(portal: Portal, cases: usize) -> Stage {
        let start: Timestamp = START.parse().expect("a time");
        let (seed, id) = match portal {
            Portal::CaseStatus => (8, "harlow-pike"),
            Portal::Hona => (7, "whitcomb"),
        };
        let sandbox = Sandbox::new(Options { cases, seed, rate_limits: true, start });
        let dir = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(dir.path()).expect("UTF-8").to_owned();
        std::fs::create_dir(root.join("firms.d")).expect("a folder");
        let text = on_the_sandbox(example(portal), &sandbox);
        std::fs::write(root.join(format!("firms.d/{id}.firm.toml")), text).expect("written");
        Stage::open(sandbox, dir, id.parse().expect("an id"), start)
    }

    fn open(sandbox: Sandbox, dir: tempfile::TempDir, firm: FirmId, now: Timestamp) -> Stage {
        let root = Utf8Path::from_path(dir.path()).expect("UTF-8").to_owned();
        let (stop, stopped) = watch::channel(false);
        let options = PathOptions { config_dir: Some(root.clone()), state_dir: Some(root.join("state")), socket: None };
        let environment = Environment::of(false, [("HOME", root.as_str())]);
        let transport = Transport::InProcess(sandbox.router());
        let house = House::open(&options, environment, Clock::simulated(now), transport, stopped).expect("a house");
        let hands = house.open_firm(&firm).expect("a state");
        let stage = Stage { sandbox, house, firm, hands, dir, stop };
        stage.keep_secrets();
        stage
    }

    /// The process ends and another one begins on the same folder.
    pub(super) fn restarted(self) -> Stage {
        self.restarted_after(|_| {})
    }

    /// The same, and something is done in between in the house that nobody works in.
    pub(super) fn restarted_after(self, between: impl FnOnce(&House)) -> Stage {
        let now = self.now();
        let Stage { sandbox, house, firm, hands, dir, stop } = self;
        drop(hands);
        between(&house);
        drop((house, stop));
        Stage::open(sandbox, dir, firm, now)
    }

    /// The same under another name of the firm: its file is renamed first.
    pub(super) fn renamed_after(self, to: &str, between: impl FnOnce(&House)) -> Stage {
        let (file, text) = (self.file(), self.text());
        std::fs::remove_file(file).expect("the old file");
        let mut stage = self;
        stage.firm = to.parse().expect("an id");
        std::fs::write(stage.file(), text).expect("written");
        stage.restarted_after(between)
    }

    /// The state is gone, with its key; somebody begins anew with the same file and connects.
    pub(super) async fn bereft(self) -> Stage {
        let now = self.now();
        let Stage { sandbox, house, firm, hands, dir, stop } = self;
        drop((house, hands, stop));
        std::fs::remove_dir_all(dir.path().join("state")).expect("removed");
        let stage = Stage::open(sandbox, dir, firm, now);
        stage.connect().await;
        stage
    }

    /// The same firm with an empty state on other storage.
    pub(super) fn on_storage<B: redb::StorageBackend>(mut self, make: impl Fn() -> std::io::Result<B> + Send + Sync + 'static) -> Stage {
        let vault = Arc::new(Vault::from_key([5; 32]));
        let store = Store::open_with_backend(make, &self.firm, vault.clone()).expect("a state");
        let (transport, limiters) = (Transport::InProcess(self.sandbox.router()), Limiters::new(25, Duration::from_millis(1100)));
        let scratch = self.house.paths.state.join("tmp");
        self.hands = Hands::new(store, &vault, self.house.clock, transport, Arc::new(limiters), scratch, self.stop.subscribe());
        self.keep_secrets();
        self
    }

    fn keep_secrets(&self) {
        let handle = self.sandbox.handle("http://127.0.0.1:9");
        let side = if self.text().contains("\"hona\"") { "hona" } else { "case_status" };
        let key = |value: &serde_json::Value| secrecy::SecretString::from(value.as_str().expect("a text").to_owned());
        let (mycase, portal) = (key(&handle["mycase"]["client_secret"]), key(&handle[side]["api_key"]));
        let kept = self.hands.store.write(|w| {
            w.put_secret("mycase", &mycase)?;
            w.put_secret("portal", &portal)
        });
        kept.expect("secrets are kept");
    }

    /// Allows access, as a person in a browser would.
    pub(super) async fn connect(&self) {
        let Ok(Answer::Authorize { url, .. }) = self.ask(Ask::ConnectBegin).await else { panic!("no address to open") };
        let request = axum::http::Request::get(url).body(Body::empty()).expect("a request");
        let reply = self.sandbox.router().oneshot(request).await.expect("an answer");
        let redirected = reply.headers()["location"].to_str().expect("a text").to_owned();
        let connected = self.ask(Ask::ConnectEnd { redirected: Secret(redirected) }).await;
        assert!(matches!(connected, Ok(Answer::Connected(_))), "{connected:?}");
    }

    /// The firm file's text.
    pub(super) fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("the firm file")
    }

    fn file(&self) -> std::path::PathBuf {
        self.dir.path().join(format!("firms.d/{}.firm.toml", self.firm))
    }

    /// Lays a file beside the firm's.
    pub(super) fn put_beside(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join("firms.d").join(name), text).expect("written");
    }

    /// Edits the firm file; the text must be there.
    pub(super) fn edit(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "the file has no {from:?}");
        std::fs::write(self.file(), text.replacen(from, to, 1)).expect("written");
    }

    /// An engine on the file as it stands; panics with the problems when it has any.
    pub(super) fn engine(&self) -> Engine {
        let view = self.house.check_folder(&read_folder(&self.house.paths), self.now());
        let verdict = &view.firms[&self.firm];
        let accepted = self.house.accept(&self.hands, verdict, self.now()).expect("accepted");
        assert!(verdict.checked.is_some(), "{:#?}", verdict.problems);
        self.house.engine(&self.hands, accepted.firm.expect("a firm")).expect("an engine")
    }

    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, operations::OperationError> {
        let by = Caller { who: "tester".to_owned() };
        operations::answer(&self.engine(), ask, &by, &Progress::silent()).await
    }

    pub(super) async fn plan(&self) -> PlanAnswer {
        match self.ask(Ask::Plan(PlanAsk::default())).await {
            Ok(Answer::Plan(plan)) => *plan,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn sync(&self) -> RunReport {
        self.sync_with(SyncAsk::default()).await
    }

    /// Compares everything, as `sync --verify` does.
    pub(super) async fn verify(&self) -> RunReport {
        self.sync_with(SyncAsk { verify: true, ..SyncAsk::default() }).await
    }

    /// A tick of `schedule.changes` so long after the last edit that the next one need not read it again.
    pub(super) async fn changes_later(&self) -> RunReport {
        self.pass(Duration::from_secs(180)).await;
        self.changes().await
    }

    /// A tick of `schedule.changes`, as the daemon starts it.
    pub(super) async fn changes(&self) -> RunReport {
        self.tick(Trigger::Changes).await
    }

    /// What the daemon starts by itself.
    pub(super) async fn tick(&self, trigger: Trigger) -> RunReport {
        operations::scheduled(&self.engine(), trigger, &Progress::silent()).await
    }

    pub(super) async fn sync_cases(&self, cases: &[u64]) -> RunReport {
        self.sync_with(SyncAsk { cases: cases.iter().map(u64::to_string).collect(), ..SyncAsk::default() }).await
    }

    pub(super) async fn sync_with(&self, ask: SyncAsk) -> RunReport {
        run(self.ask(Ask::Sync(ask)).await)
    }

    /// Approves the plan that waits.
    pub(super) async fn approve(&self) -> RunReport {
        let plan = self.status().await.waiting_plan.expect("a plan waits").to_string();
        self.approve_with(ApproveAsk { plan, only: Vec::new(), practice_area: None, except: Vec::new(), now: false }).await
    }

    /// Approves only one kind of the plan that waits.
    pub(super) async fn approve_only(&self, kind: Kind) -> RunReport {
        let plan = self.status().await.waiting_plan.expect("a plan waits").to_string();
        self.approve_with(ApproveAsk { plan, only: vec![kind], practice_area: None, except: Vec::new(), now: false }).await
    }

    pub(super) async fn approve_with(&self, ask: ApproveAsk) -> RunReport {
        run(self.ask(Ask::Approve(ask)).await)
    }

    pub(super) async fn status(&self) -> FirmStatus {
        match self.ask(Ask::Status).await {
            Ok(Answer::Status(status)) => *status,
            other => panic!("{other:?}"),
        }
    }

    /// Imports everything: the first run, held, and one yes.
    pub(super) async fn import(&self) -> RunReport {
        let held = self.sync().await;
        assert_eq!(held.outcome, Outcome::Waiting, "{held:#?}");
        let report = self.approve().await;
        assert!(report.error.is_none(), "{report:#?}");
        self.with(World::reset_requests);
        report
    }

    /// Looks at, or changes, the world.
    pub(super) fn with<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        self.sandbox.with(look)
    }

    /// How many requests that write reached the portal since they were last reset.
    pub(super) fn writes(&self) -> usize {
        self.with(|world| world.writes().len())
    }

    /// Lets time pass.
    pub(super) async fn pass(&self, time: Duration) {
        tokio::time::advance(time).await;
    }

    pub(super) fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    /// A stop of the process is on its way.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// What the state keeps.
    pub(super) fn hands(&self) -> &Hands {
        &self.hands
    }
}

fn run(answer: Result<Answer, operations::OperationError>) -> RunReport {
    match answer {
        Ok(Answer::Run(report)) => *report,
        other => panic!("{other:?}"),
    }
}

fn example(portal: Portal) -> &'static str {
    match portal {
        Portal::CaseStatus => include_str!("../../../examples/case-status/harlow-pike.firm.toml"),
        Portal::Hona => include_str!("../../../examples/hona/whitcomb.firm.toml"),
    }
}

/// The example with the sandbox's addresses and client id.
fn on_the_sandbox(example: &str, sandbox: &Sandbox) -> String {
    let handle = sandbox.handle("http://127.0.0.1:9");
    let text = |side: &str, key: &str| handle[side][key].as_str().expect("a text").to_owned();
    let portal = if example.contains("\"hona\"") { "hona" } else { "case_status" };
    let mycase = ["api_url", "authorize_url", "token_url"].map(|key| format!("{key} = {:?}\n", text("mycase", key))).concat();
    let lines = example.lines().map(|line| match line {
        "[mycase]" => format!("[mycase]\n{mycase}client_id = {:?}\n", text("mycase", "client_id")),
        "[portal]" => format!("[portal]\nbase_url = {:?}\n", text(portal, "base_url")),
        line if line.starts_with("client_id") || line.starts_with("#:schema") => String::new(),
        line => format!("{line}\n"),
    });
    lines.collect()
}
