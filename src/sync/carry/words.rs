//! The words that go into MyCase with a file or message, and by which a lost answer is looked up. Pure.
//!
//! A note ends with the portal's message id, a document's description with the file's. Only the last such mark of a text
//! counts: a client may write one in a message, but not behind ours.

use super::names;
use crate::config::Template;
use crate::domain::{ItemId, PortalMessage};
use crate::store::Shelf;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Longer subjects are cut.
const LONGEST_SUBJECT: usize = 255;

/// `Case Status file 8123`.
pub(super) fn mark(title: &str, shelf: Shelf, id: &ItemId) -> String {
    format!("{title} {} {id}", shelf.word())
}

/// What a document's description says.
pub(super) fn description(title: &str, id: &ItemId) -> String {
    format!("From the client portal: {}", mark(title, Shelf::Documents, id))
}

/// Whether a text bears this item's mark: the last mark in it is this one, whole (8123 is not found by 81).
pub(super) fn bears(text: &str, title: &str, shelf: Shelf, id: &ItemId) -> bool {
    last_mark(text, title, shelf).and_then(|rest| rest.strip_prefix(id.as_str())).is_some_and(|after| {
        let next = after.chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && !matches!(next, '-' | '_'))
    })
}

/// Whether a text bears the mark of any item.
pub(super) fn bears_any(text: &str, title: &str, shelf: Shelf) -> bool {
    last_mark(text, title, shelf).is_some()
}

fn last_mark<'t>(text: &'t str, title: &str, shelf: Shelf) -> Option<&'t str> {
    let words = format!("{title} {} ", shelf.word());
    text.rfind(&words).map(|at| &text[at + words.len()..])
}

/// A note's subject: the template's text on one line, never empty.
pub(super) fn subject(template: &Template, message: &PortalMessage, zone: &TimeZone) -> String {
    let sent_at = message.sent_at.map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
    let values = minijinja::context!(sender => sender(message), sent_at => sent_at);
    let text = template.render(values).unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST_SUBJECT).collect();
    if line.trim().is_empty() { "Portal message".to_owned() } else { line }
}

/// A note's text: the message, who sent it and when, and last the mark.
pub(super) fn body(title: &str, message: &PortalMessage, zone: &TimeZone) -> String {
    let text: String =
        message.content.as_deref().unwrap_or_default().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let text = if text.trim().is_empty() { "(no text)" } else { text.trim_end() };
    let when = message.sent_at.map(|at| format!(" on {}", spoken(at, zone))).unwrap_or_default();
    format!("{text}\n\nSent by {}{when}\n{}", sender(message), mark(title, Shelf::Messages, &message.id))
}

fn sender(message: &PortalMessage) -> String {
    let words: Vec<&str> = message.sender.as_deref().unwrap_or_default().split_whitespace().collect();
    let name: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() { "a client".to_owned() } else { name }
}

/// `2 March 2026, 9:00 AM CST`.
fn spoken(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d %B %Y, %-I:%M %p %Z").to_string()
}

/// The name a document bears, of its path.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a name is `wanted`, or `wanted (2)`, ...: as casebridge or MyCase's people would number it.
pub(super) fn is_numbered(name: &str, wanted: &str) -> bool {
    let (name, wanted) = (names::folded(name), names::folded(wanted));
    let (stem, extension) = wanted.rsplit_once('.').map_or((wanted.as_str(), String::new()), |(stem, ext)| (stem, format!(".{ext}")));
    let number = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(extension.as_str()));
    name == wanted
        || number
            .and_then(|rest| rest.strip_prefix(" (")?.strip_suffix(')'))
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::domain::Bearing;

    fn message(content: &str, sender: Option<&str>) -> PortalMessage {
        PortalMessage {
            id: ItemId("8123".into()),
            bearing: Bearing::default(),
            content: Some(content.to_owned()),
            sender: sender.map(str::to_owned),
            sent_at: Some("2026-03-02T15:00:00Z".parse().unwrap()),
        }
    }

    fn zone() -> TimeZone {
        TimeZone::get("America/Chicago").unwrap()
    }

    #[test]
    fn a_note_says_the_text_who_sent_it_and_when_and_ends_with_its_mark() {
        insta::assert_snapshot!(body("Case Status", &message("Hello,\r\nI moved.\u{0}\n", Some("Ana  Lee")), &zone()), @r"
        Hello,
        I moved.

        Sent by Ana Lee on 2 March 2026, 9:00 AM CST
        Case Status message 8123
        ");
        assert!(body("Case Status", &message(" \n ", None), &zone()).starts_with("(no text)\n\nSent by a client on"));
    }

    #[test]
    fn a_subject_is_one_line_and_never_empty() {
        let subject = |template: &str, sender| subject(&Template::compile(template).unwrap(), &message("", sender), &zone());
        assert_eq!(subject("Portal message from {{ sender }}", Some("Ana\nLee")), "Portal message from Ana Lee");
        assert_eq!(subject("{{ sent_at }}", None), "2026-03-02 09:00");
        assert_eq!(subject("{% if sender == 'x' %}a{% endif %}", None), "Portal message");
        assert_eq!(subject(&"x".repeat(400), None).len(), 255);
    }

    #[test]
    fn a_mark_is_found_whole_and_only_the_last_one_counts() {
        let has = |text: &str, id: &str| bears(text, "Case Status", Shelf::Messages, &ItemId(id.into()));
        assert!(has("x\nCase Status message 8123", "8123") && has("<p>Case Status message 8123</p>\n", "8123"));
        assert!(!has("Case Status message 8123", "81") && !has("Case Status message 8123-4", "8123"));
        let told = "Case Status message 7\n\nSent by Ana\nCase Status message 8123";
        assert!(has(told, "8123") && !has(told, "7"), "what a client writes is no mark");
        assert!(!bears("Case Status file 8123", "Case Status", Shelf::Messages, &ItemId("8123".into())));
        assert!(bears_any("Case Status file 1", "Case Status", Shelf::Documents) && !bears_any("by hand", "Case Status", Shelf::Documents));
    }

    #[test]
    fn a_numbered_name_is_known_for_what_it_is() {
        assert!(is_numbered("Scan.pdf", "scan.pdf") && is_numbered("scan (2).pdf", "scan.pdf") && is_numbered("notes (3)", "notes"));
        assert!(
            !is_numbered("scan (x).pdf", "scan.pdf") && !is_numbered("scan2.pdf", "scan.pdf") && !is_numbered("scan (2).jpg", "scan.pdf")
        );
    }
}
