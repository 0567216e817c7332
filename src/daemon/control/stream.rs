//! An answer that comes line by line: steps of a run while it works, then the answer.

use super::STEPS;
use crate::daemon::handle::stopping;
use crate::daemon::message::{Line, Refusal};
use crate::operations::Answer;
use crate::sync::{Progress, Step};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::{mpsc, oneshot};

/// Steps not yet taken by the client; more are dropped, the run never waits for whoever watches.
const STEPS_KEPT: usize = 64;

/// A progress and where its steps arrive.
pub(super) fn steps() -> (Progress, mpsc::Receiver<Step>) {
    let (sender, receiver) = mpsc::channel(STEPS_KEPT);
    // A step that finds no room, or nobody who watches, is not missed: the next says more.
    let progress = Progress::to(move |step| drop(sender.try_send(step)));
    (progress, receiver)
}

/// The lines as a response.
pub(super) fn response(steps: mpsc::Receiver<Step>, answer: oneshot::Receiver<Result<Answer, Refusal>>) -> Response {
    let lines = Lines { steps, answer: Some(answer) };
    ([(header::CONTENT_TYPE, STEPS)], Body::from_stream(lines)).into_response()
}

struct Lines {
    steps: mpsc::Receiver<Step>,
    answer: Option<oneshot::Receiver<Result<Answer, Refusal>>>,
}

impl Stream for Lines {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(answer) = &mut self.answer else { return Poll::Ready(None) };
        // The answer first: the run is over, steps that are left say nothing new.
        let line = match Pin::new(answer).poll(context) {
            Poll::Ready(answer) => {
                self.answer = None;
                match answer.unwrap_or_else(|_| Err(stopping())) {
                    Ok(answer) => Line::Answer(answer),
                    Err(refusal) => Line::Error(refusal),
                }
            }
            Poll::Pending => match self.steps.poll_recv(context) {
                Poll::Ready(Some(step)) => Line::Progress(step),
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            },
        };
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        Poll::Ready(Some(Ok(text.into())))
    }
}
