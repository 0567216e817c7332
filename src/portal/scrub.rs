//! A portal's own words without the personal values of the change that it refused: each is replaced by its field's name.
//!
//! Vendors quote what was sent ("'(212) 736-5000' is not a valid phone"). What is said about stages and practice areas
//! stays, since a person must see which name was refused. Errs on the side of silence.

use crate::domain::{Record, RecordClient, TeamMember};
use crate::http::quote;
use crate::plan::Change;
use serde_json::Value;
use std::ops::Range;

/// Fewer digits are too few to recognise a phone by.
const TELLING_DIGITS: usize = 7;
/// No phone is written longer, however many signs stand between its digits.
const LONGEST_PHONE: usize = 200;

/// The personal values of a change and the names that stand for them.
pub(super) struct Scrubber {
    /// Lower-case values, longest first, so that a whole name goes before its parts.
    values: Vec<(Vec<char>, String)>,
    /// The last digits of phones.
    phones: Vec<String>,
}

impl Scrubber {
    /// For a change: values of before and after.
    pub(super) fn new(change: &Change) -> Scrubber {
        let mut scrubber = Scrubber { values: Vec::new(), phones: Vec::new() };
        change.before.iter().chain([&change.after]).for_each(|record| scrubber.add_record(record));
        scrubber.values.sort_by(|one, other| other.0.len().cmp(&one.0.len()).then_with(|| one.cmp(other)));
        scrubber.values.dedup();
        scrubber
    }

    fn add_record(&mut self, record: &Record) {
        let Record { practice_area: _, stage: _, open: _, closed_date: _, clients, attorney, team, fields, extra } = record;
        for RecordClient { id: _, first_name, last_name, email, phone } in clients {
            self.add(&format!("{first_name} {last_name}"), "client");
            self.add(&format!("{last_name}, {first_name}"), "client");
            for (name, field) in [(first_name, "first_name"), (last_name, "last_name")] {
                self.add(name, field);
                // "Mary Ann" may be quoted as "Mary"; a lone letter would blot out half the sentence.
                name.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 1).for_each(|part| self.add(part, field));
            }
            self.add(email.as_deref().unwrap_or_default(), "email");
            if let Some(phone) = phone {
                self.add(phone, "phone");
                let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
                self.phones.push(digits[digits.len().saturating_sub(TELLING_DIGITS)..].to_owned());
            }
        }
        self.add(attorney.as_deref().unwrap_or_default(), "attorney_email");
        for TeamMember { email, role: _, attorney } in team {
            self.add(email, if *attorney { "attorney_email" } else { "paralegal_email" });
        }
        fields.iter().chain(extra).for_each(|(name, value)| self.add(value, name));
    }

    fn add(&mut self, value: &str, name: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.values.push((value.chars().map(lower).collect(), format!("‹{name}›")));
        }
    }

    /// The words of an answer's body, scrubbed, on one line, short.
    pub(super) fn words(&self, body: &[u8]) -> String {
        let clean = match serde_json::from_slice::<Value>(body) {
            Ok(value) => self.json(value).to_string(),
            Err(_) => self.text(&String::from_utf8_lossy(body)),
        };
        match quote(clean.as_bytes()) {
            words if words.is_empty() => "no words".to_owned(),
            words => words,
        }
    }

    fn json(&self, value: Value) -> Value {
        match value {
            Value::String(text) => self.text(&text).into(),
            Value::Array(items) => items.into_iter().map(|item| self.json(item)).collect(),
            Value::Object(map) => map.into_iter().map(|(key, value)| (self.text(&key), self.json(value))).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    /// A text with every personal value replaced.
    pub(super) fn text(&self, text: &str) -> String {
        // Signs that are not shown go first: without them, what stood around them may be a name again.
        let original: Vec<char> = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
        let folded: Vec<char> = original.iter().copied().map(lower).collect();
        let mut clean = String::with_capacity(text.len());
        // `from`: where what was replaced last ends. A word that touches it is a word of its own in what is left.
        let (mut at, mut from) = (0, 0);
        while at < original.len() {
            let known = |value: &[char]| is_word(&folded, from..at, value, |end| self.phone_at(&original, end).is_some());
            let found = self.values.iter().find(|(value, _)| known(value)).map(|(value, name)| (value.len(), name.as_str()));
            match found.or_else(|| Some((self.phone_at(&original, at)?, "‹phone›"))) {
                Some((length, name)) => {
                    clean.push_str(name);
                    at += length;
                    from = at;
                }
                None => {
                    clean.push(original[at]);
                    at += 1;
                }
            }
        }
        clean
    }

    /// The length of a phone number of the change that starts here, whatever signs stand between its digits.
    fn phone_at(&self, text: &[char], at: usize) -> Option<usize> {
        let starts = text[at].is_ascii_digit() || matches!(text[at], '+' | '(');
        if !starts || at > 0 && text[at - 1].is_ascii_digit() {
            return None;
        }
        let run = text[at..].iter().take(LONGEST_PHONE).take_while(|c| c.is_ascii_digit() || !c.is_alphanumeric()).count();
        let length = text[at..at + run].iter().rposition(char::is_ascii_digit)? + 1;
        let digits: String = text[at..at + length].iter().filter(|c| c.is_ascii_digit()).collect();
        let known = self.phones.iter().any(|phone| !phone.is_empty() && digits.contains(phone.as_str()));
        known.then_some(length)
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether a value stands after `before` as a word of its own, not inside a longer one. Where `ends` says so, something else
/// that is replaced begins.
fn is_word(text: &[char], before: Range<usize>, value: &[char], ends: impl Fn(usize) -> bool) -> bool {
    let (at, end) = (before.end, before.end + value.len());
    let inside = |one: Option<&char>, other: Option<&char>| matches!((one, other), (Some(one), Some(other)) if one.is_alphanumeric() && other.is_alphanumeric());
    text.get(at..end).is_some_and(|here| here == value)
        && !inside(text[before].last(), value.first())
        && (!inside(value.last(), text.get(end)) || ends(end))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{change, record};
    use super::*;

    fn scrubbed(body: &str) -> String {
        let mut before = record();
        before.clients[0].email = Some("old@example.com".to_owned());
        let mut after = record();
        after.clients[0].first_name = "Mary Ann".to_owned();
        after.fields.insert("name".to_owned(), "Doe v. \"Big\" Roe".to_owned());
        after.extra.insert("locker".to_owned(), "7".to_owned());
        Scrubber::new(&change(Some(before), after)).words(body.as_bytes())
    }

    #[test]
    fn every_personal_value_is_replaced_by_the_name_of_its_field() {
        let said = [
            (r#"{"errors":["Cell phone '(212) 736-5000' is not valid"]}"#, "Cell phone '‹phone›' is not valid"),
            (r#"{"errors":["+1 212.736.5000 is taken by MARY ANN DOE"]}"#, "‹phone› is taken by ‹client›"),
            (r#"{"errors":["212 · 736 *** 50_00 is taken"]}"#, "‹phone› is taken"),
            ("(212) 736-5000Doe, Doe2127365000", "‹phone›‹last_name›, ‹last_name›‹phone›"),
            ("of Ma\0ry, J\u{1}ane@example.com", "of ‹first_name›, ‹email›"),
            (r#"{"errors":["doe, mary: bad"]}"#, "‹last_name›, ‹first_name›: bad"),
            (r#"{"error":"Attorney 'Lead@Acme.example' was not found"}"#, "Attorney '‹attorney_email›' was not found"),
            (r#"{"message":"old@example.com or jane@example.com"}"#, "‹email› or ‹email›"),
            (r#"{"errors":["name 'Doe v. \"Big\" Roe' is too long"]}"#, "‹name› '‹name›' is too long"),
            (r#"{"errors":["locker 7 of 77"]}"#, "locker ‹locker› of 77"),
            ("readable id 24-0001 is in use", "readable id ‹readable_id› is in use"),
        ];
        for (body, expected) in said {
            let expected = expected.replace("‹name› '", "name '");
            assert_eq!(scrubbed(body), expected, "{body}");
        }
    }

    #[test]
    fn names_of_stages_stay_and_words_are_not_torn() {
        let body = r#"{"errors":["Status 'Demand' does not exist for this practice area", "Doesn't: undoed"]}"#;
        assert_eq!(scrubbed(body), "Status 'Demand' does not exist for this practice area; Doesn't: undoed");
    }

    #[test]
    fn what_is_not_known_to_the_change_is_blotted_out_all_the_same() {
        let said = scrubbed(r#"{"errors":["taken by other@person.example, +1 415 555 0100"]}"#);
        assert!(!said.contains("other") && !said.contains("555"), "{said}");
        assert!(!scrubbed(r#"{"clients":[{"first_name":"Zoe"}]}"#).contains("Zoe"));
    }
}
