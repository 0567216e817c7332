//! An answer whose body comes in pieces, for what is too large to hold. Decides nothing; keeps no piece.

use super::call::Asked;
use super::error::{Failure, HttpError};
use super::inflow::{Inflow, length};
use super::quote::quote;
use super::transport::{Answer, Broken};
use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::time::Duration;

/// A body that sends nothing for so long is over.
const PIECE_WITHIN: Duration = Duration::from_secs(60);
/// The words of a refusal are waited for so long,
const WORDS_WITHIN: Duration = Duration::from_secs(10);
/// and read this far.
const LONGEST_WORDS: usize = 16 * 1024;

/// An answer from [`super::HttpClient::open`]. Dropping it hangs up.
pub struct Flow {
    /// What was asked; the path is the host alone, because an address of a file may hold its name.
    pub asked: Asked,
    /// The status; never 429 or 5xx.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Inflow,
    broken: Option<HttpError>,
}

impl Flow {
    /// An answer that came encoded although that was not asked for is of no use: its bytes are not the file's. (Gzip does not come
    /// here from the network: it is undone below, as a browser does, and the length is unknown then.)
    pub(super) fn new(asked: Asked, answer: Answer<Inflow>) -> Result<Flow, HttpError> {
        let Answer { status, headers, body } = answer;
        let coding = headers.get(CONTENT_ENCODING).filter(|coding| status.is_success() && *coding != "identity");
        if coding.is_some() {
            let text = "the answer is encoded in a way that was not asked for".to_owned();
            return Err(HttpError::Unreadable(Failure { asked, status: Some(status), text, source: None }));
        }
        Ok(Flow { asked, status, headers, body, broken: None })
    }

    /// How many bytes will come; `None` when the side does not say.
    pub fn length(&self) -> Option<u64> {
        length(&self.headers)
    }

    /// The next bytes, never empty; `None` at the end. An error when none come for 60 s, or the body ends before its length;
    /// after an error it stays one. Cancelling loses nothing.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        let failed = match tokio::time::timeout(PIECE_WITHIN, self.body.chunk()).await {
            Ok(Ok(chunk)) => return Ok(chunk),
            Ok(Err(broken)) => broken,
            Err(_) => Broken { sent: true, text: format!("no more bytes for {} s", PIECE_WITHIN.as_secs()), source: None },
        };
        let Broken { sent: _, text, source } = failed;
        let error = HttpError::Unavailable(Failure { asked: self.asked.clone(), status: Some(self.status), text, source });
        self.broken = Some(error.clone());
        Err(error)
    }

    /// This answer as a failure: `why`, and what words its body has, as far as they come.
    pub async fn failure(mut self, why: String) -> Failure {
        let mut body = Vec::new();
        let read = async {
            while body.len() < LONGEST_WORDS
                && let Ok(Some(chunk)) = self.chunk().await
            {
                body.extend_from_slice(&chunk[..chunk.len().min(LONGEST_WORDS - body.len())]);
            }
        };
        // Words are worth a short wait only; half of them are fine.
        drop(tokio::time::timeout(WORDS_WITHIN, read).await);
        let words = quote(&body);
        let text = if words.is_empty() { why } else { format!("{why}: {words}") };
        Failure { asked: self.asked, status: Some(self.status), text, source: None }
    }
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flow({} answered {}, {:?} bytes)", self.asked, self.status.as_u16(), self.length())
    }
}
