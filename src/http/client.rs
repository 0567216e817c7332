//! The one request path: a free place in flight, the budget, a time-out, the answer or the next try.

use super::call::{Asked, Call, Repeat, Reply};
use super::clock::Clock;
use super::error::{Failure, HttpError};
use super::limit::Limiter;
use super::quote::quote;
use super::retry::{self, Next, Outcome};
use super::transport::{Answer, Broken, Transport};
use http::StatusCode;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// An answer takes at most this long, from the first byte sent to the last received.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Speaks to one side. Cheap to clone; clones share budget, places in flight and count.
#[derive(Clone)]
pub struct HttpClient {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    side: &'static str,
    limiter: Arc<Limiter>,
    in_flight: Semaphore,
    clock: Clock,
    requests: AtomicU64,
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
        let shared = Shared {
            transport,
            side,
            limiter,
            in_flight: Semaphore::new(in_flight.max(1)),
            clock,
            requests: AtomicU64::new(0),
            chance: AtomicU64::new(seed),
        };
        HttpClient { shared: Arc::new(shared) }
    }

    /// Requests sent so far, each try counted.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Sends, and tries again as the policy allows. `Ok` for every status but 429 and 5xx; no redirect is followed.
    pub async fn call(&self, call: Call) -> Result<Reply, HttpError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (outcome, failure) = match self.once(&call, attempt).await {
                Ok(reply) => return Ok(reply),
                Err(trouble) => trouble,
            };
            let next = retry::next(attempt, outcome, call.repeat, self.chance());
            let wait_ms = if let Next::Wait(wait) = next { wait.as_millis() as u64 } else { 0 };
            tracing::debug!(side = self.shared.side, attempt, wait_ms, retry = wait_ms > 0, "request failed: {failure}");
            match next {
                Next::Wait(wait) => tokio::time::sleep(wait).await,
                Next::GiveUp => return Err(given_up(outcome, call.repeat, failure)),
            }
        }
    }

    async fn once(&self, call: &Call, attempt: u32) -> Result<Reply, (Outcome, Failure)> {
        let Shared { transport, side, limiter, in_flight, clock, requests, .. } = &*self.shared;
        let asked = call.asked(side);
        // The semaphore is never closed; were it, the request would go without a place.
        let _in_flight = in_flight.acquire().await.ok();
        let place = limiter.place().await;
        requests.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let sent = tokio::time::timeout(ANSWER_WITHIN, transport.send(call)).await;
        drop(place);
        let elapsed_ms = started.elapsed().as_millis() as u64;
        let answer = match sent {
            Ok(Ok(answer)) => answer,
            Ok(Err(broken)) => return Err(no_answer(asked, broken)),
            Err(_) => {
                let text = format!("no answer within {} s", ANSWER_WITHIN.as_secs());
                return Err(no_answer(asked, Broken { sent: true, text, source: None }));
            }
        };
        let Answer { status, headers, body } = answer;
        tracing::debug!(side, method = %asked.method, path = asked.path, status = status.as_u16(), attempt, elapsed_ms, "answered");
        if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
            return Ok(Reply { asked, status, headers, body });
        }
        let told = retry::told(&headers, clock.now());
        let text = match quote(&body) {
            words if words.is_empty() => "no words".to_owned(),
            words => words,
        };
        let failure = Failure { asked, status: Some(status), text, source: None };
        if status == StatusCode::TOO_MANY_REQUESTS {
            if let Some(wait) = told {
                limiter.quiet_until(Instant::now() + wait);
            }
            return Err((Outcome::Limited { told }, failure));
        }
        Err((Outcome::Unknown { told }, failure))
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
