//! Why a file or message needs attention, in words for people. One cause is one text, so that ten cases with one cause
//! are one line; which item it is, is said beside it.

use crate::domain::{Holds, Reason, ReasonCode};

fn reason(code: ReasonCode, text: impl Into<String>, fix: &str) -> Reason {
    Reason { code, holds: Holds::Nothing, no_create: false, text: text.into(), fix: fix.to_owned() }
}

/// Larger than `documents.max_size`.
pub(super) fn too_large(max_size: u64) -> Reason {
    let text = format!("a client's file in the portal is larger than documents.max_size ({})", size(max_size));
    reason(ReasonCode::FileTooLarge, text, "raise max_size in [documents], or file it by hand")
}

/// The case is closed and files of closed cases are not carried.
pub(super) fn closed() -> Reason {
    let text = "a client gave a file to the portal for a case that is closed";
    reason(ReasonCode::FileForClosedCase, text, "file it by hand, or write closed_cases = \"carry\" in [documents]")
}

/// Two linked cases could be meant.
pub(super) fn whose(word: &str) -> Reason {
    let text = format!("whose a client's {word} in the portal is cannot be told: its ids lead to more than one case, or disagree");
    let fix = "give each case a number of its own in MyCase; what the portal says of the record must agree with the link";
    reason(ReasonCode::CarryUnclear, text, fix)
}

/// It was there before the first reading, and nobody says since when.
pub(super) fn undated(word: &str) -> Reason {
    let text = format!("whether a client's {word} in the portal is older than the connection cannot be told: the portal gives no date");
    let fix = if word == "file" {
        "file it by hand, or write since = \"everything\" in [documents]"
    } else {
        "write it down by hand, or write since = \"everything\" in [messages]"
    };
    reason(ReasonCode::CarryUnclear, text, fix)
}

/// The portal lists it and does not give it.
pub(super) fn vanished() -> Reason {
    let text = "the portal lists a client's file and does not give it";
    reason(ReasonCode::FileVanished, text, "look in the portal whether it can be opened there; it is tried again every day")
}

/// It is no longer listed, and MyCase holds a record whose bytes are not known to be there.
pub(super) fn half_there() -> Reason {
    let text = "the portal no longer lists a client's file whose document in MyCase may be empty";
    reason(ReasonCode::FileVanished, text, "open the document in MyCase; if it is empty, delete it and ask the client for the file")
}

/// It came with another length than was announced, again and again.
pub(super) fn not_whole() -> Reason {
    let text = "a client's file comes out of the portal with another length than announced";
    reason(ReasonCode::FileNotWhole, text, "look in the portal whether it can be opened there; it is tried again every day")
}

/// It lies where it must not be fetched.
pub(super) fn not_safe() -> Reason {
    let text = "a client's file lies at an address that is not reached by https";
    reason(ReasonCode::FileNotWhole, text, "file it by hand, and ask the portal's support")
}

/// MyCase refused it. Its words are in the run's report: here they would make a line for each case.
pub(super) fn refused(word: &str, status: Option<u16>) -> Reason {
    let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
    let text = format!("MyCase refused a client's {word}{status}");
    reason(ReasonCode::CarryRefused, text, "the run's report has MyCase's words; it is tried again every day")
}

/// The person who connected may not do it.
pub(super) fn forbidden(word: &str) -> Reason {
    let text = format!("the person who connected MyCase may not add a client's {word} to the case");
    reason(ReasonCode::CarryRefused, text, "give that person the permission in MyCase; it is tried again every day")
}

/// MyCase answers 404 for the case.
pub(super) fn no_case(word: &str) -> Reason {
    let text = format!("MyCase no longer shows the case to which a client's {word} belongs");
    reason(ReasonCode::CarryRefused, text, "was it deleted, or may the person who connected no longer see it?")
}

/// `250 MB`; as the file writes sizes.
fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    let unit = units.iter().find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{bytes} bytes"), |(unit, word)| format!("{} {word}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_they_are_written() {
        assert_eq!([250_000_000, 1_000, 1_500, 2_000_000_000].map(size), ["250 MB", "1 KB", "1500 bytes", "2 GB"]);
    }
}
