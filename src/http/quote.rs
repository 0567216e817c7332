//! A vendor's own words from an answer, fit for errors and logs: short, one line, without personal data or tokens.
//!
//! Errs on the side of silence. From JSON only values under the keys that carry error words are told; what looks like an
//! address, a number with seven or more digits or a token is blotted out everywhere.

use serde_json::Value;

/// Longest quotation, in characters.
const LONGEST: usize = 240;

/// Keys whose text is meant for people who read errors; everything else is only named.
const WORDS: [&str; 14] = [
    "error",
    "errors",
    "error_description",
    "error_code",
    "description",
    "message",
    "messages",
    "msg",
    "detail",
    "details",
    "title",
    "code",
    "pointer",
    "parameter",
];

/// What the body says, at most 240 characters; empty when it says nothing.
pub fn quote(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let said = match text.as_bytes().first() {
        None => String::new(),
        Some(b'{' | b'[') => match serde_json::from_str::<Value>(text) {
            Ok(value) => from_json(&value),
            // Half of a list of cases would be quoted otherwise.
            Err(_) => format!("{} bytes of broken JSON", text.len()),
        },
        Some(b'<') => from_html(text),
        Some(_) => text.to_owned(),
    };
    shorten(&scrub(&said))
}

fn from_json(value: &Value) -> String {
    let mut said = Vec::new();
    collect(value, false, &mut said);
    if !said.is_empty() {
        return said.join("; ");
    }
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(map) if map.is_empty() => "an empty object".to_owned(),
        Value::Object(map) => {
            let keys: Vec<_> = map.keys().take(8).map(String::as_str).collect();
            format!("an object with {}", keys.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
    }
}

/// Texts in `value`: all when `told` (it stands under a key for words), else only those under such keys.
fn collect(value: &Value, told: bool, said: &mut Vec<String>) {
    match value {
        Value::String(text) if told && !text.trim().is_empty() => said.push(text.trim().to_owned()),
        Value::Number(number) if told => said.push(number.to_string()),
        Value::Array(items) if told => items.iter().for_each(|item| collect(item, true, said)),
        Value::Object(map) => {
            for (key, inner) in map {
                let words = WORDS.contains(&key.as_str());
                let before = said.len();
                collect(inner, words || (told && inner.is_array()), said);
                // `errors: { phone: ["is invalid"] }` needs its key to make sense.
                if !words && said.len() > before {
                    said[before] = format!("{key}: {}", said[before]);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {}
    }
}

/// A page's title, or nothing: the rest may greet a person by name.
fn from_html(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let start = at + text.get(at..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find("</title")?;
        text.get(start..end)
    });
    match title.map(str::trim) {
        Some(title) if !title.is_empty() => format!("a web page titled {title:?}"),
        Some(_) | None => "a web page".to_owned(),
    }
}

/// Blots out addresses, long numbers and what looks like a token.
fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let mut run = word.to_owned();
        // A phone number may be written in several parts.
        while part_of_number(&run) && words.peek().is_some_and(|next| part_of_number(next)) {
            run.push(' ');
            run.push_str(words.next().unwrap_or_default());
        }
        if !out.is_empty() {
            out.push(' ');
        }
        if is_personal(&run) {
            out.push('…');
        } else {
            out.push_str(&run);
        }
    }
    out.retain(|c| !c.is_control());
    out
}

fn part_of_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_digit() || "+-().,;:/\"'".contains(c))
}

fn is_personal(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let longest = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-' && c != '.').map(str::len).max().unwrap_or(0);
    let token = longest >= 20 && (digits > 0 || longest >= 32);
    let number = digits >= 7 && word.chars().filter(|c| c.is_alphabetic()).count() <= digits;
    word.contains('@') || token || number
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendors_error_words_are_told_with_the_place_they_name() {
        let body = br#"{"errors":[{"description":"is not a number","source":{"parameter":"page_size"}}]}"#;
        assert_eq!(quote(body), "is not a number; source: page_size");
        assert_eq!(quote(br#"{"error":"invalid_grant","error_description":"used"}"#), "invalid_grant; used");
        assert_eq!(quote(br#"{"errors":{"phone":["is invalid"]}}"#), "phone: is invalid");
        assert_eq!(quote(b"down for maintenance"), "down for maintenance");
    }

    #[test]
    fn people_and_tokens_are_never_quoted() {
        for body in [
            r#"{"cases":[{"id":1,"name":"Doe v. Roe","clients":[{"first_name":"Jane"}]}]}"#,
            r#"[{"id":1,"name":"Doe v. Roe"},{"id":2,"na"#,
            r#"<html><body>Hello Jane Doe</body></html>"#,
            r#"{"message":"phone +1 (212) 736-5000 of jane@example.com is taken"}"#,
            r#"{"error":"token eyJhbGciOiJIUzI1NiJ9.e30.abc123def456 expired"}"#,
            r#"{"errors":{"name":{"first_name":"Jane"}}}"#,
        ] {
            let said = quote(body.as_bytes());
            for secret in ["Doe", "Jane", "jane", "736", "5000", "eyJ"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }

    #[test]
    fn a_quotation_is_short_and_one_line() {
        let said = quote("word\n".repeat(500).as_bytes());
        assert!(said.chars().count() <= 241 && !said.contains('\n'));
        assert_eq!(quote(b""), "");
        assert_eq!(quote(b"<!doctype html><TITLE>We'll be back</TITLE>"), "a web page titled \"We'll be back\"");
        assert_eq!(quote(&[0xff, 0xfe, b'x']), "\u{fffd}\u{fffd}x");
    }
}
