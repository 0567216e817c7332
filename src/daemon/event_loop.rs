//! The daemon's loop: waits for what happens, asks the machine, does what it says. It decides nothing itself.
//!
//! Races and decisions:
//! - An edit just before a request: while the folder is known to have moved, requests for a firm wait for the look.
//! - A question in the daemon's first moments: how the firms stand is said once the folder was read.
//! - A reload asked for while a look is under way waits for the next look: the one under way may have missed the edit.
//! - A look is made off the loop, so that a mount that hangs hangs nothing else.
//! - A run or request that panics is that one's failure: its task ends, the loop and the other firms go on.
//! - Whoever asked goes away: the run goes on, its report is in the state.

mod openings;
mod tasks;
mod tell;
#[cfg(test)]
mod tests;
mod wait;

use super::alerts::Alerts;
use super::doors::Doors;
use super::firms::{Firms, Look, Opened, Seen, Sheet};
use super::machine::{Action, Event, Machine};
use super::message::{Alive, DaemonStatus, Message, Refusal, ReloadAnswer, STATUS_PAGE, StatusAnswer};
use super::metrics::{self, DaemonValues};
use super::signals::{Signal, Signals};
use super::watch::FolderWatch;
use super::{handle, report, systemd};
use crate::domain::FirmId;
use crate::http::Clock;
use crate::operations::{Answer, Ask, Caller, FirmStatus, House};
use crate::store::room_left;
use crate::sync::Progress;
use jiff::Timestamp;
use openings::Openings;
use std::collections::HashMap;
use std::time::Duration;
use tasks::{Outcome, UnderWay};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;
use wait::Happening;

/// A file caught while it was written is looked at again after this.
const AGAIN: Duration = Duration::from_millis(300);
/// Requests waiting for the loop; more wait at the socket.
const MESSAGES: usize = 64;

/// Everything the daemon knows while it runs.
pub(super) struct EventLoop {
    machine: Machine,
    firms: Firms,
    clock: Clock,
    watch: FolderWatch,
    signals: Signals,
    inbox: mpsc::Receiver<Message>,
    /// Kept so that the inbox is never closed.
    _outbox: mpsc::Sender<Message>,
    tasks: JoinSet<Outcome>,
    /// What each task is for; where it is walked, what comes of it is put in order.
    under_way: HashMap<Id, UnderWay>,
    look: Option<JoinHandle<Seen>>,
    openings: Openings,
    /// A look is wanted as soon as the one under way is over.
    look_next: bool,
    /// systemd knows that the daemon is there.
    is_ready: bool,
    look_at: Option<Timestamp>,
    /// When the machine wants to be told the time next, and when it was last told.
    wake: Option<Timestamp>,
    told_at: Option<Timestamp>,
    /// Who waits for the look under way, and for the next.
    reloads: [Vec<oneshot::Sender<ReloadAnswer>>; 2],
    /// Who waits for the states that a look found to be opened.
    judged: Vec<oneshot::Sender<ReloadAnswer>>,
    /// Requests that came while the folder was known to have moved.
    held: Vec<Message>,
    held_since: Option<Instant>,
    watchdog: Option<Duration>,
    stop: watch::Sender<bool>,
    alerts: Alerts,
    since: Timestamp,
    doors: Doors,
    /// When the folder was last read.
    read_at: Option<Timestamp>,
    finished: bool,
}

impl EventLoop {
    /// A loop over a house, and where to send requests; `stop` is what runs watch to end early.
    pub(super) fn new(house: House, signals: Signals, stop: watch::Sender<bool>) -> (EventLoop, mpsc::Sender<Message>) {
        let (outbox, inbox) = mpsc::channel(MESSAGES);
        let clock = house.clock;
        let watch = FolderWatch::start(&house.paths);
        let firms = Firms::new(house);
        let outside = outbox.clone();
        let event_loop = EventLoop {
            machine: Machine::new(firms.rules()),
            firms,
            clock,
            watch,
            signals,
            inbox,
            _outbox: outbox,
            tasks: JoinSet::new(),
            under_way: HashMap::new(),
            look: None,
            openings: Openings::default(),
            look_next: false,
            is_ready: false,
            look_at: None,
            wake: None,
            told_at: None,
            reloads: [Vec::new(), Vec::new()],
            judged: Vec::new(),
            held: Vec::new(),
            held_since: None,
            watchdog: systemd::watchdog(),
            stop,
            alerts: Alerts::new(),
            since: clock.now(),
            doors: Doors::default(),
            read_at: None,
            finished: false,
        };
        (event_loop, outside)
    }

    /// Where a page of this process catches redirects from MyCase.
    pub(super) fn catches_at(&mut self, doors: Doors) {
        self.doors = doors;
    }

    /// Runs until it is told to stop and nothing is under way any more.
    pub(super) async fn run(mut self) {
        self.begin_look();
        while !self.finished {
            match self.wait().await {
                Happening::Message(message) => self.message(message),
                Happening::Looked(seen) => self.looked(*seen),
                Happening::Opened(opened) => self.opened(opened),
                Happening::Moved => self.begin_look(),
                Happening::TaskEnded(ended) => self.task_ended(ended),
                Happening::Signal(Signal::Reload) => {
                    tracing::info!("SIGHUP: the folder is read now");
                    systemd::reloading();
                    self.begin_look();
                }
                Happening::Signal(Signal::Stop) if *self.stop.borrow() => {
                    tracing::warn!("told to stop twice: what is under way is left to the journal");
                    self.finished = true;
                }
                Happening::Signal(Signal::Stop) => self.begin_stop(),
                Happening::HeldLongEnough => self.release(true),
                Happening::Time if wait::is_early(self.told_at, self.wake, self.clock.now()) => {}
                Happening::Time => self.handle(Event::Tick),
            }
        }
        self.firms.settled().await;
        self.alerts.finish().await;
        tracing::info!("the daemon ends");
    }

    fn begin_stop(&mut self) {
        tracing::info!("stopping: no new runs; the change in flight is finished, the rest waits in the journal");
        systemd::stopping();
        self.stop.send_replace(true);
        self.handle(Event::Stop);
    }

    /// Puts an event and what follows from it through the machine.
    fn handle(&mut self, event: Event) {
        self.handle_all(vec![event]);
    }

    /// The same for what happened together.
    fn handle_all(&mut self, mut events: Vec<Event>) {
        while !events.is_empty() {
            let now = self.clock.now();
            let actions = self.machine.handle_all(events.drain(..), now);
            (self.wake, self.told_at) = (None, Some(now));
            for action in actions {
                self.act(action, now, &mut events);
            }
        }
    }

    fn act(&mut self, action: Action, now: Timestamp, events: &mut Vec<Event>) {
        match action {
            Action::StartRun { firm, trigger } => self.start_run(firm, trigger, events),
            Action::Renew(firm) => self.renew(firm, events),
            Action::Remind { firm, of } => {
                self.remind(&firm, of, now);
                events.extend(self.firms.standing(&firm, now));
            }
            Action::RetryStore(firm) => {
                let opening = self.firms.retry(&firm, now);
                opening.into_iter().for_each(|opening| self.openings.begin(opening));
            }
            Action::Gone(firm) => self.firms.gone(&firm, now),
            Action::EndPause(firm) => {
                tracing::info!(%firm, "{firm}: its pause has ended");
                self.ask(firm, Ask::Resume, Caller { who: "the pause's end".to_owned() }, Progress::silent(), None);
            }
            Action::Skipped { firm, trigger } => {
                let word = trigger.word();
                tracing::warn!(%firm, trigger = word, "{firm}: a run ({word}) was skipped because the last one still runs");
            }
            Action::ReadFolder(at) => self.look_at = Some(self.look_at.map_or(at, |known| known.min(at))),
            Action::Wake(at) => self.wake = Some(at),
            Action::Finish => self.finished = true,
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Ask { ref firm, .. } if self.firms.is_opening(firm) => self.hold(message),
            // Before the first look there seem to be no firms at all.
            Message::Status { .. } if self.read_at.is_none() => self.hold(message),
            Message::Ask { .. } if self.look.is_some() || self.watch.stirs() => {
                self.hold(message);
                self.begin_look();
            }
            message => self.serve(message),
        }
    }

    fn hold(&mut self, message: Message) {
        self.held_since = self.held_since.or(Some(Instant::now()));
        self.held.push(message);
    }

    /// What was held is answered, whatever has moved since; what is for a state that is being opened only when it waited
    /// `long` enough.
    fn release(&mut self, long: bool) {
        let opening = |message: &Message| matches!(message, Message::Ask { firm, .. } if self.firms.is_opening(firm));
        let (still, free) = std::mem::take(&mut self.held).into_iter().partition(|message| !long && opening(message));
        self.held = still;
        if self.held.is_empty() {
            self.held_since = None;
        }
        Vec::into_iter(free).for_each(|message| self.serve(message));
    }

    fn serve(&mut self, message: Message) {
        match message {
            Message::Status { after, reply } => drop(reply.send(self.status(after.as_ref()))),
            Message::Metrics { reply } => self.metrics(reply),
            Message::Alive { reply } => drop(reply.send(Alive { ready: self.read_at.is_some() && !*self.stop.borrow() })),
            Message::Connecting { state, reply } => drop(reply.send(self.firms.connecting(&state))),
            Message::Reload { reply } => {
                let after = usize::from(self.look.is_some());
                self.reloads[after].push(reply);
                systemd::reloading();
                self.begin_look();
            }
            Message::Ask { reply, .. } if *self.stop.borrow() => drop(reply.send(Err(handle::stopping()))),
            Message::Ask { firm, ask: Ask::Status, reply, .. } => {
                let status = self.firm_status(&firm, self.clock.now());
                drop(reply.send(status.map(|status| Answer::Status(Box::new(status)))));
            }
            Message::Ask { firm, ask: Ask::Release, reply, .. } => {
                let busy = self.is_busy(&firm);
                drop(reply.send(self.firms.release(&firm, busy).map(|text| Answer::Done { text })));
            }
            Message::Ask { firm, ask, by, progress, reply } => self.ask(firm, ask, by, progress, Some(reply)),
        }
    }

    /// Looks at the folder, now or after the look under way.
    fn begin_look(&mut self) {
        if self.look.is_some() {
            self.look_next = true;
            return;
        }
        // Watch first, then read: a change in between makes a new hint.
        self.watch.arm();
        self.look_at = None;
        let paths = self.firms.house().paths.clone();
        self.look = Some(tokio::task::spawn_blocking(move || Seen::read(&paths)));
    }

    fn looked(&mut self, seen: Result<Seen, JoinError>) {
        let now = self.clock.now();
        (self.look, self.read_at) = (None, Some(now));
        match seen {
            Ok(seen) => {
                let mut look = self.firms.take(seen, now);
                if look.again {
                    self.look_at = now.checked_add(AGAIN).ok();
                }
                std::mem::take(&mut look.openings).into_iter().for_each(|opening| self.openings.begin(opening));
                self.took(look, now);
            }
            Err(error) => tracing::error!(%error, "reading the folder failed; what was read last stays in use"),
        }
        let [now_served, next] = std::mem::take(&mut self.reloads);
        self.judged.extend(now_served);
        self.reloads = [next, Vec::new()];
        self.told(now);
        if std::mem::take(&mut self.look_next) {
            self.begin_look();
        }
    }

    /// States were opened, or cannot be.
    fn opened(&mut self, opened: Vec<Opened>) {
        let now = self.clock.now();
        let look = self.firms.opened(opened, now);
        self.took(look, now);
        self.told(now);
    }

    /// What a look, or an opened state, comes to.
    fn took(&mut self, mut look: Look, now: Timestamp) {
        self.handle_all(std::mem::take(&mut look.events));
        self.firms.say(&look, &self.machine, now);
        self.tell_rejected(&look, now);
    }

    /// Tells who waits. That the daemon is there, and how far it is, is said at once; what came of each file, and with it that a
    /// reload is over, when no state is being opened any more and nothing is left to read.
    fn told(&mut self, now: Timestamp) {
        let judged = self.openings.is_empty() && !self.look_next;
        let first = !std::mem::replace(&mut self.is_ready, true);
        if judged || first {
            systemd::ready(&self.summary())
        } else {
            systemd::status(&self.summary())
        }
        if self.openings.is_empty() {
            self.firms.write_status_texts(&self.machine, None, now);
            for reply in std::mem::take(&mut self.judged) {
                drop(reply.send(ReloadAnswer { files: self.firms.reports(), problems: self.firms.problems() }));
            }
        }
        self.release(false);
    }

    /// How a firm stands, and what runs for it.
    fn firm_status(&self, id: &FirmId, now: Timestamp) -> Result<FirmStatus, Refusal> {
        let status = self.firms.status(&self.machine, id, now)?;
        Ok(FirmStatus { running: self.running(id, now), ..status })
    }

    /// How everything stands, with the firms that come next `after` one.
    fn status(&self, after: Option<&FirmId>) -> StatusAnswer {
        let now = self.clock.now();
        let daemon = DaemonStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process: std::process::id(),
            since: self.since,
            watching: self.watch.hears(),
        };
        let page = self.firms.ids(after).take(STATUS_PAGE);
        let firms = page.filter_map(|id| self.firm_status(id, now).ok()).collect();
        StatusAnswer { firms, daemon: Some(daemon), problems: self.firms.problems() }
    }

    /// Prometheus text; the states are read off the loop.
    fn metrics(&self, reply: oneshot::Sender<Result<String, Refusal>>) {
        let now = self.clock.now();
        let files_good = self.firms.errors_of_all().is_empty();
        let (since, read_at, state) = (self.since, self.read_at, self.firms.house().paths.state.clone());
        let sheets = self.firms.sheets(&self.machine, now);
        // Nobody waits for it but who asked; when that one is gone, so is the answer.
        drop(tokio::task::spawn_blocking(move || {
            let state_room = room_left(&state);
            let daemon = DaemonValues { version: env!("CARGO_PKG_VERSION"), since, read_at, files_good, state_room };
            let firms = sheets.into_iter().map(|sheet: Sheet| sheet.read(now)).collect();
            drop(reply.send(metrics::text(daemon, firms).map_err(|error| Refusal::new("metrics", error.to_string()))));
        }));
    }

    /// One line for systemd.
    fn summary(&self) -> String {
        match self.openings.len() {
            0 => report::summary(&self.firms.verdicts()),
            states => format!("{} firms; states that are being opened: {states}", self.firms.verdicts().len()),
        }
    }
}
