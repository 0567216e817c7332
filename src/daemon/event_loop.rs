//! The daemon's loop: waits for what happens, asks the machine, does what it says. It decides nothing itself.
//!
//! Races and decisions:
//! - An edit just before a request: while the folder is known to have moved, requests for a firm wait for the look.
//! - A reload asked for while a look is under way waits for the next look: the one under way may have missed the edit.
//! - A look is made off the loop, so that a mount that hangs hangs nothing else.
//! - A run or request that panics is that one's failure: its task ends, the loop and the other firms go on.
//! - Whoever asked goes away: the run goes on, its report is in the state.

#[cfg(test)]
mod tests;
mod wait;

use super::firms::{Firms, Seen};
use super::machine::{Action, Event, Machine};
use super::message::{DaemonStatus, Message, Refusal, ReloadAnswer, StatusAnswer};
use super::signals::{Signal, Signals};
use super::watch::FolderWatch;
use super::{control, report, systemd};
use crate::domain::FirmId;
use crate::http::Clock;
use crate::operations::{self, Answer, Ask, Caller, House};
use crate::sync::{Progress, RunReport, Trigger};
use jiff::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;
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
    /// What each task is for; looked up, never walked.
    under_way: HashMap<Id, UnderWay>,
    look: Option<JoinHandle<Seen>>,
    /// A look is wanted as soon as the one under way is over.
    look_next: bool,
    look_at: Option<Timestamp>,
    wake: Option<Timestamp>,
    /// Who waits for the look under way, and for the next.
    reloads: [Vec<oneshot::Sender<ReloadAnswer>>; 2],
    /// Requests that came while the folder was known to have moved.
    held: Vec<Message>,
    held_since: Option<Instant>,
    watchdog: Option<Duration>,
    stop: watch::Sender<bool>,
    since: Timestamp,
    finished: bool,
}

/// What a task is for.
enum UnderWay {
    Scheduled(FirmId),
    Asked { firm: FirmId, is_run: bool, reply: Option<oneshot::Sender<Result<Answer, Refusal>>> },
}

/// What a task came to.
enum Outcome {
    Run(Box<RunReport>),
    Answer(Result<Answer, Refusal>),
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
            look_next: false,
            look_at: None,
            wake: None,
            reloads: [Vec::new(), Vec::new()],
            held: Vec::new(),
            held_since: None,
            watchdog: systemd::watchdog(),
            stop,
            since: clock.now(),
            finished: false,
        };
        (event_loop, outside)
    }

    /// Runs until it is told to stop and nothing is under way any more.
    pub(super) async fn run(mut self) {
        self.begin_look();
        while !self.finished {
            match self.wait().await {
                Happening::Message(message) => self.message(message),
                Happening::Looked(seen) => self.looked(*seen),
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
                Happening::HeldLongEnough => self.release(),
                Happening::Time => self.handle(Event::Tick),
            }
        }
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
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let now = self.clock.now();
            let actions = self.machine.handle(event, now);
            self.wake = None;
            for action in actions {
                self.act(action, now, &mut events);
            }
        }
    }

    fn act(&mut self, action: Action, now: Timestamp, events: &mut VecDeque<Event>) {
        match action {
            Action::StartRun { firm, trigger } => self.start_run(firm, trigger, events),
            Action::RetryStore(firm) => {
                let mut look = self.firms.retry(&firm, now);
                events.extend(std::mem::take(&mut look.events));
                self.firms.say(&look, &self.machine, now);
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

    fn start_run(&mut self, firm: FirmId, trigger: Trigger, events: &mut VecDeque<Event>) {
        let engine = match self.firms.engine(&firm) {
            Ok(engine) => engine,
            Err(refusal) => {
                tracing::error!(%firm, code = refusal.code, "{firm}: a run could not begin: {refusal}");
                events.push_back(Event::RunEnded { firm, later: None });
                return;
            }
        };
        report::started(&firm, trigger);
        let span = tracing::info_span!("run", %firm);
        let run = async move { Outcome::Run(Box::new(operations::scheduled(&engine, trigger, &Progress::silent()).await)) };
        let task = self.tasks.spawn(run.instrument(span));
        self.under_way.insert(task.id(), UnderWay::Scheduled(firm));
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Ask { .. } if self.look.is_some() || self.watch.stirs() => {
                self.held_since = self.held_since.or(Some(Instant::now()));
                self.held.push(message);
                self.begin_look();
            }
            message => self.serve(message),
        }
    }

    /// What was held is answered, whatever has moved since.
    fn release(&mut self) {
        self.held_since = None;
        for message in std::mem::take(&mut self.held) {
            self.serve(message);
        }
    }

    fn serve(&mut self, message: Message) {
        match message {
            Message::Status { reply } => drop(reply.send(self.status())),
            Message::Reload { reply } => {
                let after = usize::from(self.look.is_some());
                self.reloads[after].push(reply);
                systemd::reloading();
                self.begin_look();
            }
            Message::Ask { reply, .. } if *self.stop.borrow() => drop(reply.send(Err(control::stopping()))),
            Message::Ask { firm, ask: Ask::Status, reply, .. } => {
                let status = self.firms.status(&self.machine, Some(&firm), self.clock.now());
                let answer = status.and_then(|mut found| found.pop().ok_or_else(|| Refusal::new("no-such-firm", "there is no such firm")));
                drop(reply.send(answer.map(|status| Answer::Status(Box::new(status)))));
            }
            Message::Ask { firm, ask, by, progress, reply } => self.ask(firm, ask, by, progress, Some(reply)),
        }
    }

    /// Starts what was asked for; it begins at once, whatever runs for other firms.
    fn ask(&mut self, firm: FirmId, ask: Ask, by: Caller, progress: Progress, reply: Option<oneshot::Sender<Result<Answer, Refusal>>>) {
        let engine = match self.firms.engine(&firm) {
            Ok(engine) => engine,
            Err(refusal) => {
                // Needs no file; the connection may be all that is left of a firm.
                if let (Ask::Disconnect, Some(hands)) = (&ask, self.firms.hands(&firm)) {
                    let work = async move {
                        let answer = operations::disconnect(&hands).await;
                        Outcome::Answer(answer.map_err(|error| Refusal::new(error.code(), error.to_string())))
                    };
                    let task = self.tasks.spawn(work);
                    self.under_way.insert(task.id(), UnderWay::Asked { firm, is_run: false, reply });
                    return;
                }
                // A new firm's secrets are set before its file is finished.
                let answer = match (&ask, self.firms.hands(&firm)) {
                    (Ask::SecretSet { name, value }, Some(hands)) => {
                        operations::keep_secret(&hands, name, value).map_err(|error| Refusal::new(error.code(), error.to_string()))
                    }
                    _ => Err(refusal),
                };
                return drop(reply.map(|reply| reply.send(answer)));
            }
        };
        let is_run = matches!(ask, Ask::Sync(_) | Ask::Approve(_));
        if is_run {
            tracing::info!(%firm, by = by.who, "{firm}: a run by hand begins");
        }
        let span = tracing::info_span!("asked", %firm);
        let work = async move {
            let answer = operations::answer(&engine, ask, &by, &progress).await;
            Outcome::Answer(answer.map_err(|error| Refusal::new(error.code(), error.to_string())))
        };
        let task = self.tasks.spawn(work.instrument(span));
        self.under_way.insert(task.id(), UnderWay::Asked { firm: firm.clone(), is_run, reply });
        if is_run {
            self.handle(Event::AskBegan(firm));
        }
    }

    fn task_ended(&mut self, ended: Result<(Id, Outcome), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, Some(outcome)),
            Err(error) => (error.id(), None),
        };
        let Some(under_way) = self.under_way.remove(&id) else { return };
        let report = match &outcome {
            Some(Outcome::Run(report)) => Some(report.as_ref()),
            Some(Outcome::Answer(Ok(Answer::Run(report)))) => Some(report.as_ref()),
            _ => None,
        };
        if let Some(report) = report {
            report::ended(report);
        }
        let left = report.filter(|report| report.error.is_none()).map(|report| report.later > 0);
        let (firm, event) = match under_way {
            UnderWay::Scheduled(firm) => (firm.clone(), Some(Event::RunEnded { firm, later: left })),
            UnderWay::Asked { firm, is_run, reply } => {
                let answer = match outcome {
                    Some(Outcome::Answer(answer)) => answer,
                    _ => Err(Refusal::new("panicked", "this failed inside the daemon; its log has the details, nothing else is affected")),
                };
                // Who no longer waits finds the report in the state. What a run of some cases left says nothing of the others.
                if let Some(reply) = reply {
                    drop(reply.send(answer));
                }
                (firm.clone(), is_run.then_some(Event::AskEnded { firm, later: left.filter(|left| *left) }))
            }
        };
        if left.is_some() {
            self.firms.ran(&firm);
        }
        let standing = self.firms.standing(&firm, self.clock.now());
        event.into_iter().chain(standing).for_each(|event| self.handle(event));
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
        self.look = None;
        let now = self.clock.now();
        match seen {
            Ok(seen) => {
                let mut look = self.firms.take(seen, now);
                if look.again {
                    self.look_at = now.checked_add(AGAIN).ok();
                }
                std::mem::take(&mut look.events).into_iter().for_each(|event| self.handle(event));
                self.firms.say(&look, &self.machine, now);
            }
            Err(error) => tracing::error!(%error, "reading the folder failed; what was read last stays in use"),
        }
        self.firms.write_status_texts();
        systemd::ready(&self.summary());
        let answer = ReloadAnswer { files: self.firms.reports(), problems: self.firms.problems() };
        let [now_served, next] = std::mem::take(&mut self.reloads);
        now_served.into_iter().for_each(|reply| drop(reply.send(answer.clone())));
        self.reloads = [next, Vec::new()];
        self.release();
        if std::mem::take(&mut self.look_next) {
            self.begin_look();
        }
    }

    fn status(&self) -> StatusAnswer {
        let now = self.clock.now();
        let daemon = DaemonStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process: std::process::id(),
            since: self.since,
            watching: self.watch.hears(),
        };
        let mut problems = self.firms.problems();
        let firms = self.firms.status(&self.machine, None, now).unwrap_or_else(|refusal| {
            problems.push(serde_json::json!({ "severity": "error", "code": refusal.code, "message": refusal.text }));
            Vec::new()
        });
        StatusAnswer { firms, daemon: Some(daemon), problems }
    }

    /// One line for systemd.
    fn summary(&self) -> String {
        report::summary(&self.firms.reports())
    }
}
