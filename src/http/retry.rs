//! When to try again: (attempt, outcome, now) -> wait or give up. Pure; chance and time are arguments.

use super::call::Repeat;
use super::date::http_date;
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::Timestamp;
use std::time::Duration;

/// Tries in all when the vendor says "too many requests".
const LIMITED_TRIES: u32 = 6;
/// Tries in all of a harmless request that fails otherwise.
const HARMLESS_TRIES: u32 = 4;
/// No vendor may make us wait longer in one go; a longer wait is the next run's business.
const LONGEST_TOLD: Duration = Duration::from_secs(120);
/// First wait when nobody tells one; doubles with each try.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait when nobody tells one.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How one try ended, when not with a usable answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// 429: no effect.
    Limited {
        /// What `Retry-After` says.
        told: Option<Duration>,
    },
    /// It never left.
    NotSent,
    /// Sent; effect unknown. A 503 may tell when to come back.
    Unknown {
        /// What `Retry-After` says.
        told: Option<Duration>,
    },
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Try again after this long.
    Wait(Duration),
    /// Report it.
    GiveUp,
}

/// What to do after try number `attempt` (from 1). `chance` is in 0..1 and spreads the waits.
pub(super) fn next(attempt: u32, outcome: Outcome, repeat: Repeat, chance: f64) -> Next {
    let (tries, told) = match (outcome, repeat) {
        (Outcome::Limited { told }, _) => (LIMITED_TRIES, told),
        (Outcome::NotSent, Repeat::Harmless) => (HARMLESS_TRIES, None),
        (Outcome::Unknown { told }, Repeat::Harmless) => (HARMLESS_TRIES, told),
        (Outcome::NotSent | Outcome::Unknown { .. }, Repeat::Never) => return Next::GiveUp,
    };
    if attempt >= tries {
        return Next::GiveUp;
    }
    // One told wait of zero, or one in the past, must not become a loop without pause.
    let floor = Duration::from_millis(100);
    Next::Wait(told.map_or_else(|| backoff(attempt, chance), |told| told.max(floor)))
}

/// The doubling wait with its jitter: between half and the whole.
fn backoff(attempt: u32, chance: f64) -> Duration {
    let whole = FIRST_WAIT.saturating_mul(2u32.saturating_pow(attempt)).min(LONGEST_WAIT);
    whole.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

/// What `Retry-After` says (RFC 9110 §10.2.3: seconds or a date), at most two minutes. A date is measured from the answer's own
/// `Date`, so that a clock that is wrong here does not matter; `now` serves when there is none.
pub(super) fn told(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?;
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let seconds = seconds.clamp(0.0, LONGEST_TOLD.as_secs_f64());
        return (!seconds.is_nan()).then(|| Duration::from_secs_f64(seconds));
    }
    let until = http_date(value)?;
    let from = headers.get(DATE).and_then(http_date).unwrap_or(now);
    let wait = Duration::try_from(until.duration_since(from)).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST_TOLD))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn heads(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn too_many_requests_waits_as_told_and_gives_up_after_six_tries() {
        let told = Outcome::Limited { told: Some(Duration::from_secs(7)) };
        for repeat in [Repeat::Harmless, Repeat::Never] {
            assert_eq!(next(1, told, repeat, 0.3), Next::Wait(Duration::from_secs(7)));
            assert_eq!(next(5, told, repeat, 0.3), Next::Wait(Duration::from_secs(7)));
            assert_eq!(next(6, told, repeat, 0.3), Next::GiveUp);
        }
    }

    #[test]
    fn waits_double_and_stay_between_half_and_whole() {
        let limited = Outcome::Limited { told: None };
        for (attempt, whole) in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 16.0)] {
            assert_eq!(next(attempt, limited, Repeat::Never, 1.0), Next::Wait(Duration::from_secs_f64(whole)));
            assert_eq!(next(attempt, limited, Repeat::Never, 0.0), Next::Wait(Duration::from_secs_f64(whole / 2.0)));
        }
    }

    #[test]
    fn what_could_do_harm_twice_is_never_repeated_by_itself() {
        let unknown = Outcome::Unknown { told: Some(Duration::from_secs(1)) };
        assert_eq!(next(1, unknown, Repeat::Never, 0.5), Next::GiveUp);
        assert_eq!(next(1, Outcome::NotSent, Repeat::Never, 0.5), Next::GiveUp);
        assert_eq!(next(3, unknown, Repeat::Harmless, 0.5), Next::Wait(Duration::from_secs(1)));
        assert_eq!(next(4, unknown, Repeat::Harmless, 0.5), Next::GiveUp);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_more_than_two_minutes() {
        let now = "2026-11-23T15:00:00Z".parse().unwrap();
        let seconds = |pairs| told(&heads(pairs), now).map(|wait| wait.as_secs_f64());
        assert_eq!(seconds(&[("retry-after", "3")]), Some(3.0));
        assert_eq!(seconds(&[("retry-after", " 1.5 ")]), Some(1.5));
        assert_eq!(seconds(&[("retry-after", "86400")]), Some(120.0));
        assert_eq!(seconds(&[("retry-after", "-5")]), Some(0.0));
        assert_eq!(seconds(&[("retry-after", "NaN")]), None);
        assert_eq!(seconds(&[("retry-after", "Mon, 23 Nov 2026 15:00:09 GMT")]), Some(9.0));
        assert_eq!(seconds(&[("retry-after", "Mon, 23 Nov 2026 14:00:00 GMT")]), Some(0.0));
        let skewed = [("retry-after", "Mon, 23 Nov 2026 18:00:04 GMT"), ("date", "Mon, 23 Nov 2026 18:00:00 GMT")];
        assert_eq!(seconds(&skewed), Some(4.0));
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[]), None);
    }
}
