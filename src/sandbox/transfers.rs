//! What went by where bytes are fetched and put: who asked, at which origin, and whether a key or token came along.
//!
//! A key that reaches an origin it is not for is leaked, whatever that origin answers; tests look here.

use serde::Serialize;

use super::ask::Ask;
use super::faults::Side;

/// A download of a portal's file, an upload to MyCase's storage or a download from there; refused ones too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// `CaseStatus` for a file on its own origin, `Files` for storage.
    pub side: Side,
    /// The method.
    pub method: String,
    /// The origin the caller asked, e.g. `http://files.internal`.
    pub origin: String,
    /// The path from the origin on, without the query.
    pub path: String,
    /// Whether an `Authorization` header came along.
    pub authorization: bool,
    /// The `Content-Length` of what was put.
    pub content_length: Option<u64>,
    /// The status the sandbox gave it; a fault may have told the caller otherwise.
    pub status: u16,
}

impl Transfer {
    /// The request when it is one for or with bytes; `prefix` is the face's base address.
    pub(super) fn of(side: Side, prefix: &str, ask: &Ask, status: u16) -> Option<Self> {
        let file = matches!(ask.segments().as_slice(), ["v1", "api", "files", _, "data"]);
        if !(side == Side::Files || side == Side::CaseStatus && file) {
            return None;
        }
        Some(Self {
            side,
            method: ask.method.to_string(),
            origin: ask.base.clone(),
            path: format!("{prefix}{}", ask.path),
            authorization: ask.header("authorization").is_some(),
            content_length: ask.header("content-length").and_then(|text| text.parse().ok()),
            status,
        })
    }
}
