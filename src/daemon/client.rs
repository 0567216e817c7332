//! The command line's side of the control socket. It prints nothing and decides nothing.

use super::control::{ReloadAsk, STEPS, Wrong};
use super::message::{Line, Refusal, ReloadAnswer, StatusAnswer};
use crate::domain::FirmId;
use crate::operations::{Answer, Ask};
use crate::sync::Step;
use camino::{Utf8Path, Utf8PathBuf};
use reqwest::header::ACCEPT;
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use tokio::net::UnixStream;

/// The socket has no host; HTTP wants one.
const HOST: &str = "http://casebridge";

/// A daemon that listens.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    socket: Utf8PathBuf,
}

/// Why a daemon did not answer.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// It answered that it will not; the code is the operation's.
    #[error("{0}")]
    Refused(Refusal),
    /// It is there and this user may not talk to it.
    #[error("a daemon listens at {socket}, but this user may not talk to it: run this as a member of the socket's group, or as root")]
    NotAllowed {
        /// The socket.
        socket: Utf8PathBuf,
    },
    /// It went away, or speaks another language.
    #[error("the daemon at {socket} did not answer: {why}")]
    Lost {
        /// The socket.
        socket: Utf8PathBuf,
        /// What happened.
        why: String,
    },
}

impl RemoteError {
    /// A word for machines.
    pub fn code(&self) -> &str {
        match self {
            RemoteError::Refused(refusal) => &refusal.code,
            RemoteError::NotAllowed { .. } => "not-allowed",
            RemoteError::Lost { .. } => "daemon",
        }
    }
}

impl Client {
    /// A client when a daemon listens at the socket; `None` when nobody does.
    pub async fn connect(socket: &Utf8Path) -> Result<Option<Client>, RemoteError> {
        match UnixStream::connect(socket).await {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(RemoteError::NotAllowed { socket: socket.to_owned() });
            }
            Err(error) => return Err(lost(socket, &error)),
        }
        // The library wants a TLS provider even where there is no TLS. An Err says that there is one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        // No certificates: a machine without any must still be able to ask its daemon.
        let builder = reqwest::Client::builder().unix_socket(socket.as_std_path()).tls_certs_only([]).no_proxy();
        let http = builder.build().map_err(|error| lost(socket, &error))?;
        Ok(Some(Client { http, socket: socket.to_owned() }))
    }

    /// Asks one firm.
    pub async fn ask(&self, firm: &FirmId, ask: &Ask) -> Result<Answer, RemoteError> {
        self.ask_and_watch(firm, ask, |_| {}).await
    }

    /// Asks one firm and hands on the steps of the run.
    pub async fn ask_and_watch(&self, firm: &FirmId, ask: &Ask, watcher: impl Fn(Step)) -> Result<Answer, RemoteError> {
        let request = self.http.post(format!("{HOST}/v1/firms/{firm}")).header(ACCEPT, STEPS).json(ask);
        let mut response = request.send().await.map_err(|error| lost(&self.socket, &error))?;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        let mut waiting: Vec<u8> = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&self.socket, &error))? {
            waiting.extend_from_slice(&chunk);
            while let Some(end) = waiting.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = waiting.drain(..=end).collect();
                let text = std::str::from_utf8(&line).map_err(serde::de::Error::custom);
                match text.and_then(serde_json::from_str) {
                    Ok(Line::Progress(step)) => watcher(step),
                    Ok(Line::Answer(answer)) => return Ok(answer),
                    Ok(Line::Error(refusal)) => return Err(RemoteError::Refused(refusal)),
                    // A step that another version tells in other words is no reason to miss the answer.
                    Err(_) if line.starts_with(b"{\"progress\"") => {}
                    Err(error) => return Err(lost(&self.socket, &error)),
                }
            }
        }
        Err(RemoteError::Lost { socket: self.socket.clone(), why: "the connection ended before the answer".to_owned() })
    }

    /// Makes the daemon read the folder now; with `wait` the answer says what came of each file, else it is empty.
    pub async fn reload(&self, wait: bool) -> Result<ReloadAnswer, RemoteError> {
        self.answer(self.http.post(format!("{HOST}/v1/reload")).json(&ReloadAsk { wait })).await
    }

    /// How everything stands.
    pub async fn status(&self) -> Result<StatusAnswer, RemoteError> {
        self.answer(self.http.get(format!("{HOST}/v1/status"))).await
    }

    /// How everything stands, as Prometheus reads it.
    pub async fn metrics(&self) -> Result<String, RemoteError> {
        let response = self.http.get(format!("{HOST}/v1/metrics")).send().await.map_err(|error| lost(&self.socket, &error))?;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        response.text().await.map_err(|error| lost(&self.socket, &error))
    }

    async fn answer<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, RemoteError> {
        let response = request.send().await.map_err(|error| lost(&self.socket, &error))?;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        response.json().await.map_err(|error| lost(&self.socket, &error))
    }

    async fn refused(&self, response: reqwest::Response) -> RemoteError {
        let status = response.status();
        match response.json::<Wrong>().await {
            Ok(wrong) => RemoteError::Refused(wrong.error),
            Err(_) => RemoteError::Lost { socket: self.socket.clone(), why: format!("it said {status}; is it of another version?") },
        }
    }
}

/// The innermost cause says what happened; the outer ones say that something did.
fn lost(socket: &Utf8Path, error: &(dyn std::error::Error + 'static)) -> RemoteError {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    RemoteError::Lost { socket: socket.to_owned(), why: innermost.to_string() }
}
