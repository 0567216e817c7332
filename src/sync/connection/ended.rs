//! How the last attempt to connect a firm ended: kept in memory only, for whoever began it elsewhere (a terminal, a page).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `connect`, when MyCase allowed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The firm's name in MyCase.
    pub firm_name: String,
    /// The firm's address in MyCase.
    pub firm_url: String,
    /// Sentences to read: turn off the portal's own sync, ...
    pub notes: Vec<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectEnded {
    /// When.
    pub at: Timestamp,
    /// Set when it went well.
    pub connected: Option<Connected>,
    /// Else why not, without codes or tokens.
    pub why: Option<String>,
}
