//! A vendor that plays back a recording: the first line says what is asked of it, then its answers follow, each as `> STATUS`,
//! header lines, an empty line and the body. When they run out it answers `[]`. It keeps what it was asked.

use axum::Router;
use axum::body::Body;
use casebridge::http::Transport;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use std::sync::{Arc, Mutex};
use url::Url;

/// What a vendor would answer.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The first line, e.g. `cases`.
    pub asked: String,
    /// The answers in order.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 200 to 599.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where to.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
}

/// The vendor, playing.
#[derive(Clone)]
pub struct Player {
    coming: Arc<Mutex<std::vec::IntoIter<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recording {
    /// Reads any bytes as a recording.
    pub fn parse(bytes: &[u8]) -> Recording {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let asked = String::from_utf8_lossy(lines.next().unwrap_or_default()).trim().to_owned();
        let mut answers: Vec<Answer> = Vec::new();
        let mut in_head = false;
        for line in lines {
            if let Some(status) = line.strip_prefix(b"> ") {
                answers.push(Answer { status: status_of(status), headers: HeaderMap::new(), body: Vec::new() });
                in_head = true;
                continue;
            }
            let Some(answer) = answers.last_mut() else { continue };
            if !in_head {
                answer.body.extend_from_slice(line);
            } else if line.trim_ascii().is_empty() {
                in_head = false;
            } else if let Some((name, value)) = header(line) {
                answer.headers.append(name, value);
            }
        }
        Recording { asked, answers }
    }

    /// Begins to play from the start.
    pub fn play(&self) -> Player {
        Player { coming: Arc::new(Mutex::new(self.answers.clone().into_iter())), asked: Arc::default() }
    }
}

impl Player {
    /// The way to it.
    pub fn transport(&self) -> Transport {
        let player = self.clone();
        Transport::InProcess(Router::new().fallback(move |request: Request<Body>| {
            let answer = player.answer(&request);
            async move { answer }
        }))
    }

    /// Everything that it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic before").clone()
    }

    fn answer(&self, request: &Request<Body>) -> Response<Body> {
        let url = Url::parse(&request.uri().to_string()).expect("requests have whole addresses");
        self.asked.lock().expect("no panic before").push(Asked { url, headers: request.headers().clone() });
        let answer = self.coming.lock().expect("no panic before").next();
        let Some(Answer { status, headers, body }) = answer else { return Response::new(Body::from("[]")) };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

fn status_of(text: &[u8]) -> StatusCode {
    let number = std::str::from_utf8(text.trim_ascii()).ok().and_then(|text| text.parse().ok());
    number.filter(|number| (200..600).contains(number)).and_then(|number| StatusCode::from_u16(number).ok()).unwrap_or(StatusCode::OK)
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(line[..at].trim_ascii()).ok()?;
    Some((name, HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?))
}

thread_local! {
    static PAUSED: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
}

/// Runs to the end under a clock that jumps over every wait.
pub fn played<T>(work: impl Future<Output = T>) -> T {
    PAUSED.with(|runtime| runtime.block_on(work))
}
