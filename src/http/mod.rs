//! One way to speak HTTP to a vendor: budget, time-out, retries, and errors that quote the answer without personal data.
//!
//! Knows no vendor. [`Transport`] is the one seam: sockets, or a router of the same process (only so can time be
//! simulated). [`HttpClient::call`] is the one request path. What a status means is the caller's business, except
//! that 429 and 5xx are retried here, by the pure policy in `retry`. Nothing here follows a redirect.
//!
//! What is too large to hold goes the same path in pieces: [`HttpClient::open`] hands back a [`Flow`] as soon as the headers
//! are there, [`HttpClient::upload`] takes an [`Upload`] out of a bounded channel. Nothing of either is gathered. No wait is
//! without a limit (30 s for headers, 60 s without a byte), and no transfer has one for the whole.

mod call;
mod client;
mod clock;
mod date;
mod error;
mod flow;
mod inflow;
mod limit;
mod outflow;
mod quote;
mod retry;
mod safe;
#[cfg(test)]
mod stream_tests;
#[cfg(test)]
mod tests;
mod traffic;
mod transport;

pub use call::{Asked, Call, Repeat, Reply};
pub use client::HttpClient;
pub use clock::Clock;
pub use date::http_date;
pub use error::{Failure, HttpError};
pub use flow::Flow;
pub use limit::{Limiter, Limiters};
pub use outflow::Upload;
pub use quote::quote;
pub use safe::may_reach;
pub use traffic::{Answered, Traffic, TrafficCounts};
pub use transport::Transport;
