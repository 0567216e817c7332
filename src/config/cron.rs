//! Five-field cron as on Unix, in a zone, over the `cron` crate: day numbers, days of month or week, daylight saving.
//!
//! The crate runs on civil time only; what a civil time means in the zone is decided here (see [`Cron::next_after`]).
//! It must not read a clock: `now` is an argument.

mod field;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use field::{Field, FieldKind};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// How far before and after a moment civil times are looked at: more than any daylight-saving shift in use.
const MARGIN: SignedDuration = SignedDuration::from_hours(3);

/// A schedule that has at least one next time. Cheap to clone: the file and each lane of its firm hold it.
#[derive(Debug, Clone)]
pub struct Cron {
    text: Arc<str>,
    zone: TimeZone,
    every_hour: bool,
    /// One schedule; two when a day of the month and a day of the week are both given (either counts).
    schedules: Arc<[cron::Schedule]>,
}

/// Why a line is no schedule; a sentence for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error("a schedule has five fields (minute hour day-of-month month day-of-week), but {0:?} has {1}")]
    Fields(String, usize),
    /// Six or seven fields of numbers.
    #[error("{0:?} has {1} fields: leave out the seconds and the year; a schedule starts with the minute")]
    Seconds(String, usize),
    /// `@daily` and its like.
    #[error("{0:?} is a nickname: write the five fields, e.g. \"0 3 * * *\" for every night at three")]
    Nickname(String),
    /// A field that cannot be read.
    #[error("{value:?} is no {field}: {why}")]
    Field {
        /// The field's name, e.g. "minute".
        field: &'static str,
        /// What was written.
        value: String,
        /// What is wrong.
        why: String,
    },
    /// The word behind the five fields is no zone.
    #[error("{0:?} is no time zone: write one like \"UTC\" or \"America/New_York\" behind the five fields, or nothing")]
    Zone(String),
    /// There is no such day.
    #[error("{0:?} never comes: no year has such a day")]
    Never(String),
}

impl Cron {
    /// Reads a line; `zone` holds unless the line names one behind its five fields.
    pub fn parse(line: &str, zone: &TimeZone) -> Result<Cron, CronError> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let text = words.join(" ");
        if words.first().is_some_and(|word| word.starts_with('@')) {
            return Err(CronError::Nickname(text));
        }
        let zone = match words.len() {
            5 => zone.clone(),
            6 | 7 if words[5].chars().all(|c| !c.is_alphabetic()) || words.len() == 7 => {
                return Err(CronError::Seconds(text, words.len()));
            }
            6 => super::zone::find(words[5]).ok_or_else(|| CronError::Zone(words[5].to_owned()))?,
            count => return Err(CronError::Fields(text, count)),
        };
        let field = |at: usize, kind| Field::parse(words[at], kind);
        let minute = field(0, FieldKind::Minute)?;
        let hour = field(1, FieldKind::Hour)?;
        let day = field(2, FieldKind::Day)?;
        let month = field(3, FieldKind::Month)?;
        let weekday = field(4, FieldKind::Weekday)?;
        let days = match (day.restricted, weekday.restricted) {
            (true, true) => vec![(day.list(), "*".to_owned()), ("*".to_owned(), weekday.list())],
            _ => vec![(day.list(), weekday.list())],
        };
        let made = days.iter().map(|(day, weekday)| format!("0 {} {} {day} {} {weekday}", minute.list(), hour.list(), month.list()));
        let schedules = shared(made.collect()).map_err(|_| CronError::Never(text.clone()))?;
        let cron = Cron { text: text.into(), zone, every_hour: hour.list() == "*", schedules };
        // Whatever fires at all fires within eight years (29 February), so this start decides for every other.
        let start = Timestamp::from_second(1_704_067_200).unwrap_or(Timestamp::UNIX_EPOCH);
        cron.next_after(start).ok_or(CronError::Never(cron.text.to_string())).map(|_| cron)
    }

    /// The line as written, blanks tidied.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The zone the line is meant in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first time after `after`; always later than it, and never earlier for a later `after`. `None` past 2100.
    ///
    /// When clocks go forward, a time that does not exist comes as much later as the clocks jumped, once. When they go
    /// back, a time that comes twice is taken once, the first time. A schedule of every hour (`*` in the hour field)
    /// counts real hours instead: it runs in both of the doubled hours, and nothing is moved out of the missing one.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let local = self.zone.to_datetime(after);
        let mut best: Option<Timestamp> = None;
        let mut end: Option<DateTime> = None;
        for civil in self.civil_times(local.checked_sub(MARGIN).ok()?) {
            if end.is_some_and(|end| civil > end) {
                break;
            }
            let found = self.moments(civil).into_iter().flatten().filter(|moment| *moment > after).min();
            let Some(found) = found else { continue };
            if best.is_none_or(|best| found < best) {
                best = Some(found);
                end = self.zone.to_datetime(found).checked_add(MARGIN).ok();
            }
        }
        best
    }

    /// What a civil time of the schedule means: none, one or two moments.
    fn moments(&self, civil: DateTime) -> [Option<Timestamp>; 2] {
        use jiff::tz::AmbiguousOffset;
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        match (ambiguous.offset(), self.every_hour) {
            (AmbiguousOffset::Gap { .. }, true) => [None, None],
            (AmbiguousOffset::Fold { .. }, true) => [ambiguous.earlier().ok(), ambiguous.later().ok()],
            _ => [ambiguous.compatible().ok(), None],
        }
    }

    /// The schedule's civil times after `start`, in order.
    fn civil_times(&self, start: DateTime) -> impl Iterator<Item = DateTime> {
        let dressed = dress(start);
        let mut sources: Vec<_> =
            self.schedules.iter().filter_map(|schedule| Some(schedule.after(&dressed?).map(undress).peekable())).collect();
        std::iter::from_fn(move || {
            let next = sources.iter_mut().filter_map(|source| source.peek().copied().flatten()).min()?;
            for source in &mut sources {
                source.next_if_eq(&Some(next));
            }
            Some(next)
        })
    }
}

/// A civil time dressed as UTC, the only form the crate can run on without its daylight-saving faults.
fn dress(civil: DateTime) -> Option<chrono::DateTime<chrono::Utc>> {
    let second = TimeZone::UTC.to_timestamp(civil).ok()?.as_second();
    chrono::DateTime::from_timestamp(second, 0)
}

fn undress(dressed: chrono::DateTime<chrono::Utc>) -> Option<DateTime> {
    Timestamp::from_second(dressed.timestamp()).ok().map(|moment| TimeZone::UTC.to_datetime(moment))
}

/// The schedules of the crate's own lines. Most firms have the same lines and a schedule is a kilobyte, so those in use are
/// shared by all.
fn shared(lines: Vec<String>) -> Result<Arc<[cron::Schedule]>, cron::error::Error> {
    static IN_USE: Mutex<BTreeMap<Vec<String>, Weak<[cron::Schedule]>>> = Mutex::new(BTreeMap::new());
    let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = in_use.get(&lines).and_then(Weak::upgrade) {
        return Ok(known);
    }
    let made: Arc<[cron::Schedule]> = lines.iter().map(|line| line.parse()).collect::<Result<_, _>>()?;
    in_use.retain(|_, schedules| schedules.strong_count() > 0);
    in_use.insert(lines, Arc::downgrade(&made));
    Ok(made)
}
