//! Small texts with a meaning: lengths of time, sizes, limits, hours, days. Each error is the help sentence.

use super::{ContactHours, Hours, Limit, Share, Since};
use jiff::Span;
use jiff::civil::{Date, Time, Weekday};
use std::time::Duration;

/// A number and a word, e.g. `30 minutes`.
fn number_and_word(text: &str) -> Option<(u32, String)> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let number = text[..split].parse().ok()?;
    let word = text[split..].trim().to_lowercase();
    Some((number, word.strip_suffix('s').filter(|word| word.len() > 1).unwrap_or(&word).to_owned()))
}

/// A length of time in days or shorter units: "0 minutes", "2 hours", "1 day".
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let help = "write a number and seconds, minutes, hours, days or weeks, e.g. \"30 minutes\"";
    let (number, word) = number_and_word(text).ok_or(help)?;
    let seconds: u64 = match word.as_str() {
        "second" | "sec" => 1,
        "minute" | "min" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 604_800,
        _ => return Err(help.to_owned()),
    };
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// A length of time on the calendar: "10 years", "12 months", "30 days".
pub(crate) fn span(text: &str) -> Result<Span, String> {
    let help = "write a number and days, weeks, months or years, e.g. \"12 months\"";
    let (number, word) = number_and_word(text).ok_or(help)?;
    let number = i64::from(number);
    let span = Span::new();
    let made = match word.as_str() {
        "day" => span.try_days(number),
        "week" => span.try_weeks(number),
        "month" => span.try_months(number),
        "year" => span.try_years(number),
        _ => return Err(help.to_owned()),
    };
    // A hundred years reach back beyond every case; more would leave the calendar.
    match made {
        Ok(made) if within_a_century(&word, number) => Ok(made),
        _ => Err("write at most \"100 years\"".to_owned()),
    }
}

fn within_a_century(word: &str, number: i64) -> bool {
    let days = match word {
        "day" => 1,
        "week" => 7,
        "month" => 30,
        _ => 365,
    };
    number.saturating_mul(days) <= 36_500
}

/// Bytes: "250 MB", "1 GB" (powers of ten), "64 MiB" (powers of two).
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let help = "write a number and KB, MB or GB, e.g. \"250 MB\"";
    let (number, word) = number_and_word(text).ok_or(help)?;
    let unit: u64 = match word.as_str() {
        "b" | "byte" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(help.to_owned()),
    };
    match u64::from(number) * unit {
        0 => Err("no file is that small; write e.g. \"250 MB\"".to_owned()),
        bytes => Ok(bytes),
    }
}

/// A limit: "10%, at least 5, at most 50", "at most 5", "no limit".
pub(crate) fn limit(text: &str) -> Result<Limit, String> {
    let help = "write \"no limit\", \"at most 5\", or a share with bounds: \"10%, at least 5, at most 50\"";
    let text = text.trim().to_lowercase();
    if text == "no limit" {
        return Ok(Limit::None);
    }
    let mut share = Share { percent: None, at_least: 0, at_most: None };
    let mut least = None;
    for part in text.split(',').map(str::trim) {
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| help.to_owned());
        if let Some(percent) = part.strip_suffix('%') {
            let percent: f64 = percent.trim().parse().map_err(|_| help.to_owned())?;
            if !(0.0..=100.0).contains(&percent) || share.percent.is_some() {
                return Err("a share lies between 0% and 100%".to_owned());
            }
            share.percent = Some(percent);
        } else if let Some(rest) = part.strip_prefix("at least ").filter(|_| least.is_none()) {
            least = Some(number(rest)?);
        } else if let Some(rest) = part.strip_prefix("at most ").filter(|_| share.at_most.is_none()) {
            share.at_most = Some(number(rest)?);
        } else {
            return Err(help.to_owned());
        }
    }
    share.at_least = least.unwrap_or(0);
    match (share.percent, share.at_most) {
        (None, None) => Err(help.to_owned()),
        (_, Some(most)) if most < share.at_least => Err(format!("\"at most {most}\" is less than \"at least {}\"", share.at_least)),
        _ => Ok(Limit::Bounded(share)),
    }
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Contact hours: "always", "08:00-20:00", "08:00-20:00 mon-sat", "09:00-17:00 mon,wed,fri".
pub(crate) fn contact_hours(text: &str) -> Result<ContactHours, String> {
    let help = "write \"always\" or hours and days like \"08:00-20:00 mon-sat\"";
    let text = text.trim().to_lowercase();
    if text == "always" {
        return Ok(ContactHours::Always);
    }
    let (hours, days) = text.split_once(' ').unwrap_or((&text, "mon-sun"));
    let (from, until) = hours.split_once('-').ok_or(help)?;
    let (from, until) = (time(from).ok_or(help)?, time(until).ok_or(help)?);
    if from == until {
        return Err("the hours begin and end at the same time; write \"always\" if that is meant".to_owned());
    }
    let days = days.trim().split(',').map(|part| weekdays(part.trim())).collect::<Option<Vec<_>>>().ok_or(help)?;
    let days: Vec<usize> = days.into_iter().flatten().collect();
    let listed = DAYS.iter().enumerate().filter(|(at, _)| days.contains(at)).map(|(_, (_, day))| *day);
    Ok(ContactHours::Within(Hours { from, until, days: listed.collect() }))
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (hour.parse::<i8>().ok()?, (minute.len() == 2).then(|| minute.parse::<i8>().ok())??);
    // "24:00" is the end of a day; as the first minute after the hours it is the next day's 00:00.
    Time::new(if (hour, minute) == (24, 0) { 0 } else { hour }, minute, 0, 0).ok()
}

fn weekdays(part: &str) -> Option<Vec<usize>> {
    let day = |word: &str| DAYS.iter().position(|(name, _)| word.len() >= 3 && word.starts_with(name));
    match part.split_once('-') {
        None => Some(vec![day(part)?]),
        Some((from, to)) => {
            let (from, to) = (day(from.trim())?, day(to.trim())?);
            let length = (to + 7 - from) % 7;
            Some((0..=length).map(|step| (from + step) % 7).collect())
        }
    }
}

/// "connected", "everything" or a day.
pub(crate) fn since(text: &str) -> Result<Since, String> {
    match text.trim() {
        "connected" => Ok(Since::Connected),
        "everything" => Ok(Since::Everything),
        day => {
            day.parse::<Date>().map(Since::Day).map_err(|_| "write \"connected\", a date like \"2026-01-31\", or \"everything\"".to_owned())
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_a_number_and_a_word() {
        assert_eq!(duration("30 minutes"), Ok(Duration::from_secs(1800)));
        assert_eq!(duration("1 day"), Ok(Duration::from_secs(86_400)));
        assert_eq!(duration("0 minutes"), Ok(Duration::ZERO));
        for wrong in ["", "30", "minutes", "-5 minutes", "10 years", "1.5 hours", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(span("10 years").unwrap().get_years(), 10);
        for wrong in ["12", "forever", "30 minutes", "900 years", "4000000000 days"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_and_days_are_read_or_refused() {
        assert_eq!(size("250 MB"), Ok(250_000_000));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert!(size("250").is_err() && size("0 MB").is_err() && size("many").is_err());
        assert_eq!(since("2026-01-31"), Ok(Since::Day("2026-01-31".parse().unwrap())));
        assert!(since("31.01.2026").is_err());
    }

    #[test]
    fn limits_are_a_share_with_bounds_a_number_or_none() {
        let share = limit("10%, at least 5, at most 50").unwrap();
        assert_eq!([10, 100, 10_000].map(|open| share.allows(open)), [Some(5), Some(10), Some(50)]);
        assert_eq!(limit("at most 5").unwrap().allows(1000), Some(5));
        assert_eq!(limit("no limit"), Ok(Limit::None));
        for wrong in ["", "10", "110%", "at least 5", "at least 9, at most 3", "5%, 6%", "a few"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn contact_hours_name_hours_and_days() {
        let ContactHours::Within(hours) = contact_hours("08:00-20:00 mon-sat").unwrap() else { panic!("hours") };
        assert_eq!((hours.from.hour(), hours.until.hour(), hours.days.len()), (8, 20, 6));
        let ContactHours::Within(hours) = contact_hours("09:00-17:30 fri-mon,wed").unwrap() else { panic!("hours") };
        assert_eq!(hours.days.len(), 5);
        for wrong in ["", "8-20", "08:00-20:00 weekdays", "08:00-08:00", "25:00-26:00", "08:00"] {
            assert!(contact_hours(wrong).is_err(), "{wrong}");
        }
    }
}
