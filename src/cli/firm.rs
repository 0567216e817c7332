//! How a firm is reached: through the daemon when one listens at the socket, else on the state itself. Same requests, same
//! answers; a command does not know which.

use super::args::Format;
use super::command::Desk;
use super::exit::{Exit, Failure, whole};
use super::output::Output;
use super::setting::{Setting, options};
use super::signals::Stop;
use crate::config::{Severity, SourceText, render};
use crate::daemon::{self, Client, RemoteError};
use crate::domain::{FirmId, FirmIdError};
use crate::http::{Clock, Transport};
use crate::load::{self, Environment};
use crate::operations::{self, Answer, Ask, Caller, Engine, FileState, FileVerdict, Hands, House, HouseError, OperationError, StoreError};
use crate::sync::Progress;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

/// A firm that can be asked.
pub(super) enum Reached {
    /// Through the daemon.
    Daemon(Box<Client>, FirmId),
    /// On the state itself, held by this process.
    Here(Box<Here>),
    /// Only the state, for what needs no good file.
    State(Arc<Hands>),
}

/// A firm in this process.
pub(super) struct Here {
    engine: Engine,
    by: Caller,
    stop: watch::Sender<bool>,
}

/// Reaches a firm with a file that is good, or was once.
pub(super) async fn reach(firm: &str, desk: &Desk) -> Result<Reached, Failure> {
    let id = id(firm)?;
    if let Some(client) = client(desk).await? {
        return Ok(Reached::Daemon(Box::new(client), id));
    }
    let (house, stop) = house(desk)?;
    let (hands, verdict, sources) = open(&house, &id)?;
    let accepted = house.accept(&hands, &verdict, house.clock.now()).map_err(|error| refused(&error))?;
    let broken = accepted.file.state == FileState::Rejected;
    let notes = accepted.notes();
    if broken {
        desk.output.say(&render::text(&errors(&verdict), &sources, desk.output.colour()));
    }
    let Some(good) = accepted.firm else {
        let hint = format!("casebridge check {}", house.paths.firms.join(format!("{id}.firm.toml")));
        return Err(Failure { exit: Exit::Files, text: format!("{id}.firm.toml has problems, and no version of it was good yet"), hint });
    };
    if broken {
        desk.output.warning(&format!("{id}.firm.toml has problems; its last good version (number {}) is used", accepted.file.generation));
    }
    notes.iter().for_each(|note| desk.output.say(&format!("{id}: {note}")));
    let engine = house.engine(&hands, good).map_err(|error| refused(&error))?;
    Ok(Reached::Here(Box::new(Here { engine, by: daemon::this_user(), stop })))
}

/// Reaches a firm's state, whatever its file is like.
pub(super) async fn reach_state(firm: &str, desk: &Desk) -> Result<Reached, Failure> {
    let id = id(firm)?;
    if let Some(client) = client(desk).await? {
        return Ok(Reached::Daemon(Box::new(client), id));
    }
    let house = quiet_house(desk)?;
    let (hands, ..) = open(&house, &id)?;
    Ok(Reached::State(hands))
}

impl Reached {
    /// Asks, and shows progress meanwhile.
    pub(super) async fn ask(&self, ask: Ask, desk: &Desk) -> Result<Answer, Failure> {
        let answer = match self {
            Reached::Daemon(client, firm) => {
                let shown = desk.output.clone();
                client.ask_and_watch(firm, &ask, |step| shown.progress(step)).await.map_err(|error| lost(&error))
            }
            Reached::Here(here) => here.ask(ask, desk).await,
            Reached::State(hands) => operations::answer_on_state(hands, ask).await.map_err(|error| refused(&error)),
        };
        desk.output.end_progress();
        answer
    }

    /// Asks for something that is answered with a sentence, and shows it.
    pub(super) async fn done(&self, ask: Ask, desk: &Desk) -> Result<Exit, Failure> {
        let Answer::Done { text } = self.ask(ask, desk).await? else { return Err(unexpected()) };
        if desk.output.format == Format::Json {
            desk.output.json(&json!({ "done": text }));
        } else {
            desk.output.text(&text);
        }
        Ok(Exit::Done)
    }
}

impl Here {
    /// A run that writes is not torn: the first signal lets the change in flight finish, the second does not.
    async fn ask(&self, ask: Ask, desk: &Desk) -> Result<Answer, Failure> {
        let writes = matches!(ask, Ask::Sync(_) | Ask::Approve(_));
        let shown = desk.output.clone();
        let progress = Progress::to(move |step| shown.progress(step));
        let work = operations::answer(&self.engine, ask, &self.by, &progress);
        tokio::pin!(work);
        if !writes {
            return work.await.map_err(|error| refused(&error));
        }
        let mut signals = Stop::listen()?;
        tokio::select! {
            answer = &mut work => return answer.map_err(|error| refused(&error)),
            () = signals.asked() => {}
        }
        desk.output.say("The change in flight is finished, the rest waits in the journal. The same again ends it at once.");
        self.stop.send_replace(true);
        desk.interrupted.store(true, Ordering::Relaxed);
        tokio::select! {
            answer = &mut work => answer.map_err(|error| refused(&error)),
            () = signals.asked() => Err(Failure::failed("ended; what was under way stands in the journal, and the next run settles it")),
        }
    }
}

/// The daemon, when one listens.
pub(super) async fn client(desk: &Desk) -> Result<Option<Client>, Failure> {
    // A broken casebridge.toml must not hide a daemon that runs.
    let setting = Setting::read(&desk.common)?;
    Client::connect(&setting.paths.socket).await.map_err(|error| lost(&error))
}

/// This process's own house, and what makes its runs end early.
pub(super) fn house(desk: &Desk) -> Result<(House, watch::Sender<bool>), Failure> {
    entered(desk, Transport::network().map_err(|error| Failure::failed(whole(&error)))?)
}

/// The same for what calls nobody: works on a machine without certificates, too.
pub(super) fn quiet_house(desk: &Desk) -> Result<House, Failure> {
    Ok(entered(desk, Transport::InProcess(axum::Router::new()))?.0)
}

fn entered(desk: &Desk, transport: Transport) -> Result<(House, watch::Sender<bool>), Failure> {
    let (stop, stopped) = watch::channel(false);
    let house = House::open(&options(&desk.common), Environment::of_process(), Clock::System, transport, stopped);
    Ok((house.map_err(|error| outside(error, &desk.output))?, stop))
}

/// Why a house cannot be entered; the problems of `casebridge.toml` are shown with their places.
pub(super) fn outside(error: HouseError, output: &Output) -> Failure {
    match error {
        HouseError::Path(error) => Failure::usage(error.to_string()),
        HouseError::DaemonFile { problems, text } => {
            output.say(&render::text(&problems, &[text], output.colour()));
            Failure { exit: Exit::Files, text: "casebridge.toml has problems".to_owned(), hint: String::new() }
        }
    }
}

fn open(house: &House, id: &FirmId) -> Result<(Arc<Hands>, FileVerdict, Vec<SourceText>), Failure> {
    let folder = load::read_folder(&house.paths);
    if let Some(why) = &folder.unreadable {
        let text = format!("the folder of firm files {} cannot be read: {why}", house.paths.firms);
        return Err(Failure::failed(text).with_hint(format!("casebridge init {id}")));
    }
    let mut view = house.check_folder(&folder, house.clock.now());
    let Some(verdict) = view.firms.remove(id) else {
        let known: Vec<&str> = view.firms.keys().map(FirmId::as_str).collect();
        let known = if known.is_empty() { "no firm files".to_owned() } else { known.join(", ") };
        let text = format!("there is no firm {id}; {} has {known}", house.paths.firms);
        return Err(Failure::of_word("no-such-firm", text));
    };
    let hands = house.open_firm(id).map_err(|error| held(&error, id))?;
    Ok((hands, verdict, view.sources))
}

fn errors(verdict: &FileVerdict) -> Vec<crate::config::Problem> {
    verdict.problems.iter().filter(|problem| problem.severity == Severity::Error).cloned().collect()
}

/// Why a firm's state cannot be had.
pub(super) fn held(error: &StoreError, id: &FirmId) -> Failure {
    match error {
        StoreError::Busy { .. } => Failure::failed(format!("another casebridge process works on the state of {id}"))
            .with_hint("wait until it is over; when it is a daemon with another --socket, name that socket"),
        _ => Failure::of_word("state", whole(error)),
    }
}

/// The firm's id as typed.
pub(super) fn id(firm: &str) -> Result<FirmId, Failure> {
    firm.parse().map_err(|error: FirmIdError| Failure::usage(error.to_string()))
}

/// Why an operation has no answer.
pub(super) fn refused(error: &OperationError) -> Failure {
    Failure::of_word(error.code(), error.to_string())
}

/// Why a daemon did not answer.
pub(super) fn lost(error: &RemoteError) -> Failure {
    Failure::of_word(error.code(), error.to_string())
}

/// An answer of another kind than was asked for.
pub(super) fn unexpected() -> Failure {
    Failure::failed("the daemon gave an answer of another kind than was asked for; is it of another version?")
}
