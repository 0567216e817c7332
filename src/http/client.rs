//! The one request path: a free place in flight, the budget, a time-out, the answer or the next try. Bodies too large to hold
//! go the same way; only what comes before and after them is gathered.

use super::call::{Asked, Call, Repeat, Reply};
use super::clock::Clock;
use super::error::{Failure, HttpError};
use super::flow::Flow;
use super::inflow::Inflow;
use super::limit::Limiter;
use super::outflow::{Outflow, Progress, Upload};
use super::quote::quote;
use super::retry::{self, Next, Outcome};
use super::traffic::Traffic;
use super::transport::{Answer, Broken, Transport};
use crate::planted::{self, Plant};
use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
use http::{HeaderValue, StatusCode};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// An answer takes at most this long, from the first byte sent to the last received.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// An upload of which nothing moved for so long is over.
const MOVES_WITHIN: Duration = Duration::from_secs(60);

/// How one try failed.
type Trouble = (Outcome, Failure);

/// What a request brought.
enum Sent<B> {
    /// An answer for the caller.
    Usable(Answer<B>),
    /// 429 or 5xx; its words are there.
    Useless(Answer<Bytes>),
}

/// Speaks to one side. Cheap to clone; clones share budget, places in flight and count.
#[derive(Clone)]
pub struct HttpClient {
    shared: Arc<Shared>,
    traffic: Arc<Traffic>,
}

struct Shared {
    transport: Transport,
    side: &'static str,
    limiter: Arc<Limiter>,
    in_flight: Semaphore,
    clock: Clock,
    chance: AtomicU64,
}

impl HttpClient {
    /// A client for `side` ("MyCase"), at most `in_flight` requests (at least one) at a time.
    pub fn new(transport: Transport, side: &'static str, limiter: Arc<Limiter>, in_flight: usize) -> HttpClient {
        HttpClient::with_clock(transport, side, limiter, in_flight, Clock::System)
    }

    /// The same with a clock of one's own, for `Retry-After` dates in answers that bear no `Date`.
    pub fn with_clock(transport: Transport, side: &'static str, limiter: Arc<Limiter>, in_flight: usize, clock: Clock) -> HttpClient {
        let seed = if transport.is_simulated() { 0 } else { RandomState::new().build_hasher().finish() };
        let shared = Shared { transport, side, limiter, in_flight: Semaphore::new(in_flight.max(1)), clock, chance: AtomicU64::new(seed) };
        HttpClient { shared: Arc::new(shared), traffic: Arc::default() }
    }

    /// The same client, counting where others count that speak to this side.
    pub fn counting(self, traffic: Arc<Traffic>) -> HttpClient {
        HttpClient { traffic, ..self }
    }

    /// Requests sent so far by whoever counts in the same place, each try counted.
    pub fn requests(&self) -> u64 {
        self.traffic.sent()
    }

    /// Sends, and tries again as the policy allows. `Ok` for every status but 429 and 5xx; no redirect is followed.
    pub async fn call(&self, call: Call) -> Result<Reply, HttpError> {
        let asked = call.asked(self.shared.side);
        let lost = AtomicBool::new(false);
        let once = async |attempt| {
            let answer = self.once(&asked, attempt, within(ANSWER_WITHIN, self.whole(&call, None))).await;
            lost.fetch_or(matches!(answer, Err((Outcome::Unknown { .. }, _))), Ordering::Relaxed);
            answer
        };
        let Answer { status, headers, body } = self.patiently(call.repeat, once).await?;
        let after_lost = lost.into_inner();
        Ok(Reply { asked, status, headers, body, after_lost })
    }

    /// The same for an answer too large to hold: returns when its headers are there. The body comes as the side keeps it, not
    /// compressed for the way. A [`Flow`] takes no place in flight: who reads several at once and asks for more between their
    /// pieces would wait for itself. What was given up: more than `in_flight` connections while bodies flow.
    pub async fn open(&self, mut call: Call) -> Result<Flow, HttpError> {
        call.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let asked = call.asked_for_bytes(self.shared.side);
        let once = |attempt| self.once(&asked, attempt, within(ANSWER_WITHIN, self.begun(&call)));
        let answer = self.patiently(call.repeat, once).await?;
        Flow::new(asked, answer)
    }

    /// Sends a body too large to hold, once: it cannot be had a second time. Ends when nothing of it moved for 60 s, however
    /// long the whole takes. Holds its place in flight until the answer, whose status is as in [`HttpClient::call`].
    pub async fn upload(&self, call: Call, body: Upload) -> Result<Reply, HttpError> {
        let asked = call.asked_for_bytes(self.shared.side);
        let (body, progress) = Outflow::new(body);
        let sending = watched(&progress, self.uploaded(&call, body, &progress));
        let trouble = match self.once(&asked, 1, sending).await {
            Ok(Answer { status, headers, body }) => return Ok(Reply { asked, status, headers, body, after_lost: false }),
            Err(trouble) => trouble,
        };
        tracing::debug!(side = self.shared.side, "an upload failed: {}", trouble.1);
        Err(given_up(trouble.0, Repeat::Never, trouble.1))
    }

    /// Asks until there is an answer or the policy gives up.
    async fn patiently<T, F: Future<Output = Result<T, Trouble>>>(&self, repeat: Repeat, once: impl Fn(u32) -> F) -> Result<T, HttpError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (outcome, failure) = match once(attempt).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            let next = retry::next(attempt, outcome, repeat, self.chance());
            let wait_ms = if let Next::Wait(wait) = next { wait.as_millis() as u64 } else { 0 };
            tracing::debug!(side = self.shared.side, attempt, wait_ms, retry = wait_ms > 0, "request failed: {failure}");
            match next {
                Next::Wait(wait) => {
                    self.traffic.tries_again();
                    tokio::time::sleep(wait).await;
                }
                Next::GiveUp => return Err(given_up(outcome, repeat, failure)),
            }
        }
    }

    /// One try: waits for a place in flight and in the budget, sends, and says what an answer of no use is.
    async fn once<B>(
        &self,
        asked: &Asked,
        attempt: u32,
        sending: impl Future<Output = Result<Sent<B>, Broken>>,
    ) -> Result<Answer<B>, Trouble> {
        let Shared { side, limiter, in_flight, clock, .. } = &*self.shared;
        // The semaphore is never closed; were it, the request would go without a place.
        let _in_flight = in_flight.acquire().await.ok();
        let asked_at = Instant::now();
        let place = limiter.place().await;
        let started = Instant::now();
        self.traffic.sends(started - asked_at);
        let sent = sending.await;
        drop(place);
        let elapsed_ms = started.elapsed().as_millis() as u64;
        let status = match &sent {
            Ok(Sent::Usable(answer)) => Some(answer.status),
            Ok(Sent::Useless(answer)) => Some(answer.status),
            Err(_) => None,
        };
        self.traffic.answered(status);
        if let Some(status) = status {
            tracing::debug!(side, method = %asked.method, path = asked.path, status = status.as_u16(), attempt, elapsed_ms, "answered");
        }
        let Answer { status, headers, body } = match sent {
            Ok(Sent::Usable(answer)) => return Ok(answer),
            Ok(Sent::Useless(answer)) => answer,
            Err(broken) => return Err(no_answer(asked.clone(), broken)),
        };
        let told = retry::told(&headers, clock.now());
        let text = match quote(&body) {
            words if words.is_empty() => "no words".to_owned(),
            words => words,
        };
        let failure = Failure { asked: asked.clone(), status: Some(status), text, source: None };
        if status == StatusCode::TOO_MANY_REQUESTS {
            if let Some(wait) = told {
                limiter.quiet_until(Instant::now() + wait);
            }
            return Err((Outcome::Limited { told }, failure));
        }
        Err((Outcome::Unknown { told }, failure))
    }

    async fn whole(&self, call: &Call, body: Option<Outflow>) -> Result<Sent<Bytes>, Broken> {
        let answer = self.shared.transport.open(call, body).await?.whole().await?;
        Ok(if is_useless(answer.status) { Sent::Useless(answer) } else { Sent::Usable(answer) })
    }

    async fn begun(&self, call: &Call) -> Result<Sent<Inflow>, Broken> {
        let answer = self.shared.transport.open(call, None).await?;
        Ok(if is_useless(answer.status) { Sent::Useless(answer.whole().await?) } else { Sent::Usable(answer) })
    }

    /// A body that broke is a failure whatever the answer says, and so is a yes to a part of it.
    async fn uploaded(&self, call: &Call, mut body: Outflow, progress: &Progress) -> Result<Sent<Bytes>, Broken> {
        let sent = match body.nothing_before_empty().await {
            Ok(()) => self.whole(call, Some(body)).await,
            Err(_) => Err(Broken { sent: false, text: String::new(), source: None }),
        };
        let half = matches!(&sent, Ok(Sent::Usable(answer)) if answer.status.is_success() && !progress.is_over());
        match progress.broken() {
            Some(text) => Err(Broken { sent: true, text, source: sent.err().and_then(|broken| broken.source) }),
            None if half => Err(Broken { sent: true, text: "it was answered before it had all bytes".to_owned(), source: None }),
            None => sent,
        }
    }

    /// A number in 0..1 (splitmix64); the same sequence in every simulation.
    fn chance(&self) -> f64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut x = self.shared.chance.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpClient({}, {} requests)", self.shared.side, self.requests())
    }
}

fn is_useless(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

async fn within<T>(limit: Duration, sending: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
    let late = |_| Broken { sent: true, text: format!("no answer within {} s", limit.as_secs()), source: None };
    let limit = if planted::is(Plant::WaitsForEver) { Duration::MAX } else { limit };
    tokio::time::timeout(limit, sending).await.map_err(late)?
}

/// Waits as long as the body moves.
async fn watched<T>(progress: &Progress, sending: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
    let mut sending = pin!(sending);
    progress.begins();
    loop {
        let limit = progress.moved() + MOVES_WITHIN;
        tokio::select! {
            done = &mut sending => return done,
            () = tokio::time::sleep_until(limit) => {}
        }
        if progress.moved() + MOVES_WITHIN <= Instant::now() {
            let text = format!("nothing of the upload moved for {} s", MOVES_WITHIN.as_secs());
            return Err(Broken { sent: true, text, source: None });
        }
    }
}

fn no_answer(asked: Asked, broken: Broken) -> (Outcome, Failure) {
    let Broken { sent, text, source } = broken;
    let outcome = if sent { Outcome::Unknown { told: None } } else { Outcome::NotSent };
    (outcome, Failure { asked, status: None, text, source })
}

fn given_up(outcome: Outcome, repeat: Repeat, failure: Failure) -> HttpError {
    match (outcome, repeat) {
        (Outcome::Limited { .. }, _) => HttpError::RateLimited(failure),
        (Outcome::NotSent | Outcome::Unknown { .. }, Repeat::Harmless) => HttpError::Unavailable(failure),
        (Outcome::NotSent, Repeat::Never) => HttpError::NotSent(failure),
        (Outcome::Unknown { .. }, Repeat::Never) => HttpError::Unknown(failure),
    }
}
