//! What programs read: whether the daemon's loop turns, whether it has read its folder, and its numbers for Prometheus.

use super::guard::plain;
use super::site::Shared;
use crate::daemon::METRICS_CONTENT_TYPE;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The loop turns. Open to everybody: it says nothing else.
pub(super) async fn healthy(State(site): State<Shared>) -> Response {
    verdict(site.daemon.healthy().await, "ok")
}

/// The folder was read and the daemon is not about to end. One bad firm is that firm's trouble alone.
pub(super) async fn ready(State(site): State<Shared>) -> Response {
    verdict(site.daemon.ready().await, "ready")
}

fn verdict(found: Result<(), &'static str>, good: &str) -> Response {
    match found {
        Ok(()) => plain(StatusCode::OK, good),
        Err(why) => plain(StatusCode::SERVICE_UNAVAILABLE, why),
    }
}

/// The numbers.
pub(super) async fn metrics(State(site): State<Shared>) -> Response {
    match site.daemon.metrics().await {
        Ok(text) => ([(header::CONTENT_TYPE, METRICS_CONTENT_TYPE)], text).into_response(),
        Err(refusal) => plain(StatusCode::SERVICE_UNAVAILABLE, &refusal.text),
    }
}
