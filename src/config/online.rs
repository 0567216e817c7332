//! What a look at a firm's accounts showed, for `check --online`: who MyCase says the firm is, its names, and everything that
//! is not as the firm's file says. A value that travels; where each finding stands in the file, `check` knows.

use super::Catalog;
use serde::{Deserialize, Serialize};
use url::Url;

/// What a look at both accounts showed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Online {
    /// MyCase's names; `None` when MyCase could not be asked or did not answer. The portal's stages are not in it.
    pub names: Option<Catalog>,
    /// The firm's name in MyCase.
    pub firm_name: Option<String>,
    /// The firm's address in MyCase.
    pub firm_url: Option<String>,
    /// Whether the portal said that it accepts the key; `None` when it was not asked or did not say.
    pub key_accepted: Option<bool>,
    /// What is not as it should be.
    pub findings: Vec<OnlineFinding>,
}

/// One thing that is not as it should be. Sentences are without personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnlineFinding {
    /// With MyCase, or with the firm as a whole.
    MyCase(MyCaseFinding),
    /// With the portal.
    Portal(PortalFinding),
}

/// What is not as it should be with MyCase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MyCaseFinding {
    /// Nobody has connected the firm.
    NotConnected,
    /// MyCase has ended the connection: its words.
    Reconnect(String),
    /// The firm could not be looked at: why.
    NotReached(String),
    /// MyCase did not answer: why.
    Silent(String),
    /// The client secret cannot be read: why.
    Secret(String),
    /// The person who connected is no longer active in MyCase.
    PersonInactive,
    /// A list that could not be read, and MyCase's words.
    ListNotRead(String, String),
}

/// What is not as it should be with the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortalFinding {
    /// The state belongs to another account: a sentence.
    OtherAccount(String),
    /// The key cannot be read: why.
    Secret(String),
    /// The portal refuses the key: its words.
    KeyRefused(String),
    /// The portal gave no usable answer: why.
    Silent(String),
    /// The portal has no way to ask whether it accepts the key.
    KeyNotAsked,
}

impl Online {
    /// A firm of which nothing could be learned but this.
    pub fn only(finding: MyCaseFinding) -> Online {
        Online { findings: vec![OnlineFinding::MyCase(finding)], ..Online::default() }
    }
}

/// Scheme, host and port of an address: what tells one firm of MyCase's from another.
pub(crate) fn site(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}
