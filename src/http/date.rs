//! Dates in HTTP headers (RFC 9110 §5.6.7), in the one form that is still sent. Pure.

use http::HeaderValue;
use jiff::Timestamp;

/// The moment in a header such as `Date: Mon, 23 Nov 2026 15:19:46 GMT`; `None` when it is no date.
pub fn http_date(value: &HeaderValue) -> Option<Timestamp> {
    let text = value.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_header_is_a_moment_and_anything_else_is_none() {
        let parsed = http_date(&HeaderValue::from_static("Mon, 23 Nov 2026 15:19:46 GMT"));
        assert_eq!(parsed.map(|at| at.to_string()).as_deref(), Some("2026-11-23T15:19:46Z"));
        for wrong in ["", "soon", "120", "2026-11-23"] {
            assert_eq!(http_date(&HeaderValue::from_static(wrong)), None, "{wrong}");
        }
    }
}
