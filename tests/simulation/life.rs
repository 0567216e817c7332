//! One process's life: the house, each firm's state, and the daemon's own machine, whose actions are carried out as the event
//! loop does. Only the folder's watcher, the socket and the page are not here; what they would bring the story brings.

use crate::disk::Disk;
use crate::doom::Doom;
use crate::firm::Firm;
use crate::net::{Net, Way, router};
use axum::body::Body;
use casebridge::config;
use casebridge::daemon::machine::{Action, Event, FirmSpec, LaneName, LastRuns, Machine, News, Pause, Rules, Standing};
use casebridge::domain::FirmId;
use casebridge::http::{Clock, Limiters, Transport};
use casebridge::load::{Environment, FileText, FolderText, PathOptions};
use casebridge::operations::{self, Answer, Ask, Caller, FirmStatus, House, OperationError, Secret};
use casebridge::store::{self, Store, StoreError, Vault};
use casebridge::sync::{Engine, Hands, Progress, RunReport, Trigger};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// One firm of the story with all that outlives a process.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) firm: Arc<Mutex<Firm>>,
    pub(crate) disk: Disk,
}

impl Place {
    pub(crate) fn firm(&self) -> MutexGuard<'_, Firm> {
        self.firm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a task of a life comes to.
pub(crate) enum Ended {
    Run { place: usize, trigger: Trigger, report: Box<RunReport> },
    Asked { place: usize, lane: Option<LaneName>, answer: Box<Result<Answer, OperationError>> },
    Renewed { place: usize },
}

/// One firm, as this process has it.
struct Open {
    id: FirmId,
    hands: Option<Arc<Hands>>,
    firm: Option<Arc<config::Firm>>,
    last: LastRuns,
    later: bool,
    hash: Option<String>,
}

/// A process.
pub(crate) struct Life {
    pub(crate) doom: Doom,
    pub(crate) clock: Clock,
    pub(crate) tasks: JoinSet<Ended>,
    /// When the machine wants to be woken.
    pub(crate) wake: Option<Timestamp>,
    /// A state is open that was not: its file is to be taken into use.
    pub(crate) wants_look: bool,
    net: Arc<Net>,
    house: House,
    limiters: Arc<Limiters>,
    places: Vec<Place>,
    open: Vec<Open>,
    machine: Machine,
    _stop: watch::Sender<bool>,
}

impl Life {
    /// A process begins on what is there.
    pub(crate) fn begin(net: &Arc<Net>, places: &[Place], base: Timestamp, leap: &'static AtomicI64) -> Life {
        net.lock().next_process();
        let (stop, stopped) = watch::channel(false);
        let clock = Clock::Leaping { base, origin: tokio::time::Instant::now(), leap };
        let nowhere = std::env::temp_dir().join("casebridge-simulation-has-no-folder");
        let nowhere = camino::Utf8PathBuf::from_path_buf(nowhere).expect("UTF-8");
        let options = PathOptions { config_dir: Some(nowhere.clone()), state_dir: Some(nowhere.join("state")), socket: None };
        let mut variables = vec![("HOME".to_owned(), nowhere.to_string())];
        for place in places {
            let firm = place.firm();
            variables.push((firm.variable("MYCASE"), firm.handle("mycase", "client_secret")));
            variables.push((firm.variable("PORTAL"), firm.handle(firm.side(), "api_key")));
        }
        let unused = Transport::InProcess(axum::Router::new());
        let house = House::open(&options, Environment::of(false, variables), clock, unused, stopped).expect("a house");
        let open = places.iter().map(|place| Open {
            id: place.firm().id.clone(),
            hands: None,
            firm: None,
            last: LastRuns::default(),
            later: false,
            hash: None,
        });
        let rules = Rules { firms_at_once: 2, spread: Duration::from_secs(600), edit_settle: Duration::from_secs(300) };
        let mut life = Life {
            doom: Doom::default(),
            clock,
            tasks: JoinSet::new(),
            wake: None,
            wants_look: false,
            net: net.clone(),
            house,
            limiters: Arc::new(Limiters::new(25, Duration::from_millis(1100))),
            open: open.collect(),
            places: places.to_vec(),
            machine: Machine::new(rules),
            _stop: stop,
        };
        for place in 0..life.places.len() {
            life.open_state(place);
        }
        life.look();
        life
    }

    /// Opens a firm's state; a full disk is tried again by the machine's word.
    fn open_state(&mut self, place: usize) -> bool {
        let (way, id) = (self.places[place].disk.way(&self.doom), self.open[place].id.clone());
        let vault = Arc::new(Vault::from_key([5; 32]));
        let store = match Store::open_with_backend(move || Ok(way.clone()), &id, vault.clone()) {
            Ok(store) => store,
            Err(error) => {
                if matches!(error, StoreError::Unsound(_) | StoreError::Damaged { .. }) && !self.doom.is_dead() {
                    let text = format!("{id}: its state is damaged: {error}");
                    self.net.lock().judge.breaks(crate::judge::Promise::GoesOn, text);
                }
                self.net.lock().note(&format!("{id} cannot be opened: {error}"));
                return false;
            }
        };
        let way = Way {
            net: self.net.clone(),
            place,
            firm: self.places[place].firm.clone(),
            doom: self.doom.clone(),
            clock: self.clock,
            store: store.clone(),
        };
        let transport = Transport::InProcess(router(way));
        let scratch = self.house.paths.state.join("tmp");
        let hands = Hands::new(store, &vault, self.clock, transport, self.limiters.clone(), scratch, self.house_stop());
        let open = &mut self.open[place];
        (open.last, open.later) = remembered(&hands.store);
        open.hands = Some(hands);
        true
    }

    fn house_stop(&self) -> watch::Receiver<bool> {
        self._stop.subscribe()
    }

    /// Reads the folder and takes into use what is new.
    pub(crate) fn look(&mut self) {
        let now = self.clock.now();
        let view = self.house.check_folder(&self.folder(), now);
        let (mut changed, mut alters, mut accepted_at) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        for open in &mut self.open {
            let Some(verdict) = view.firms.get(&open.id) else { continue };
            let first = open.hash.is_none();
            if open.hash.replace(verdict.hash.clone()).is_some_and(|hash| hash != verdict.hash) {
                changed.insert(open.id.clone());
            }
            let Some(hands) = &open.hands else { continue };
            let accepted = match self.house.accept(hands, verdict, now) {
                Ok(accepted) => accepted,
                Err(error) => {
                    self.net.lock().note(&format!("{} cannot take its file into use: {error}", open.id));
                    continue;
                }
            };
            if verdict.checked.is_some() {
                accepted_at.insert(open.id.clone(), accepted.file.since);
            }
            if !first && accepted.difference.as_ref().is_some_and(|difference| difference.alters_what_clients_see()) {
                alters.insert(open.id.clone());
            }
            if open.firm.is_some() && accepted.firm.is_none() {
                let text = format!("{}: its last good version is gone", open.id);
                self.net.lock().judge.breaks(crate::judge::Promise::LastGoodStays, text);
            }
            open.firm = accepted.firm;
        }
        let news = |open: &Open| {
            let spec = open.firm.as_deref().map(FirmSpec::of);
            let (changed, alters) = (changed.contains(&open.id), alters.contains(&open.id));
            let accepted_at = accepted_at.get(&open.id).copied().flatten();
            (open.id.clone(), News { spec, changed, alters, accepted_at })
        };
        let news = self.open.iter().map(news).collect();
        self.handle(Event::Folder(news));
        for place in 0..self.open.len() {
            self.stands(place);
        }
    }

    fn folder(&self) -> FolderText {
        let file = |place: &Place| {
            let firm = place.firm();
            file(&firm.id, &firm.text)
        };
        FolderText { files: self.places.iter().map(file).collect(), ..FolderText::default() }
    }

    /// Whether this text is a good file of the firm.
    pub(crate) fn is_good(&self, id: &FirmId, text: &str) -> bool {
        let folder = FolderText { files: [file(id, text)].into(), ..FolderText::default() };
        self.house.check_folder(&folder, self.clock.now()).firms[id].checked.is_some()
    }

    /// Puts an event and what follows from it through the machine.
    pub(crate) fn handle(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.wake = None;
            for action in self.machine.handle(event, self.clock.now()) {
                self.act(action, &mut events);
            }
        }
    }

    fn act(&mut self, action: Action, events: &mut VecDeque<Event>) {
        match action {
            Action::StartRun { firm, trigger } => {
                let place = self.place(&firm);
                self.net.lock().note(&format!("{firm} run {}", trigger.word()));
                let Some(engine) = self.engine(place) else {
                    events.push_back(Event::RunEnded { firm, trigger, later: None });
                    return;
                };
                self.tasks.spawn(async move {
                    let report = operations::scheduled(&engine, trigger, &Progress::silent()).await;
                    Ended::Run { place, trigger, report: Box::new(report) }
                });
            }
            Action::Renew(firm) => {
                let place = self.place(&firm);
                let Some(engine) = self.engine(place) else {
                    events.push_back(Event::RenewEnded { firm, tried: false });
                    return;
                };
                self.tasks.spawn(async move {
                    drop(operations::keep_alive(&engine).await);
                    Ended::Renewed { place }
                });
            }
            Action::RetryStore(firm) => {
                let place = self.place(&firm);
                if self.open[place].hands.is_none() && !self.open_state(place) {
                    events.push_back(Event::StoreBusy(firm));
                } else {
                    self.open[place].hash = None;
                    self.wants_look = true;
                    events.extend(self.standing(place));
                }
            }
            Action::Wake(at) => self.wake = Some(at),
            Action::Remind { .. }
            | Action::Gone(_)
            | Action::EndPause(_)
            | Action::Skipped { .. }
            | Action::ReadFolder(_)
            | Action::Finish => {}
        }
    }

    /// Asks a firm something, as a person would.
    pub(crate) fn ask(&mut self, place: usize, ask: Ask) {
        let Some(engine) = self.engine(place) else { return };
        let lane = matches!(ask, Ask::Sync(_) | Ask::Approve(_)).then_some(LaneName::Cases);
        self.tasks.spawn(async move {
            let by = Caller { who: "somebody".to_owned() };
            let answer = operations::answer(&engine, ask, &by, &Progress::silent()).await;
            Ended::Asked { place, lane, answer: Box::new(answer) }
        });
        if let Some(lane) = lane {
            self.handle(Event::AskBegan { firm: self.open[place].id.clone(), lane });
        }
    }

    /// Allows access in a browser: three requests, which the network may lose.
    pub(crate) fn connect(&mut self, place: usize) {
        let Some(engine) = self.engine(place) else { return };
        let sandbox = self.places[place].firm().sandbox.clone();
        self.tasks.spawn(async move {
            let by = Caller { who: "somebody".to_owned() };
            let begun = operations::answer(&engine, Ask::ConnectBegin, &by, &Progress::silent()).await;
            let Ok(Answer::Authorize { url, .. }) = begun else {
                return Ended::Asked { place, lane: None, answer: Box::new(begun) };
            };
            // The browser's way to MyCase is its own.
            let request = axum::http::Request::get(url).body(Body::empty()).expect("a request");
            let reply = sandbox.router().oneshot(request).await.expect("an answer");
            let redirected = reply.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
            let answer = operations::answer(&engine, Ask::ConnectEnd { redirected: Secret(redirected) }, &by, &Progress::silent()).await;
            Ended::Asked { place, lane: None, answer: Box::new(answer) }
        });
    }

    /// How a firm stands; `None` when that cannot be read now.
    pub(crate) fn status(&self, place: usize) -> Option<FirmStatus> {
        let open = &self.open[place];
        operations::status(open.firm.as_deref()?, &open.hands.as_ref()?.store, self.clock.now()).ok()
    }

    /// The firm's state, where it is open.
    pub(crate) fn hands(&self, place: usize) -> Option<&Arc<Hands>> {
        self.open[place].hands.as_ref()
    }

    pub(crate) fn engine(&self, place: usize) -> Option<Engine> {
        let open = &self.open[place];
        self.house.engine(open.hands.as_ref()?, open.firm.clone()?).ok()
    }

    /// A task has ended: the machine is told.
    pub(crate) fn ended(&mut self, ended: &Ended) {
        let (place, event) = match ended {
            Ended::Run { place, trigger, report } => {
                let (open, later) = (&mut self.open[*place], report.error.is_none().then_some(report.later > 0));
                open.last.ended(*trigger, report.ended_at());
                (*place, Some(Event::RunEnded { firm: open.id.clone(), trigger: *trigger, later }))
            }
            Ended::Asked { place, lane, answer } => {
                let later = match answer.as_ref() {
                    Ok(Answer::Run(report)) if report.error.is_none() => Some(report.later > 0).filter(|later| *later),
                    _ => None,
                };
                (*place, lane.map(|lane| Event::AskEnded { firm: self.open[*place].id.clone(), lane, later }))
            }
            Ended::Renewed { place } => (*place, Some(Event::RenewEnded { firm: self.open[*place].id.clone(), tried: true })),
        };
        event.into_iter().for_each(|event| self.handle(event));
        self.stands(place);
    }

    fn stands(&mut self, place: usize) {
        let event = match self.open[place].hands {
            Some(_) => self.standing(place),
            None => Some(Event::StoreBusy(self.open[place].id.clone())),
        };
        event.into_iter().for_each(|event| self.handle(event));
    }

    fn standing(&self, place: usize) -> Option<Event> {
        let (open, now) = (&self.open[place], self.clock.now());
        let hands = open.hands.as_ref().filter(|_| open.firm.is_some())?;
        let connection = operations::connection_view(&hands.store, now).ok()?;
        let pause = hands.store.meta::<store::Pause>().ok()?.filter(|pause| pause.until.is_none_or(|until| until > now));
        let standing = Standing {
            connection: connection.connection,
            pause: pause.map(|pause| Pause { until: pause.until }),
            last: open.last,
            later: open.later,
            renew_at: connection.renew_at,
            remind_at: None,
            remind_plan_at: None,
        };
        Some(Event::Standing(open.id.clone(), Box::new(standing)))
    }

    fn place(&self, firm: &FirmId) -> usize {
        self.open.iter().position(|open| open.id == *firm).expect("a firm of the story")
    }
}

/// When runs last ended, and whether the last left cases for contact hours, as the state says.
fn remembered(store: &Store) -> (LastRuns, bool) {
    let (mut last, mut later, mut first) = (LastRuns::default(), false, true);
    let walked = store.walk_runs(|value| {
        let Ok(report) = serde_json::from_value::<RunReport>(value) else { return true };
        last.ended(report.trigger, report.ended_at());
        if LaneName::of(report.trigger) == LaneName::Cases && std::mem::take(&mut first) {
            later = report.later > 0;
        }
        true
    });
    if walked.is_err() { (LastRuns::default(), false) } else { (last, later) }
}

fn file(id: &FirmId, text: &str) -> (String, FileText) {
    let name = format!("{id}.firm.toml");
    let hash = Sha256::digest(text.as_bytes()).into();
    (name.clone(), FileText { name, text: Ok(text.into()), modified: None, hash })
}
