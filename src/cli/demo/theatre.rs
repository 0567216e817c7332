//! Where the demo plays: a folder of its own, two sandboxes on loopback, the real daemon, and its client.

use super::cast::Player;
use crate::daemon::{self, Client, DaemonError, Signal, Signals};
use crate::domain::FirmId;
use crate::http::{Clock, Transport};
use crate::load::{Environment, PathOptions};
use crate::operations::{Answer, ApproveAsk, Ask, FileState, FirmStatus, House, Secret, SyncAsk};
use crate::sync::RunReport;
use camino::{Utf8Path, Utf8PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// What went otherwise than it should, in one sentence.
pub(super) type Oops = String;

/// How long a saved file may take until the daemon has it; the promise is a second or two.
const RELOAD: Duration = Duration::from_secs(10);

/// The stage and everything behind it.
pub(super) struct Theatre {
    root: Utf8PathBuf,
    daemon: Option<Running>,
    client: reqwest::Client,
    /// Removes the folder at the end.
    _folder: tempfile::TempDir,
}

struct Running {
    task: JoinHandle<Result<(), DaemonError>>,
    signals: mpsc::Sender<Signal>,
    client: Client,
}

impl Theatre {
    /// Serves the sandboxes, writes the files, starts the daemon.
    pub(super) async fn open(players: &mut [Player]) -> Result<Theatre, Oops> {
        let folder = tempfile::Builder::new().prefix("casebridge-demo-").tempdir().map_err(words)?;
        let root = Utf8Path::from_path(folder.path()).ok_or("the folder for temporary files has a name that is no text")?.to_owned();
        fs_err::create_dir(root.join("firms.d")).map_err(words)?;
        for player in players.iter_mut() {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(words)?;
            let address = listener.local_addr().map_err(words)?;
            player.handle = player.sandbox.handle(&format!("http://{address}"));
            tokio::spawn(player.sandbox.clone().serve(listener, std::future::pending()));
            fs_err::write(root.join(format!("firms.d/{}.firm.toml", player.id)), player.file()).map_err(words)?;
        }
        // The daemon brings the process's TLS provider, which this client needs, too.
        let transport = Transport::network().map_err(words)?;
        drop(transport);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(words)?;
        let mut theatre = Theatre { root, daemon: None, client, _folder: folder };
        theatre.start_daemon().await?;
        Ok(theatre)
    }

    /// Starts the daemon and waits until it answers.
    pub(super) async fn start_daemon(&mut self) -> Result<(), Oops> {
        let (stop, stopped) = watch::channel(false);
        let options = PathOptions { config_dir: Some(self.root.clone()), state_dir: Some(self.root.join("state")), socket: None };
        let transport = Transport::network().map_err(words)?;
        let house = House::open(&options, Environment::of_process(), Clock::System, transport, stopped).map_err(words)?;
        let socket = house.paths.socket.clone();
        let (signals, sent) = mpsc::channel(1);
        let task = tokio::spawn(daemon::run(house, stop, Signals::sent(sent)));
        let client = until("the daemon answers", || async { Client::connect(&socket).await.ok().flatten() }).await?;
        self.daemon = Some(Running { task, signals, client });
        self.daemon()?.client.reload(true).await.map_err(words)?;
        Ok(())
    }

    /// Stops the daemon as systemd would.
    pub(super) async fn stop_daemon(&mut self) -> Result<(), Oops> {
        let Running { task, signals, client } = self.daemon.take().ok_or("the daemon is not there")?;
        drop(client);
        signals.send(Signal::Stop).await.map_err(words)?;
        task.await.map_err(words)?.map_err(words)
    }

    /// Deletes a firm's state, as a lost disk would.
    pub(super) fn lose_state(&self, firm: &FirmId) -> Result<(), Oops> {
        fs_err::remove_file(self.root.join(format!("state/{firm}.redb"))).map_err(words)
    }

    /// Seals the firm's secrets and connects it, as a person in a browser would. Answers the firm's name in MyCase.
    pub(super) async fn connect(&self, player: &Player) -> Result<String, Oops> {
        for (name, value) in player.secrets() {
            self.ask(&player.id, Ask::SecretSet { name: name.to_owned(), value: Secret(value) }).await?;
        }
        let Answer::Authorize { url, .. } = self.ask(&player.id, Ask::ConnectBegin).await? else { return Err(unexpected()) };
        let page = self.client.get(url).send().await.map_err(words)?;
        let redirected = page.headers().get("location").and_then(|to| to.to_str().ok()).ok_or("MyCase sent the browser nowhere")?;
        let ended = self.ask(&player.id, Ask::ConnectEnd { redirected: Secret(redirected.to_owned()) }).await?;
        let Answer::Connected(connected) = ended else { return Err(unexpected()) };
        Ok(connected.firm_name)
    }

    /// Asks the daemon.
    pub(super) async fn ask(&self, firm: &FirmId, ask: Ask) -> Result<Answer, Oops> {
        self.daemon()?.client.ask(firm, &ask).await.map_err(words)
    }

    /// A run now.
    pub(super) async fn sync(&self, firm: &FirmId) -> Result<RunReport, Oops> {
        report(self.ask(firm, Ask::Sync(SyncAsk::default())).await?)
    }

    /// One yes to a whole plan.
    pub(super) async fn approve(&self, firm: &FirmId, plan: &str) -> Result<RunReport, Oops> {
        let (only, practice_area, except) = (Vec::new(), None, Vec::new());
        report(self.ask(firm, Ask::Approve(ApproveAsk { plan: plan.to_owned(), only, practice_area, except, now: false })).await?)
    }

    /// How a firm stands.
    pub(super) async fn status(&self, firm: &FirmId) -> Result<FirmStatus, Oops> {
        match self.ask(firm, Ask::Status).await? {
            Answer::Status(status) => Ok(*status),
            _ => Err(unexpected()),
        }
    }

    /// Edits the firm's real file and waits until the daemon has it by itself. Answers what the daemon says the edit means.
    pub(super) async fn edit(&self, firm: &FirmId, edit: impl FnOnce(&str) -> String) -> Result<Vec<String>, Oops> {
        let before = self.status(firm).await?.file.generation;
        self.write_edited(firm, edit)?;
        let seen = || async { self.status(firm).await.ok().filter(|status| status.file.generation > before) };
        Ok(until("the daemon takes the edited file", seen).await?.notes)
    }

    /// Edits the firm's real file so that it must be refused, and waits until it is. Answers the first problem.
    pub(super) async fn refused_edit(&self, firm: &FirmId, edit: impl FnOnce(&str) -> String) -> Result<String, Oops> {
        self.write_edited(firm, edit)?;
        let seen = || async { self.status(firm).await.ok().filter(|status| status.file.state == FileState::Rejected) };
        let status = until("the daemon refuses the edited file", seen).await?;
        let error = status.file.problems.iter().find(|problem| problem["severity"] == "error").ok_or("no problem was named")?;
        Ok(format!("line {}: {}", error["line"], error["message"].as_str().unwrap_or_default()))
    }

    fn write_edited(&self, firm: &FirmId, edit: impl FnOnce(&str) -> String) -> Result<(), Oops> {
        let path = self.root.join(format!("firms.d/{firm}.firm.toml"));
        let text = fs_err::read_to_string(&path).map_err(words)?;
        fs_err::write(&path, edit(&text)).map_err(words)
    }

    /// Writes a file beside the firm files.
    pub(super) fn put(&self, name: &str, text: &str) -> Result<(), Oops> {
        fs_err::write(self.root.join("firms.d").join(name), text).map_err(words)
    }

    fn daemon(&self) -> Result<&Running, Oops> {
        self.daemon.as_ref().ok_or_else(|| "the daemon is not there".to_owned())
    }
}

fn report(answer: Answer) -> Result<RunReport, Oops> {
    let Answer::Run(report) = answer else { return Err(unexpected()) };
    match &report.error {
        Some(error) => Err(error.text.clone()),
        None => Ok(*report),
    }
}

/// Asks again and again until there is an answer.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> Result<T, Oops> {
    let begun = tokio::time::Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    while begun.elapsed() < RELOAD {
        tick.tick().await;
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
    }
    Err(format!("{what}: not within {} seconds", RELOAD.as_secs()))
}

pub(super) fn words(error: impl std::fmt::Display) -> Oops {
    error.to_string()
}

fn unexpected() -> Oops {
    "the daemon gave an answer of another kind than was asked for".to_owned()
}
