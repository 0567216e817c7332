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

type Page = Result<StatusAnswer, Refusal>;

/// The status as a response; what is refused at once is an answer of its own.
pub(super) async fn response(daemon: Handle) -> Result<Response, Refusal> {
    let first = daemon.status_page(None).await?;
    let pages = Pages { daemon, asked: Some(Box::pin(std::future::ready(Ok(first)))), begun: false };
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(pages)).into_response())
}

/// What a [`StatusAnswer`] with all firms would be. A page that is refused breaks it off: half an answer is none.
struct Pages {
    daemon: Handle,
    /// The page that comes next; `None` after the last.
    asked: Option<Pin<Box<dyn Future<Output = Page> + Send>>>,
    begun: bool,
}

impl Stream for Pages {
    type Item = Result<Bytes, Refusal>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(asked) = &mut self.asked else { return Poll::Ready(None) };
        let Poll::Ready(page) = asked.as_mut().poll(context) else { return Poll::Pending };
        self.asked = None;
        Poll::Ready(Some(page.and_then(|page| self.text(&page)).map(Bytes::from)))
    }
}

impl Pages {
    fn text(&mut self, page: &StatusAnswer) -> Result<String, Refusal> {
        let mut text = String::new();
        for status in &page.firms {
            text.push_str(self.between());
            text.push_str(&json(status)?);
        }
        let Some(last) = after(&page.firms) else {
            let begin = if self.begun { "" } else { self.between() };
            let (daemon, problems) = (json(&page.daemon)?, json(&page.problems)?);
            text.push_str(&[begin, "],\"daemon\":", &daemon, ",\"problems\":", &problems, "}"].concat());
            return Ok(text);
        };
        let daemon = self.daemon.clone();
        self.asked = Some(Box::pin(async move { daemon.status_page(Some(last)).await }));
        Ok(text)
    }

    /// What stands before a firm.
    fn between(&mut self) -> &'static str {
        if std::mem::replace(&mut self.begun, true) { "," } else { "{\"firms\":[" }
    }
}

fn json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|error| Refusal::new("status", error.to_string()))
}
