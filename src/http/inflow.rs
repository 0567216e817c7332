//! The body of an answer as it comes, piece by piece, from a socket or from a router of this process. Keeps nothing.

use super::transport::Broken;
use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, Method};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

/// A gathered answer may be this long: 1000 cases with everything are below 4 MiB.
const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// A body on its way.
pub(super) struct Inflow {
    from: From,
    announced: Option<u64>,
    got: u64,
}

/// Where it comes from.
enum From {
    Network(Box<reqwest::Response>),
    InProcess(Body),
}

impl Inflow {
    pub(super) fn network(response: reqwest::Response, headers: &HeaderMap, method: &Method) -> Inflow {
        Inflow { from: From::Network(Box::new(response)), announced: announced(headers, method), got: 0 }
    }

    pub(super) fn in_process(body: Body, headers: &HeaderMap, method: &Method) -> Inflow {
        Inflow { from: From::InProcess(body), announced: announced(headers, method), got: 0 }
    }

    /// The next piece, never empty; `None` at the end. Shorter than announced is an error: a socket notices, so does this.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            let chunk = match &mut self.from {
                From::Network(response) => response.chunk().await.map_err(super::transport::broken)?,
                From::InProcess(body) => data(body).await?,
            };
            match chunk {
                Some(chunk) if chunk.is_empty() => {}
                Some(chunk) => {
                    self.got += chunk.len() as u64;
                    return Ok(Some(chunk));
                }
                None if self.announced.is_some_and(|announced| announced > self.got) => return Err(cut_off(None)),
                None => return Ok(None),
            }
        }
    }

    /// All of it. What comes in one piece, as most answers do, is not copied.
    pub(super) async fn whole(mut self) -> Result<Bytes, Broken> {
        let first = self.chunk().await?.unwrap_or_default();
        let Some(second) = self.chunk().await? else { return short_enough(first.len()).map(|()| first) };
        let announced = self.announced.and_then(|announced| usize::try_from(announced).ok()).unwrap_or_default();
        let mut body = BytesMut::with_capacity(announced.min(LONGEST_BODY).max(first.len() + second.len()));
        body.extend_from_slice(&first);
        drop(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            short_enough(body.len() + chunk.len())?;
            body.extend_from_slice(&chunk);
            drop(chunk);
            next = self.chunk().await?;
        }
        Ok(body.freeze())
    }
}

fn short_enough(length: usize) -> Result<(), Broken> {
    if length <= LONGEST_BODY {
        return Ok(());
    }
    let text = format!("the answer is longer than {} MiB", LONGEST_BODY / 1024 / 1024);
    Err(Broken { sent: true, text, source: None })
}

/// The length of the body's bytes, when the headers say it: not of an encoded body, whose bytes are others.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return None;
    }
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

/// How many bytes must come.
fn announced(headers: &HeaderMap, method: &Method) -> Option<u64> {
    length(headers).filter(|_| method != Method::HEAD)
}

async fn data(body: &mut Body) -> Result<Option<Bytes>, Broken> {
    loop {
        match poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
            None => return Ok(None),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
            Some(Err(error)) => return Err(cut_off(Some(Arc::new(error)))),
        }
    }
}

fn cut_off(source: Option<Arc<dyn std::error::Error + Send + Sync>>) -> Broken {
    Broken { sent: true, text: "the answer was cut off".to_owned(), source }
}
