//! A status that is written page by page: of 500 firms no more than a few dozen are held at a time, and between two pages the
//! loop turns for others.

use crate::daemon::handle::{Handle, after};
use crate::daemon::message::{Refusal, StatusAnswer};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use serde::Serialize;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

type Piece = Result<Bytes, Refusal>;

/// The status as a response; what is refused at once is an answer of its own.
pub(super) async fn response(daemon: Handle) -> Result<Response, Refusal> {
    let first = daemon.status_page(None).await?;
    let (sender, pieces) = mpsc::channel(1);
    // It ends with the answer, or when nobody reads it any more.
    drop(tokio::spawn(async move {
        if let Err(refusal) = write(&daemon, first, &sender).await {
            // Half an answer is none: the connection breaks off.
            drop(sender.send(Err(refusal)).await);
        }
    }));
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(Pieces(pieces))).into_response())
}

/// Writes what a [`StatusAnswer`] with all firms would be.
async fn write(daemon: &Handle, mut page: StatusAnswer, pieces: &mpsc::Sender<Piece>) -> Result<(), Refusal> {
    let (mut text, mut between) = ("{\"firms\":[".to_owned(), "");
    loop {
        for status in &page.firms {
            text.push_str(between);
            text.push_str(&json(status)?);
            between = ",";
        }
        let Some(last) = after(&page.firms) else { break };
        if pieces.send(Ok(std::mem::take(&mut text).into())).await.is_err() {
            return Ok(());
        }
        page.firms = daemon.status_page(Some(last)).await?.firms;
    }
    text.push_str(&format!("],\"daemon\":{},\"problems\":{}}}", json(&page.daemon)?, json(&page.problems)?));
    drop(pieces.send(Ok(text.into())).await);
    Ok(())
}

fn json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|error| Refusal::new("status", error.to_string()))
}

struct Pieces(mpsc::Receiver<Piece>);

impl Stream for Pieces {
    type Item = Piece;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        self.0.poll_recv(context)
    }
}
