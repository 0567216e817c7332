//! Values as a firm file writes them, for sentences about an edit.

use crate::config::{
    ContactHours, DeletedRule, Drift, Existing, FieldSource, Firm, Hours, Lead, LeadMissing, Limit, NotInMap, OutOfScopeRule, PhoneKind,
    Share, Since, Who,
};
use crate::domain::NameKey;
use jiff::Span;
use jiff::civil::Weekday;
use std::collections::BTreeSet;
use std::time::Duration;

/// In quotes, as TOML writes a text.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// A text that may be empty.
pub(super) fn text(text: Option<&str>) -> String {
    quoted(text.unwrap_or_default())
}

pub(super) fn yes(yes: bool) -> String {
    yes.to_string()
}

pub(super) fn one_of(first: bool, words: [&str; 2]) -> String {
    quoted(if first { words[0] } else { words[1] })
}

pub(super) fn not_in_map(rule: NotInMap) -> String {
    quoted(match rule {
        NotInMap::SameName => "same-name",
        NotInMap::Attention => "attention",
        NotInMap::Keep => "keep",
    })
}

pub(super) fn drift(rule: Drift) -> String {
    one_of(rule == Drift::Report, ["report", "correct"])
}

pub(super) fn deleted(rule: DeletedRule) -> String {
    quoted(match rule {
        DeletedRule::Report => "report",
        DeletedRule::Close => "close",
        DeletedRule::Ignore => "ignore",
    })
}

pub(super) fn out_of_scope(rule: OutOfScopeRule) -> String {
    one_of(rule == OutOfScopeRule::Report, ["report", "close"])
}

pub(super) fn existing(existing: Option<&Existing>) -> String {
    quoted(match existing {
        None => "",
        Some(Existing::None) => "none",
        Some(Existing::List(path)) => path,
    })
}

pub(super) fn who(who: &Who) -> String {
    match who {
        Who::SoleOrBilling => quoted("sole-or-billing"),
        Who::BillingContact => quoted("billing-contact"),
        Who::Group(group) => quoted(&format!("group:{group}")),
        Who::All => quoted("all"),
    }
}

pub(super) fn phones(phones: &[PhoneKind]) -> String {
    let word = |phone: &PhoneKind| match phone {
        PhoneKind::Cell => "cell",
        PhoneKind::Home => "home",
        PhoneKind::Work => "work",
    };
    list(phones.iter().map(word))
}

pub(super) fn leads(leads: &[Lead]) -> String {
    let word = |lead: &Lead| match lead {
        Lead::LeadLawyer => "lead_lawyer",
        Lead::OriginatingLawyer => "originating_lawyer",
    };
    list(leads.iter().map(word))
}

/// The address itself is somebody's: it is not said.
pub(super) fn lead_missing(rule: &LeadMissing) -> String {
    match rule {
        LeadMissing::Attention => quoted("attention"),
        LeadMissing::Email(_) => "an address".to_owned(),
    }
}

pub(super) fn source(source: &FieldSource) -> String {
    match source {
        FieldSource::First(names) => names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", else "),
        FieldSource::Template(template) => format!("the template {template:?}"),
    }
}

pub(super) fn since(since: Since) -> String {
    match since {
        Since::Connected => quoted("connected"),
        Since::Day(day) => quoted(&day.to_string()),
        Since::Everything => quoted("everything"),
    }
}

pub(super) fn limit(limit: &Limit) -> String {
    let Limit::Bounded(Share { percent, at_least, at_most }) = limit else { return quoted("no limit") };
    let percent = percent.map(|percent| format!("{percent}%"));
    let at_least = (*at_least > 0).then(|| format!("at least {at_least}"));
    let at_most = at_most.map(|most| format!("at most {most}"));
    quoted(&[percent, at_least, at_most].into_iter().flatten().collect::<Vec<_>>().join(", "))
}

pub(super) fn duration(long: Duration) -> String {
    let seconds = long.as_secs();
    let unit = [(86_400, "day"), (3_600, "hour"), (60, "minute")].into_iter().find(|(of, _)| seconds >= *of && seconds.is_multiple_of(*of));
    let (of, word) = unit.unwrap_or((1, "second"));
    match seconds / of {
        0 => quoted("0 minutes"),
        1 => quoted(&format!("1 {word}")),
        many => quoted(&format!("{many} {word}s")),
    }
}

pub(super) fn span(span: Span) -> String {
    let parts = [
        (i64::from(span.get_years()), "year"),
        (i64::from(span.get_months()), "month"),
        (i64::from(span.get_weeks()), "week"),
        (i64::from(span.get_days()), "day"),
    ];
    let said: Vec<String> = parts.iter().filter(|(count, _)| *count != 0).map(|(count, word)| plural(*count, word)).collect();
    quoted(&if said.is_empty() { "0 days".to_owned() } else { said.join(" ") })
}

fn plural(count: i64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

pub(super) fn size(bytes: u64) -> String {
    let unit = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")].into_iter().find(|(of, _)| bytes.is_multiple_of(*of));
    let (of, word) = unit.unwrap_or((1, "bytes"));
    quoted(&format!("{} {word}", bytes / of))
}

pub(super) fn hours(hours: &ContactHours) -> String {
    let ContactHours::Within(Hours { from, until, days }) = hours else { return quoted("always") };
    let day = |day: &Weekday| match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    };
    let days: Vec<&str> = days.iter().map(day).collect();
    quoted(&format!("{}-{} {}", from.strftime("%H:%M"), until.strftime("%H:%M"), days.join(",")))
}

/// A list as TOML writes it.
pub(super) fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", words.map(quoted).collect::<Vec<_>>().join(", "))
}

/// What came to a set of names and what went, with the files' spelling; `None` when nothing did.
pub(super) fn came_and_went(
    key: &str,
    (old_firm, old): (&Firm, &BTreeSet<NameKey>),
    (new_firm, new): (&Firm, &BTreeSet<NameKey>),
) -> Option<String> {
    let spelled = |firm: &Firm, key: &NameKey| {
        let said = firm.names.iter().find(|said| NameKey::new(&said.name) == *key);
        quoted(said.map_or_else(|| key.as_str(), |said| said.name.trim()))
    };
    let came: Vec<String> = new.difference(old).map(|key| spelled(new_firm, key)).collect();
    let went: Vec<String> = old.difference(new).map(|key| spelled(old_firm, key)).collect();
    let parts = [("now has", came), ("no longer has", went)].into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<String> = parts.map(|(verb, names)| format!("{verb} {}", names.join(", "))).collect();
    (!parts.is_empty()).then(|| format!("{key} {}", parts.join(" and ")))
}

/// The same of things that are only counted; `None` when nothing changed.
pub(super) fn more_and_fewer<T: Ord>(key: &str, what: [&str; 2], old: &BTreeSet<T>, new: &BTreeSet<T>) -> Option<String> {
    let word = |count: usize| what[usize::from(count != 1)];
    let (came, went) = (new.difference(old).count(), old.difference(new).count());
    match (came, went) {
        (0, 0) => None,
        (came, 0) => Some(format!("{key} has {came} {} more", word(came))),
        (0, went) => Some(format!("{key} has {went} {} fewer", word(went))),
        (came, went) => Some(format!("{key} has {came} {} more and {went} fewer", word(came))),
    }
}
