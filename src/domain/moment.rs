//! Moments as vendors write them: with an offset, with a blank before it, without one, or a day alone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// A moment; what bears no offset is UTC, a day alone its midnight there. `None` when it is none.
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Some(at) = usual(text.as_bytes()) {
        return Some(at);
    }
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    // "2023-02-13 17:16:19 UTC" and "... -0500": a blank before the offset.
    if let Some((time, zone)) = text.rsplit_once(' ').filter(|(time, _)| time.len() > 10) {
        let zone = if matches!(zone, "UTC" | "GMT" | "Z") { "Z" } else { zone };
        if let Ok(at) = format!("{time}{zone}").parse() {
            return Some(at);
        }
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// As nearly all vendors write nearly all of them: `2026-03-02T12:00:00Z`. A run over 100,000 cases reads 600,000, and the parser
/// takes several times as long.
fn usual(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; 20] = text.try_into().ok()?;
    if [text[10], text[13], text[16], text[19]] != *b"T::Z" {
        return None;
    }
    let (hour, minute, second) = (two(text[11], text[12])?, two(text[14], text[15])?, two(text[17], text[18])?);
    let day = usual_day(text.first_chunk()?)?;
    let civil = DateTime::new(day.year(), day.month(), day.day(), hour, minute, second, 0).ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

/// `2026-03-02`, as it is written in nearly all places; what is written otherwise, or is no day, is `None` here.
pub(crate) fn usual_day(text: &[u8; 10]) -> Option<Date> {
    if [text[4], text[7]] != *b"--" {
        return None;
    }
    let year = i16::from(two(text[0], text[1])?) * 100 + i16::from(two(text[2], text[3])?);
    Date::new(year, two(text[5], text[6])?, two(text[8], text[9])?).ok()
}

fn two(ten: u8, one: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| (byte - b'0') as i8);
    Some(digit(ten)? * 10 + digit(one)?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_however_it_is_written() {
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let ways = [
            "2026-03-02T12:00:00Z",
            "2026-03-02T07:00:00-05:00",
            "2026-03-02 12:00:00 UTC",
            "2026-03-02 07:00:00 -0500",
            "2026-03-02T12:00:00",
        ];
        assert!(ways.iter().all(|way| moment(way) == Some(noon)), "{:?}", ways.map(moment));
        assert_eq!(moment("2026-03-02"), Some("2026-03-02T00:00:00Z".parse().unwrap()));
        for at in ["2026-03-02T12:00:60Z", "0000-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "9999-12-30T22:00:00Z"] {
            assert_eq!(moment(at), at.parse().ok(), "{at}");
        }
        for none in ["2026-02-29T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T12:61:00Z", "2026-13-02T12:00:00Z"] {
            assert_eq!((moment(none), none.parse::<Timestamp>().ok()), (None, None), "{none}");
        }
        assert!(["", "yesterday", "12"].iter().all(|way| moment(way).is_none()));
    }
}
