//! `[alerts] command`: somebody is told. The command gets one JSON object on its standard input; what it does with it (mail,
//! chat, ticket) is its own affair. No shell, no personal data, and the daemon never waits for it.
//!
//! Races and decisions: while the command still works on one alert of a firm and kind, a newer one of the same waits, and
//! takes the place of one that waits already (the newest says how it stands); at most [`AT_ONCE`] commands at a time. A
//! command that outlives [`LIMIT`] is killed. An end of the daemon waits a little for alerts on their way, then leaves them.

use crate::domain::FirmId;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, Command};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

/// So many commands run at the same time.
const AT_ONCE: usize = 4;
/// So long a command may take.
const LIMIT: Duration = Duration::from_secs(30);
/// So long an end waits for alerts on their way.
const LAST_ALERTS: Duration = Duration::from_secs(5);
/// What a failed command said last may still be on its way for so long.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// So much of what a command says on standard error is looked at.
const LONGEST_LINE: u64 = 300;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AlertKind {
    /// Somebody must connect the firm again.
    Reconnect,
    /// The connection ends soon unless it can be renewed.
    ConnectionEnds,
    /// A firm's file was rejected, or one that concerns all firms.
    RejectedFile,
    /// A plan waits for approval.
    WaitingPlan,
    /// Something needs attention that did not before.
    Attention,
}

impl AlertKind {
    fn word(self) -> &'static str {
        match self {
            AlertKind::Reconnect => "reconnect",
            AlertKind::ConnectionEnds => "connection-ends",
            AlertKind::RejectedFile => "rejected-file",
            AlertKind::WaitingPlan => "waiting-plan",
            AlertKind::Attention => "attention",
        }
    }
}

/// One thing somebody is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alert {
    /// `None`: it concerns no one firm.
    firm: Option<FirmId>,
    kind: AlertKind,
    value: Value,
}

impl Alert {
    /// `{kind, firm, name, at, text}` and what the kind has to say; `text` is a sentence for people, without personal data.
    /// `firm` is null in what concerns no one firm.
    pub(super) fn new(kind: AlertKind, firm: Option<&FirmId>, name: &str, at: Timestamp, text: &str, more: Value) -> Alert {
        let mut value = json!({ "kind": kind.word(), "firm": firm, "name": name, "at": at, "text": text });
        if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
            all.extend(more);
        }
        Alert { firm: firm.cloned(), kind, value }
    }
}

/// What is on its way, by firm and kind, with the newest that waits behind it.
type UnderWay = Arc<Mutex<Waiting>>;
/// The same, unlocked.
type Waiting = BTreeMap<(Option<FirmId>, AlertKind), Option<Value>>;

/// Tells.
#[derive(Debug)]
pub(super) struct Alerts {
    slots: Arc<Semaphore>,
    under_way: UnderWay,
    /// Held by everything on its way; when nobody holds it any more, `all_told` says so.
    alive: mpsc::Sender<()>,
    all_told: mpsc::Receiver<()>,
}

impl Alerts {
    pub(super) fn new() -> Alerts {
        let (alive, all_told) = mpsc::channel(1);
        Alerts { slots: Arc::new(Semaphore::new(AT_ONCE)), under_way: UnderWay::default(), alive, all_told }
    }

    /// Tells by this command; an empty one tells nobody. Returns at once; must be called within a tokio runtime.
    pub(super) fn raise(&self, command: &[String], alert: Alert) {
        let Some((program, arguments)) = command.split_first() else { return };
        let Alert { firm, kind, value } = alert;
        let key = (firm, kind);
        if let Some(next) = lock(&self.under_way).get_mut(&key) {
            *next = Some(value);
            return;
        }
        lock(&self.under_way).insert(key.clone(), None);
        let (program, arguments) = (program.clone(), arguments.to_vec());
        let (slots, under_way, alive) = (self.slots.clone(), self.under_way.clone(), self.alive.clone());
        tokio::spawn(async move {
            let _alive = alive;
            let mut next = Some(value);
            while let Some(value) = next {
                // Closed when the daemon ends: what has not begun is left.
                let Ok(_slot) = slots.acquire().await else { return };
                if let Err(why) = tell(&program, &arguments, &value).await {
                    let about = key.0.as_ref().map_or("casebridge", FirmId::as_str);
                    tracing::warn!(firm = about, kind = key.1.word(), "{about}: the alert command failed: {why}");
                }
                let mut all = lock(&under_way);
                next = all.get_mut(&key).and_then(Option::take);
                if next.is_none() {
                    all.remove(&key);
                }
            }
        });
    }

    /// Waits a little for what is on its way.
    pub(super) async fn finish(self) {
        let Alerts { slots, under_way: _, alive, mut all_told } = self;
        drop(alive);
        if timeout(LAST_ALERTS, all_told.recv()).await.is_err() {
            tracing::warn!("the alert command still runs; the daemon does not wait for it");
        }
        slots.close();
    }
}

fn lock(under_way: &UnderWay) -> MutexGuard<'_, Waiting> {
    // A map of values is whole whoever panicked beside it.
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the command once. The error is for the log.
async fn tell(program: &str, arguments: &[String], value: &Value) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
    let line = format!("{value}\n");
    let input = child.stdin.take();
    let writer = tokio::spawn(async move {
        if let Some(mut input) = input {
            // A command that does not read its input is free not to.
            drop(input.write_all(line.as_bytes()).await);
        }
    });
    let (said, first) = oneshot::channel();
    let listener = child.stderr.take().map(|stderr| tokio::spawn(listen(stderr, said)));
    let ended = timeout(LIMIT, child.wait()).await;
    let outcome = match ended {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => {
            let line = timeout(LAST_WORDS, first).await.ok().and_then(Result::ok).unwrap_or_default();
            Err(if line.is_empty() { status.to_string() } else { format!("{status}: {line}") })
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => {
            drop(child.start_kill());
            Err(format!("it took longer than {} seconds and was killed", LIMIT.as_secs()))
        }
    };
    writer.abort();
    listener.iter().for_each(tokio::task::JoinHandle::abort);
    outcome
}

/// Hands on the first line and lets the rest go by, so that the command never writes into a closed pipe.
async fn listen(stderr: ChildStderr, said: oneshot::Sender<String>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    if (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await.is_ok() {
        let text: String = String::from_utf8_lossy(&line).chars().filter(|letter| !letter.is_control()).collect();
        drop(said.send(text.trim().to_owned()));
        drop(tokio::io::copy(&mut reader, &mut tokio::io::sink()).await);
    }
}

#[cfg(test)]
mod tests;
