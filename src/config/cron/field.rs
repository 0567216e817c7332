//! One field of a cron line: numbers, names, ranges (also over the end), steps and lists, as a set of numbers.

use super::CronError;

/// Which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
}

/// The numbers of a field.
pub(super) struct Field {
    kind: FieldKind,
    numbers: Vec<bool>,
    /// Whether it limits anything: as in Vixie cron, a field that starts with `*` does not count as given.
    pub(super) restricted: bool,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl FieldKind {
    fn name(self) -> &'static str {
        match self {
            FieldKind::Minute => "minute",
            FieldKind::Hour => "hour",
            FieldKind::Day => "day of the month",
            FieldKind::Month => "month",
            FieldKind::Weekday => "day of the week",
        }
    }

    /// First and last number; Sunday is 0 (7 is read as 0).
    fn bounds(self) -> (u32, u32) {
        match self {
            FieldKind::Minute => (0, 59),
            FieldKind::Hour => (0, 23),
            FieldKind::Day => (1, 31),
            FieldKind::Month => (1, 12),
            FieldKind::Weekday => (0, 6),
        }
    }

    fn words(self) -> &'static str {
        match self {
            FieldKind::Minute => "0 to 59",
            FieldKind::Hour => "0 to 23",
            FieldKind::Day => "1 to 31",
            FieldKind::Month => "1 to 12 or JAN to DEC",
            FieldKind::Weekday => "0 to 7 (0 and 7 are Sunday) or SUN to SAT",
        }
    }

    fn number(self, word: &str) -> Option<u32> {
        let lower = word.to_ascii_lowercase();
        let names: &[&str] = match self {
            FieldKind::Month => &MONTHS,
            FieldKind::Weekday => &DAYS,
            _ => &[],
        };
        if let Some(at) = names.iter().position(|name| *name == lower) {
            return Some(at as u32 + self.bounds().0);
        }
        let digits = !lower.is_empty() && lower.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = digits.then(|| lower.parse().ok())??;
        let (first, last) = self.bounds();
        let last = if self == FieldKind::Weekday { 7 } else { last };
        (first..=last).contains(&number).then_some(number)
    }
}

impl Field {
    pub(super) fn parse(text: &str, kind: FieldKind) -> Result<Field, CronError> {
        let mut field = Field { kind, numbers: vec![false; 60], restricted: !text.starts_with('*') };
        for part in text.split(',') {
            field.add(part).map_err(|why| CronError::Field { field: kind.name(), value: text.to_owned(), why })?;
        }
        Ok(field)
    }

    fn add(&mut self, part: &str) -> Result<(), String> {
        let (first, last) = self.kind.bounds();
        let size = last - first + 1;
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let every = match step {
            None => 1,
            Some(step) => step.parse::<u32>().ok().filter(|step| (1..=size).contains(step)).ok_or_else(|| {
                format!("the step behind \"/\" must be a number from 1 to {size}; what is wanted less often goes into the next field")
            })?,
        };
        let one = |word: &str| {
            self.kind.number(word).ok_or_else(|| match word {
                "" => "a number is missing".to_owned(),
                _ => format!("{word:?} is not one of {}", self.kind.words()),
            })
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (first, last),
            (_, Some((from, to))) => (one(from)?, one(to)?),
            (_, None) if step.is_some() => (one(range)?, last),
            (_, None) => (one(range)?, one(range)?),
        };
        // 0-7 and SUN-7 are whole weeks; FRI-MON, 22-2 and NOV-FEB run over the end.
        let length = if from <= to { to - from } else { to + size - from };
        for at in (0..=length).step_by(every as usize) {
            let number = first + (from + at - first) % size;
            self.numbers[number as usize] = true;
        }
        Ok(())
    }

    /// The field in the crate's words: `*` or a list; days of the week by name, as its numbers start at Sunday = 1.
    pub(super) fn list(&self) -> String {
        let (first, last) = self.kind.bounds();
        let numbers: Vec<u32> = (first..=last).filter(|number| self.numbers[*number as usize]).collect();
        if numbers.len() as u32 == last - first + 1 {
            return "*".to_owned();
        }
        let word = |number: &u32| match self.kind {
            FieldKind::Weekday => DAYS[*number as usize].to_ascii_uppercase(),
            _ => number.to_string(),
        };
        numbers.iter().map(word).collect::<Vec<_>>().join(",")
    }
}
