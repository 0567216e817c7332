//! One way to speak HTTP to a vendor: budget, time-out, retries, and errors that quote the answer without personal data.
//!
//! Knows no vendor. [`Transport`] is the one seam: sockets, or a router of the same process (only so can time be
//! simulated). [`HttpClient::call`] is the one request path. What a status means is the caller's business, except
//! that 429 and 5xx are retried here, by the pure policy in `retry`. Nothing here follows a redirect.

mod call;
mod client;
mod clock;
mod date;
mod error;
mod limit;
mod quote;
mod retry;
#[cfg(test)]
mod tests;
mod transport;

pub use call::{Asked, Call, Repeat, Reply};
pub use client::HttpClient;
pub use clock::Clock;
pub use date::http_date;
pub use error::{Failure, HttpError};
pub use limit::{Limiter, Limiters};
pub use quote::quote;
pub use transport::Transport;
