//! The control socket: HTTP and JSON over a Unix socket (0660), the same requests as on the command line.
//!
//! - `POST /v1/firms/{firm}`: an [`Ask`]; the answer is an [`Answer`](crate::operations::Answer), or with `Accept:
//!   application/x-ndjson` a line of JSON for each step and the answer as the last.
//! - `POST /v1/reload`: `{wait}`; `GET /v1/status`: a [`super::StatusAnswer`].
//! - `GET /v1/metrics`: how everything stands for Prometheus (`curl --unix-socket ... http://casebridge/v1/metrics`); the
//!   names stand in `daemon::metrics`. `GET /v1/healthz`, `/v1/readyz`: 200 or 503 with a sentence, as on the page.
//!
//! It decides nothing: every request becomes a message for the event loop. Who may connect is who may write to the
//! socket. Races: a socket left by a crash is removed only when nobody answers at it; two daemons that start at once are
//! kept apart by the state folder's lock ([`super::lock`]), not by the socket.

mod pages;
mod stream;
#[cfg(test)]
mod tests;

use super::handle::Handle;
use super::message::{Refusal, ReloadAnswer};
use super::metrics;
use super::peer::Peer;
use crate::domain::FirmId;
use crate::operations::Ask;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// A request is small: the largest is a secret.
const LONGEST_BODY: usize = 256 * 1024;
/// Owner and group.
const MODE: u32 = 0o660;
/// What a client asks for when it wants to see steps.
pub(super) const STEPS: &str = "application/x-ndjson";

/// Why the socket cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A daemon answers at it.
    #[error("another casebridge daemon answers at {socket}: stop it first, or give this one a --socket and a --state-dir of its own")]
    AlreadyRunning {
        /// The socket.
        socket: Utf8PathBuf,
    },
    /// Something else is there.
    #[error("{path} is there and is no socket: move it away, or name another with --socket")]
    NotASocket {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The system refused.
    #[error("the control socket {socket} cannot be opened")]
    Io {
        /// The socket.
        socket: Utf8PathBuf,
        /// What it says.
        #[source]
        source: std::io::Error,
    },
}

/// The socket, open and not yet served. Removed when dropped.
#[derive(Debug)]
pub struct ControlSocket {
    listener: UnixListener,
    file: SocketFile,
}

#[derive(Debug)]
struct SocketFile(Utf8PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, "the control socket could not be removed");
        }
    }
}

impl ControlSocket {
    /// Opens the socket; makes its folder when it is missing. Must be called within a tokio runtime.
    pub async fn open(socket: &Utf8Path) -> Result<ControlSocket, ControlError> {
        let io = |source| ControlError::Io { socket: socket.to_owned(), source };
        if let Some(folder) = socket.parent().filter(|folder| !folder.as_str().is_empty()) {
            fs::create_dir_all(folder).map_err(io)?;
        }
        match fs::symlink_metadata(socket) {
            Ok(about) if !about.file_type().is_socket() => return Err(ControlError::NotASocket { path: socket.to_owned() }),
            Ok(_) => match UnixStream::connect(socket).await {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(socket).map_err(io)?,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(io(error)),
                Ok(_) => return Err(ControlError::AlreadyRunning { socket: socket.to_owned() }),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io(error)),
        }
        // Bound under another name until its mode is set: at no time may others connect.
        let hidden = socket.with_file_name(format!(".{}.{}", socket.file_name().unwrap_or("control"), std::process::id()));
        let listener = UnixListener::bind(&hidden).map_err(io)?;
        let file = SocketFile(hidden);
        fs::set_permissions(&file.0, std::fs::Permissions::from_mode(MODE)).map_err(io)?;
        fs::rename(&file.0, socket).map_err(io)?;
        drop(file);
        Ok(ControlSocket { listener, file: SocketFile(socket.to_owned()) })
    }

    /// Serves until `stop` says true and the requests under way are answered.
    pub async fn serve(self, daemon: Handle, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
        let ControlSocket { listener, file } = self;
        let stopped = async move {
            // An error says that nobody can tell us any more: that is a stop, too.
            drop(stop.wait_for(|stop| *stop).await);
        };
        let service = router(daemon).into_make_service_with_connect_info::<Peer>();
        let served = axum::serve(listener, service).with_graceful_shutdown(stopped).await;
        drop(file);
        served
    }
}

fn router(daemon: Handle) -> Router {
    Router::new()
        .route("/v1/firms/{firm}", post(ask))
        .route("/v1/reload", post(reload))
        .route("/v1/status", get(status))
        .route("/v1/metrics", get(metrics))
        .route("/v1/healthz", get(async |State(daemon): State<Handle>| verdict(daemon.healthy().await, "ok")))
        .route("/v1/readyz", get(async |State(daemon): State<Handle>| verdict(daemon.ready().await, "ready")))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(daemon)
}

/// `{error: {code, text}}`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wrong {
    pub(super) error: Refusal,
}

/// `{wait}` of a reload.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ReloadAsk {
    #[serde(default)]
    pub(super) wait: bool,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.code.as_str() {
            "no-such-firm" | "no-such-plan" => StatusCode::NOT_FOUND,
            "bad-request" => StatusCode::BAD_REQUEST,
            "busy" | "stopping" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, Json(Wrong { error: self })).into_response()
    }
}

async fn ask(
    State(daemon): State<Handle>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Path(firm): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let ask = asked(&headers, body)?;
    let firm: FirmId = firm.parse().map_err(|_| Refusal::new("no-such-firm", "there is no such firm"))?;
    let by = peer.caller();
    if headers.get(header::ACCEPT).is_some_and(|accepts| accepts == STEPS) {
        let (progress, steps) = stream::steps();
        return Ok(stream::response(steps, daemon.begin(firm, ask, by, progress).await?));
    }
    Ok(Json(daemon.ask(firm, ask, by).await?).into_response())
}

/// What a request asks for. Its body may hold a secret: what serde says of it stays here. (axum's own reader keeps track of the path
/// to each value, to name it in an error that nobody may see, and makes the program larger by that.)
fn asked(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Ask, Refusal> {
    let refused = |status: StatusCode| Refusal::new("bad-request", format!("the request is not one: {status}"));
    let body = body.map_err(|rejection| refused(rejection.status()))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let status = |error: serde_json::Error| if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
    serde_json::from_slice(&body).map_err(|error| refused(status(error)))
}

async fn reload(State(daemon): State<Handle>, body: Option<Json<ReloadAsk>>) -> Result<(StatusCode, Json<ReloadAnswer>), Refusal> {
    let Json(ReloadAsk { wait }) = body.unwrap_or_default();
    if wait {
        return Ok((StatusCode::OK, Json(daemon.reload().await?)));
    }
    daemon.reload_soon().await?;
    Ok((StatusCode::ACCEPTED, Json(ReloadAnswer::default())))
}

async fn status(State(daemon): State<Handle>) -> Result<Response, Refusal> {
    pages::response(daemon).await
}

fn verdict(found: Result<(), &'static str>, good: &'static str) -> (StatusCode, &'static str) {
    found.map_or_else(|why| (StatusCode::SERVICE_UNAVAILABLE, why), |()| (StatusCode::OK, good))
}

async fn metrics(State(daemon): State<Handle>) -> Result<Response, Refusal> {
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], daemon.metrics().await?).into_response())
}
