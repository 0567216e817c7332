//! What programs read: whether the daemon's loop turns, whether it has read its folder, and its numbers for Prometheus.

use super::guard::plain;
use super::site::Shared;
use crate::daemon::METRICS_CONTENT_TYPE;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use tokio::time::timeout;

/// A loop that turns answers within this, however busy it is.
const TURNS: Duration = Duration::from_secs(5);

/// The loop turns. Open to everybody: it says nothing else.
pub(super) async fn healthy(State(site): State<Shared>) -> Response {
    match timeout(TURNS, site.daemon.alive()).await {
        Ok(Ok(_)) => plain(StatusCode::OK, "ok"),
        Ok(Err(_)) | Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "the daemon does not answer"),
    }
}

/// The folder was read and the daemon is not about to end. One bad firm is that firm's trouble alone.
pub(super) async fn ready(State(site): State<Shared>) -> Response {
    match timeout(TURNS, site.daemon.alive()).await {
        Ok(Ok(alive)) if alive.ready => plain(StatusCode::OK, "ready"),
        Ok(Ok(_)) => plain(StatusCode::SERVICE_UNAVAILABLE, "the daemon is starting, or about to end"),
        Ok(Err(_)) | Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "the daemon does not answer"),
    }
}

/// The numbers.
pub(super) async fn metrics(State(site): State<Shared>) -> Response {
    match site.daemon.metrics().await {
        Ok(text) => ([(header::CONTENT_TYPE, METRICS_CONTENT_TYPE)], text).into_response(),
        Err(refusal) => plain(StatusCode::SERVICE_UNAVAILABLE, &refusal.text),
    }
}
