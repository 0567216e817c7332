//! Slows guessing down: after some wrong tokens an address has to wait, whatever it tries. Pure; time is passed in.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;

/// So many wrong tokens are let pass within [`WINDOW`].
const FREE: u32 = 5;
/// How long a wrong token counts.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// More addresses are not remembered; then all wait together.
const MOST: usize = 4096;

/// The wrong tokens of the last minute.
#[derive(Debug, Default)]
pub(super) struct Throttle(HashMap<IpAddr, (u32, Timestamp)>);

impl Throttle {
    /// How long this address has to wait before a token of its counts; `None` when it need not.
    pub(super) fn waits(&mut self, from: IpAddr, now: Timestamp) -> Option<SignedDuration> {
        self.0.retain(|_, (_, until)| *until > now);
        match self.0.get(&network(from)) {
            Some((wrong, until)) if *wrong >= FREE => Some(until.duration_since(now)),
            Some(_) => None,
            None => (self.0.len() >= MOST).then_some(WINDOW),
        }
    }

    /// It was a wrong one.
    pub(super) fn wrong(&mut self, from: IpAddr, now: Timestamp) {
        let until = now.checked_add(WINDOW).unwrap_or(now);
        let (wrong, last) = self.0.entry(network(from)).or_insert((0, until));
        (*wrong, *last) = (*wrong + 1, until);
    }
}

/// Who has one IPv6 address has a whole network of them.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn after_some_wrong_tokens_an_address_waits_a_minute_and_others_do_not() {
        let (mut throttle, now) = (Throttle::default(), Timestamp::UNIX_EPOCH);
        let (guesser, neighbour, other): (IpAddr, IpAddr, IpAddr) =
            ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap(), "192.0.2.1".parse().unwrap());
        for _ in 0..FREE {
            assert_eq!(throttle.waits(guesser, now), None);
            throttle.wrong(guesser, now);
        }
        assert_eq!(throttle.waits(guesser, now), Some(WINDOW));
        assert_eq!(throttle.waits(neighbour, now), Some(WINDOW), "the same network");
        assert_eq!(throttle.waits(other, now), None);
        assert_eq!(throttle.waits(guesser, now + WINDOW), None);
    }
}
