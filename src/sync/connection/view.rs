//! How a firm's connection stands, from its state alone: when it is renewed, when it ends, what is wrong with it.

use crate::config::Firm;
use crate::domain::Tokens;
use crate::store::{Connected, ConnectionBroken, PersonInactive, PortalKeyRefused, RefreshTrouble, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest an idle pair is left alone; refresh tokens live two weeks (MyCase: Getting-Started).
const IDLE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How long a pair can be renewed after it was received (MyCase: Getting-Started).
const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A pair is not renewed sooner after it came, whatever its life.
const AT_LEAST: SignedDuration = SignedDuration::from_secs(30);
/// A moment further ahead than this is none that a right clock has seen.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);
/// Waits after the first failures; the last one goes on.
const BACKOFF: [SignedDuration; 5] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(6),
];
/// The days before the end at which it is said that it comes; 0 is the end itself.
const WARNINGS: [u8; 4] = [0, 1, 3, 7];

/// The connection to MyCase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// Tokens are there and were taken.
    Connected,
    /// Never connected, or disconnected.
    NotConnected,
    /// MyCase refused the tokens: a person must connect again.
    Reconnect,
}

/// How the connection stands, from the state alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionView {
    /// In one word.
    pub connection: Connection,
    /// Since when somebody's permission is in use.
    pub since: Option<Timestamp>,
    /// When the two weeks end unless the pair is renewed before; `None` unless connected.
    pub ends_at: Option<Timestamp>,
    /// At most so many days are left: 7, 3, 1; 0 when they are over and MyCase has not refused yet.
    pub warn_days: Option<u8>,
    /// When the pair is renewed next; `None` unless connected.
    pub renew_at: Option<Timestamp>,
    /// Renewing keeps failing.
    pub trouble: Option<RefreshTrouble>,
    /// MyCase refused: a person must connect again.
    pub broken: Option<ConnectionBroken>,
    /// The person who connected is no longer active in MyCase.
    pub person_inactive: bool,
    /// The portal does not accept the key: what it said.
    pub portal_key_refused: Option<String>,
}

/// When a pair is to be renewed: at half its access token's life, at the latest after three days; while that fails, 5 minutes,
/// 15 minutes, 1 hour, 3 hours after the last try, then every 6 hours.
pub fn renewal_due(tokens: &Tokens, trouble: Option<&RefreshTrouble>) -> Timestamp {
    let (from, wait) = match trouble {
        None => {
            let life = tokens.expires_at.duration_since(tokens.obtained_at);
            (tokens.obtained_at, (life / 2).min(IDLE).max(AT_LEAST))
        }
        Some(trouble) => {
            let step = usize::try_from(trouble.tries.saturating_sub(1)).unwrap_or(usize::MAX).min(BACKOFF.len() - 1);
            (trouble.last_try, BACKOFF[step])
        }
    };
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// The same, at `now`: what is said to have happened in the future was written under a wrong clock, and is due.
fn due_at(tokens: &Tokens, trouble: Option<&RefreshTrouble>, now: Timestamp) -> Timestamp {
    let last = trouble.map_or(tokens.obtained_at, |trouble| trouble.last_try);
    if last.duration_since(now) > CLOCKS_DIFFER { now } else { renewal_due(tokens, trouble) }
}

/// How the connection stands at `now`; asks nobody.
pub fn connection_view(store: &Store, now: Timestamp) -> Result<ConnectionView, StoreError> {
    let (tokens, broken, trouble) = (store.tokens()?, store.meta::<ConnectionBroken>()?, store.meta::<RefreshTrouble>()?);
    let connection = match (&broken, &tokens) {
        (Some(_), _) => Connection::Reconnect,
        (None, Some(_)) => Connection::Connected,
        (None, None) => Connection::NotConnected,
    };
    let there = connection != Connection::NotConnected;
    let live = tokens.as_ref().filter(|_| connection == Connection::Connected);
    let ends_at = live.map(|tokens| tokens.obtained_at.checked_add(REFRESH_LIFE).unwrap_or(Timestamp::MAX));
    Ok(ConnectionView {
        connection,
        since: store.meta::<Connected>()?.map(|connected| connected.at).filter(|_| there),
        ends_at,
        warn_days: ends_at.and_then(|ends_at| step_reached(ends_at, now)),
        renew_at: live.map(|tokens| due_at(tokens, trouble.as_ref(), now)),
        trouble: trouble.filter(|_| live.is_some()),
        broken,
        person_inactive: there && store.meta::<PersonInactive>()?.is_some(),
        portal_key_refused: store.meta::<PortalKeyRefused>()?.map(|refused| refused.text),
    })
}

/// Which of the warnings' days is reached.
fn step_reached(ends_at: Timestamp, now: Timestamp) -> Option<u8> {
    let left = ends_at.duration_since(now);
    WARNINGS.into_iter().find(|days| left <= SignedDuration::from_hours(24 * i64::from(*days)))
}

impl ConnectionView {
    /// What people should read of it, one sentence each; times in the firm's zone.
    pub fn notes(&self, firm: &Firm) -> Vec<String> {
        let id = &firm.id;
        let at = |at: Timestamp| at.to_zoned(firm.time_zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
        let ends = self.ends_at.zip(self.warn_days).map(|(ends_at, days)| warning(days, &at(ends_at), id.as_str()));
        let trouble = self.trouble.as_ref().map(|trouble| {
            let again = self.renew_at.map(|again| format!("; it is tried again at {}", at(again))).unwrap_or_default();
            let times = if trouble.tries == 1 { "once".to_owned() } else { format!("{} times", trouble.tries) };
            format!("renewing the connection to MyCase has failed {times} since {}: {}{again}", at(trouble.since), trouble.text)
        });
        let person = self.person_inactive.then(|| person_words(id.as_str()));
        let key = self.portal_key_refused.as_ref().map(|text| key_words(&firm.portal.profile.title, text));
        [ends, trouble, person, key].into_iter().flatten().collect()
    }
}

/// That the connection will end.
pub(super) fn warning(days: u8, end: &str, firm: &str) -> String {
    match days {
        0 => format!(
            "the two weeks in which MyCase lets the connection be renewed were over at {end}; it is still tried, but most likely \
a person has to allow access again: casebridge connect {firm}"
        ),
        days => format!(
            "the connection to MyCase ends at {end}, in {} or less, unless it is renewed before; `casebridge connect {firm}` starts it anew",
            if days == 1 { "a day".to_owned() } else { format!("{days} days") }
        ),
    }
}

/// That the person who connected has left.
pub(super) fn person_words(firm: &str) -> String {
    format!(
        "the person who connected is no longer an active user of MyCase, so MyCase may end the connection any day: \
let somebody whose account stays active run `casebridge connect {firm}`"
    )
}

/// That the portal wants another key.
fn key_words(portal: &str, text: &str) -> String {
    format!("{portal} does not accept the key, so nothing reaches it until it has a good one (portal.api_key in the firm's file): {text}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use jiff::ToSpan;

    fn tokens(life: SignedDuration) -> Tokens {
        let obtained_at: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        let (access, refresh) = ("a".to_owned(), "r".to_owned());
        Tokens { access, refresh, obtained_at, expires_at: obtained_at + life, firm_uuid: None }
    }

    fn waits(life: SignedDuration) -> SignedDuration {
        let tokens = tokens(life);
        renewal_due(&tokens, None).duration_since(tokens.obtained_at)
    }

    #[test]
    fn a_pair_is_renewed_at_half_its_life_and_at_the_latest_after_three_days() {
        assert_eq!(waits(SignedDuration::from_hours(24)), SignedDuration::from_hours(12));
        assert_eq!(waits(SignedDuration::from_hours(24 * 30)), SignedDuration::from_hours(72));
        assert_eq!(waits(SignedDuration::from_secs(60)), SignedDuration::from_secs(30));
        for odd in [0, 1, -5] {
            assert_eq!(waits(SignedDuration::from_secs(odd)), SignedDuration::from_secs(30), "{odd}");
        }
    }

    #[test]
    fn a_renewal_that_fails_is_tried_again_ever_later_and_at_least_every_six_hours() {
        let tokens = tokens(SignedDuration::from_hours(24));
        let last_try: Timestamp = "2026-11-24T03:00:00Z".parse().unwrap();
        let wait = |tries| {
            let trouble = RefreshTrouble { since: last_try, last_try, tries, text: String::new() };
            renewal_due(&tokens, Some(&trouble)).duration_since(last_try).as_mins()
        };
        assert_eq!([1, 2, 3, 4, 5, 6, 5000].map(wait), [5, 15, 60, 180, 360, 360, 360]);
        assert_eq!(wait(0), 5);
    }

    #[test]
    fn what_was_received_in_the_future_is_due_now() {
        let tokens = tokens(SignedDuration::from_hours(24));
        let put_back = tokens.obtained_at - 800.hours();
        assert_eq!(due_at(&tokens, None, put_back), put_back);
        assert_eq!(due_at(&tokens, None, tokens.obtained_at - 1.minute()), tokens.obtained_at + 12.hours());
    }

    #[test]
    fn the_end_is_announced_seven_three_and_one_day_before() {
        let end: Timestamp = "2026-12-07T15:00:00Z".parse().unwrap();
        let reached = |left: jiff::Span| step_reached(end, end - left);
        assert_eq!(reached((24 * 8).hours()), None);
        assert_eq!(reached((24 * 7).hours()), Some(7));
        assert_eq!(reached((24 * 4).hours()), Some(7));
        assert_eq!(reached((24 * 3).hours()), Some(3));
        assert_eq!(reached(24.hours()), Some(1));
        assert_eq!(reached(1.minute()), Some(1));
        assert_eq!(reached(0.hours()), Some(0));
        assert_eq!(reached((-24).hours()), Some(0));
    }
}
