//! What the loop starts and what it does when that is over: runs, requests, renewals of connections.

use super::EventLoop;
use crate::daemon::machine::{Event, LaneName};
use crate::daemon::message::Refusal;
use crate::daemon::report;
use crate::daemon::watched::Watched;
use crate::domain::FirmId;
use crate::operations::{self, Answer, Ask, Caller, KeptAlive, Running};
use crate::sync::{Progress, RunReport, Trigger};
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::task::{Id, JoinError};
use tracing::Instrument;

/// Where an answer goes.
type Reply = oneshot::Sender<Result<Answer, Refusal>>;

/// What a task is for.
pub(super) enum UnderWay {
    Scheduled { trigger: Trigger, watched: Watched },
    Asked { firm: FirmId, watched: Option<Watched>, reply: Option<Reply> },
    Renewal(FirmId),
}

impl UnderWay {
    /// The run, when it is one.
    fn watched(&self) -> Option<&Watched> {
        match self {
            UnderWay::Scheduled { watched, .. } => Some(watched),
            UnderWay::Asked { watched, .. } => watched.as_ref(),
            UnderWay::Renewal(_) => None,
        }
    }
}

/// What a task came to.
pub(super) enum Outcome {
    Run(Box<RunReport>),
    Answer(Result<Answer, Refusal>),
    KeptAlive(Box<KeptAlive>),
}

impl EventLoop {
    pub(super) fn start_run(&mut self, firm: FirmId, trigger: Trigger, events: &mut Vec<Event>) {
        let engine = match self.firms.engine(&firm) {
            Ok(engine) => engine,
            Err(refusal) => {
                tracing::error!(%firm, code = refusal.code, "{firm}: a run could not begin: {refusal}");
                events.push(Event::RunEnded { firm, trigger, later: None });
                return;
            }
        };
        report::started(&firm, trigger);
        let span = tracing::info_span!("run", %firm);
        let watched = Watched::begins(&firm, trigger, vec![LaneName::of(trigger)], None, self.clock.now());
        let progress = watched.progress(Progress::silent(), self.clock);
        let run = async move { Outcome::Run(Box::new(operations::scheduled(&engine, trigger, &progress).await)) };
        let task = self.tasks.spawn(run.instrument(span));
        self.under_way.insert(task.id(), UnderWay::Scheduled { trigger, watched });
    }

    /// Renews a firm's connection; whatever else runs for the firm, there is one refresh.
    pub(super) fn renew(&mut self, firm: FirmId, events: &mut Vec<Event>) {
        let engine = match self.firms.engine(&firm) {
            Ok(engine) => engine,
            Err(refusal) => {
                tracing::error!(%firm, code = refusal.code, "{firm}: its connection could not be renewed: {refusal}");
                events.push(Event::RenewEnded { firm, tried: false });
                return;
            }
        };
        let span = tracing::info_span!("renewal", %firm);
        let work = async move { Outcome::KeptAlive(Box::new(operations::keep_alive(&engine).await)) };
        let task = self.tasks.spawn(work.instrument(span));
        self.under_way.insert(task.id(), UnderWay::Renewal(firm));
    }

    /// Starts what was asked for; it begins at once, whatever runs for other firms.
    pub(super) fn ask(&mut self, firm: FirmId, ask: Ask, by: Caller, progress: Progress, reply: Option<Reply>) {
        let engine = match self.firms.engine(&firm) {
            Ok(engine) => engine,
            Err(refusal) => return self.ask_hands(firm, ask, refusal, reply),
        };
        let watched = asked_for(&ask).map(|trigger| {
            tracing::info!(%firm, by = by.place(), "{firm}: a run by hand begins");
            Watched::begins(&firm, trigger, lanes(&ask), Some(by.who.clone()), self.clock.now())
        });
        let progress = match &watched {
            Some(watched) => self.watch_run(watched, progress),
            None => progress,
        };
        let lanes = watched.as_ref().map(|watched| watched.lanes.clone()).unwrap_or_default();
        let span = tracing::info_span!("asked", %firm);
        let caught = self.doors.catch(&engine.firm.mycase.redirect_uri);
        let work = async move {
            let answer = operations::answer(&engine, ask, &by, &progress).await;
            let answer = answer.map(|answer| answer.caught_by_daemon(caught));
            Outcome::Answer(answer.map_err(|error| Refusal::new(error.code(), error.to_string())))
        };
        let task = self.tasks.spawn(work.instrument(span));
        self.under_way.insert(task.id(), UnderWay::Asked { firm: firm.clone(), watched, reply });
        lanes.into_iter().for_each(|lane| self.handle(Event::AskBegan { firm: firm.clone(), lane }));
    }

    /// What needs a firm's state only, whatever its file is like.
    fn ask_hands(&mut self, firm: FirmId, ask: Ask, refusal: Refusal, reply: Option<Reply>) {
        let Some(hands) = self.firms.hands(&firm).filter(|_| operations::needs_only_state(&ask)) else {
            drop(reply.map(|reply| reply.send(Err(refusal))));
            return;
        };
        let refused = |error: operations::OperationError| Refusal::new(error.code(), error.to_string());
        let work = async move { Outcome::Answer(operations::answer_on_state(&hands, ask).await.map_err(refused)) };
        let task = self.tasks.spawn(work);
        self.under_way.insert(task.id(), UnderWay::Asked { firm, watched: None, reply });
    }

    /// Whether anything is under way for a firm.
    pub(super) fn is_busy(&self, firm: &FirmId) -> bool {
        self.under_way.values().any(|what| match what {
            UnderWay::Scheduled { watched, .. } => watched.firm == *firm,
            UnderWay::Asked { firm: asked, .. } | UnderWay::Renewal(asked) => asked == firm,
        })
    }

    /// Where the steps of a run that somebody asked for go; while it has to wait for another, that one's steps are told.
    fn watch_run(&self, watched: &Watched, onward: Progress) -> Progress {
        let same_lane = |other: &&Watched| other.firm == watched.firm && other.lanes.iter().any(|lane| watched.lanes.contains(lane));
        if let Some(before) = self.under_way.values().filter_map(UnderWay::watched).filter(same_lane).min_by_key(|other| other.since()) {
            before.is_waited_for(watched, onward.clone());
        }
        watched.progress(onward, self.clock)
    }

    /// What runs for a firm, the oldest first.
    pub(super) fn running(&self, firm: &FirmId, now: Timestamp) -> Vec<Running> {
        let of_firm = self.under_way.values().filter_map(UnderWay::watched).filter(|watched| watched.firm == *firm);
        let mut running: Vec<Running> = of_firm.map(|watched| watched.view(now)).collect();
        running.sort_by_key(|run| (run.since, run.trigger.word()));
        running
    }

    pub(super) fn task_ended(&mut self, ended: Result<(Id, Outcome), JoinError>) {
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
        let left = report.filter(|report| report.error.is_none()).map(|report| report.later > 0);
        // What was only counted found nothing that was not known.
        let found = report.is_some_and(|report| report.run.0 != 0);
        if let Some(report) = report {
            report::ended(report, self.firms.ran(report));
        }
        let (firm, events) = match under_way {
            UnderWay::Scheduled { trigger, watched: Watched { firm, .. } } => {
                (firm.clone(), vec![Event::RunEnded { firm, trigger, later: left }])
            }
            UnderWay::Renewal(firm) => {
                let kept = match &outcome {
                    Some(Outcome::KeptAlive(kept)) => Some(kept.as_ref()),
                    _ => None,
                };
                kept.into_iter().for_each(|kept| self.kept_alive(&firm, kept));
                (firm.clone(), vec![Event::RenewEnded { firm, tried: kept.is_some() }])
            }
            UnderWay::Asked { firm, watched, reply } => {
                let lanes = watched.map(|watched| watched.lanes).unwrap_or_default();
                let answer = match outcome {
                    Some(Outcome::Answer(answer)) => answer,
                    _ => Err(Refusal::new("panicked", "this failed inside the daemon; its log has the details, nothing else is affected")),
                };
                // Who no longer waits finds the report in the state. What a run of some cases left says nothing of the others.
                if let Some(reply) = reply {
                    drop(reply.send(answer));
                }
                let later = left.filter(|left| *left);
                let ended = |lane| Event::AskEnded { firm: firm.clone(), lane, later };
                (firm.clone(), lanes.into_iter().map(ended).collect())
            }
        };
        if found {
            self.tell_attention(&firm);
        }
        let standing = self.firms.standing(&firm, self.clock.now());
        events.into_iter().chain(standing).for_each(|event| self.handle(event));
        self.firms.write_status_texts(&self.machine, Some(&firm), self.clock.now());
    }
}

/// What a request is as a run, when it is one.
fn asked_for(ask: &Ask) -> Option<Trigger> {
    match ask {
        Ask::Sync(ask) if ask.documents => Some(Trigger::Documents),
        Ask::Sync(ask) if ask.messages => Some(Trigger::Messages),
        Ask::Sync(ask) if ask.verify => Some(Trigger::Verify),
        Ask::Sync(_) => Some(Trigger::ByHand),
        Ask::Approve(_) => Some(Trigger::Approval),
        _ => None,
    }
}

/// What a request works on, when it is a run.
fn lanes(ask: &Ask) -> Vec<LaneName> {
    match ask {
        Ask::Sync(ask) => {
            let carried = [(ask.documents, LaneName::Documents), (ask.messages, LaneName::Messages)];
            let carried: Vec<LaneName> = carried.into_iter().filter_map(|(asked, lane)| asked.then_some(lane)).collect();
            if carried.is_empty() { vec![LaneName::Cases] } else { carried }
        }
        Ask::Approve(_) => vec![LaneName::Cases],
        _ => Vec::new(),
    }
}
