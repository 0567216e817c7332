//! What can be switched while the sandbox runs: rates, lags, lives of tokens and addresses, the shape of lists.
//!
//! Values only; whoever answers reads them. Out of the box everything is as the vendors' documents say.

use serde::{Deserialize, Serialize};

/// In which order Case Status lists files and messages; it promises none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListOrder {
    /// What came last stands last.
    #[default]
    OldestFirst,
    /// What came last stands first, so that everything moves on by one.
    NewestFirst,
    /// Without rhyme or reason, but the same every time: what is new shows up anywhere.
    Shuffled,
}

/// What can be switched while the sandbox runs (`POST /control/options`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Whether requests beyond the vendors' rates are answered 429.
    pub rate_limits: bool,
    /// Seconds that a 429 names in `Retry-After`; none, as MyCase documents none.
    pub retry_after: Option<u64>,
    /// How long a write to Case Status takes to show in its report of cases, in seconds.
    pub list_lag_seconds: u64,
    /// How long a new document or note takes to show in MyCase's lists, in seconds.
    pub mycase_lag_seconds: u64,
    /// Whether the person at the authorise page lacks the permission to connect applications (403).
    pub forbidden_authorize: bool,
    /// Whether a used refresh token kills the whole connection, as strict authorisation servers do.
    pub reuse_revokes: bool,
    /// How long access tokens live that are handed out from now on, in seconds; MyCase: 24 hours.
    pub access_seconds: u64,
    /// How long refresh tokens live that are handed out from now on, in seconds; MyCase: two weeks.
    pub refresh_seconds: u64,
    /// Where Case Status' files lie, e.g. `http://localhost:9999`; when empty, on Case Status' own origin and behind its key.
    pub files_origin: Option<String>,
    /// How long the addresses of files that lie elsewhere work after they were listed, in seconds; when empty, for ever.
    pub file_url_seconds: Option<u64>,
    /// How many files or messages Case Status lists on a page; about ten.
    pub page_items: usize,
    /// In which order it lists them.
    pub list_order: ListOrder,
    /// Where MyCase's storage is, e.g. `http://localhost:9999`; when empty, on the origin of its API.
    pub storage_origin: Option<String>,
    /// How long a `put_url` works, in seconds; when empty, for ever.
    pub put_url_seconds: Option<u64>,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            rate_limits: true,
            retry_after: None,
            list_lag_seconds: 0,
            mycase_lag_seconds: 0,
            forbidden_authorize: false,
            reuse_revokes: false,
            access_seconds: 24 * 60 * 60,
            refresh_seconds: 14 * 24 * 60 * 60,
            files_origin: None,
            file_url_seconds: None,
            page_items: 10,
            list_order: ListOrder::OldestFirst,
            storage_origin: None,
            put_url_seconds: None,
        }
    }
}
