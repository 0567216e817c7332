//! What a connection to MyCase consists of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A pair of tokens (MyCase: Getting-Started, tokens answer). Sealed wherever it is kept; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The bearer token; lives 24 hours unless MyCase says otherwise.
    pub access: String,
    /// The refresh token; single-use, lives two weeks.
    pub refresh: String,
    /// When this pair was received.
    pub obtained_at: Timestamp,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// Which firm allowed it; only the first exchange says so, and it is kept from there.
    pub firm_uuid: Option<String>,
}

impl Drop for Tokens {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.access);
        zeroize::Zeroize::zeroize(&mut self.refresh);
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
