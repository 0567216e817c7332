//! Who a browser is: a cookie that this process made and nobody else can make, and what a form must bear to prove that it
//! came from a page of ours. Pure but for the dice.
//!
//! Nothing is kept: a cookie says its id, since when it is, and whether the token was typed, under a key that lives as long
//! as the process. A new start asks for the token again.

use crate::operations::hex;
use crate::store::random;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The cookie's name.
pub(super) const COOKIE: &str = "casebridge_session";
/// How long a cookie is good: a working day.
const LIFE: SignedDuration = SignedDuration::from_hours(12);
/// A shorter token could be guessed.
pub(super) const SHORTEST_TOKEN: usize = 16;

/// Makes and checks cookies, proofs and the token.
pub(super) struct Keys {
    key: Zeroizing<[u8; 32]>,
    token: Option<SecretString>,
}

/// Who a browser is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    id: String,
    since: Timestamp,
    /// Whether the token was typed.
    pub(super) signed_in: bool,
}

impl Keys {
    /// New keys; `None` when the system gives no random numbers.
    pub(super) fn new(token: Option<SecretString>) -> Option<Keys> {
        Some(Keys { key: Zeroizing::new(random().ok()?), token })
    }

    /// Whether a token must be typed.
    pub(super) fn wants_token(&self) -> bool {
        self.token.is_some()
    }

    /// Whether this is the token. Compared by their MACs, so that the time it takes says nothing.
    pub(super) fn is_token(&self, given: &str) -> bool {
        let Some(token) = &self.token else { return false };
        self.mac(&["token", given]).verify_slice(&self.mac(&["token", token.expose_secret()]).finalize().into_bytes()).is_ok()
    }

    /// A session of a browser that had none; `None` when the system gives no random numbers.
    pub(super) fn begin(&self, signed_in: bool, now: Timestamp) -> Option<Session> {
        Some(Session { id: hex(&random::<16>().ok()?), since: now, signed_in })
    }

    /// The cookie's value.
    pub(super) fn cookie(&self, session: &Session) -> String {
        let Session { id, since, signed_in } = session;
        let said = format!("{id}.{}.{}", since.as_second(), u8::from(*signed_in));
        let mac = hex(&self.mac(&["cookie", &said]).finalize().into_bytes());
        format!("{said}.{mac}")
    }

    /// The session of a cookie, when this process made it and it is not too old.
    pub(super) fn session(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        let (said, mac) = cookie.rsplit_once('.')?;
        self.mac(&["cookie", said]).verify_slice(&unhex(mac)?).ok()?;
        let mut parts = said.split('.');
        let (id, since, signed_in) = (parts.next()?, parts.next()?, parts.next()?);
        let since = Timestamp::from_second(since.parse().ok()?).ok()?;
        let session = Session { id: id.to_owned(), since, signed_in: signed_in == "1" };
        (now.duration_since(since) <= LIFE).then_some(session)
    }

    /// What the forms of this browser's pages bear.
    pub(super) fn proof(&self, session: &Session) -> String {
        hex(&self.mac(&["form", &session.id]).finalize().into_bytes())
    }

    /// Whether a form bears it.
    pub(super) fn is_proof(&self, session: &Session, given: &str) -> bool {
        unhex(given).is_some_and(|given| self.mac(&["form", &session.id]).verify_slice(&given).is_ok())
    }

    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        // HMAC takes keys of every length.
        let mut mac = match Hmac::<Sha256>::new_from_slice(self.key.as_slice()) {
            Ok(mac) => mac,
            Err(never) => unreachable!("{never}"),
        };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

/// The cookie among those that a browser sent.
pub(super) fn among(cookies: &str) -> Option<&str> {
    cookies.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| pair.len() == 2);
    (text.len() <= 128).then(|| pairs.map(byte).collect()).flatten()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    const TOKEN: &str = "a-token-that-is-long";

    fn keys() -> Keys {
        Keys::new(Some(SecretString::from(TOKEN))).unwrap()
    }

    #[test]
    fn only_the_token_is_the_token_and_it_is_in_no_cookie() {
        let (keys, now) = (keys(), Timestamp::UNIX_EPOCH);
        assert!(keys.is_token(TOKEN));
        assert!(!keys.is_token("a-token-that-is-lonG") && !keys.is_token(""));
        assert!(!Keys::new(None).unwrap().is_token(""), "no token is not an empty one");
        let cookie = keys.cookie(&keys.begin(true, now).unwrap());
        assert!(!cookie.contains(TOKEN));
    }

    #[test]
    fn a_cookie_is_good_as_it_was_made_for_a_working_day_and_for_this_process() {
        let (keys, now) = (keys(), Timestamp::UNIX_EPOCH);
        let session = keys.begin(false, now).unwrap();
        let cookie = keys.cookie(&session);
        assert_eq!(keys.session(&cookie, now), Some(session));
        assert_eq!(keys.session(&cookie.replacen(".0.", ".1.", 2), now), None, "nobody signs in by hand");
        assert_eq!(keys.session(&cookie, now + SignedDuration::from_hours(13)), None);
        assert_eq!(super::tests::keys().session(&cookie, now), None, "another process");
        for nonsense in ["", ".", "a.b.c.d", "é.é"] {
            assert_eq!(keys.session(nonsense, now), None, "{nonsense}");
        }
    }

    #[test]
    fn a_proof_belongs_to_one_browser() {
        let (keys, now) = (keys(), Timestamp::UNIX_EPOCH);
        let (mine, other) = (keys.begin(false, now).unwrap(), keys.begin(false, now).unwrap());
        assert!(keys.is_proof(&mine, &keys.proof(&mine)));
        assert!(!keys.is_proof(&other, &keys.proof(&mine)) && !keys.is_proof(&mine, ""));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(among("a=b; casebridge_session=x.y; c=d"), Some("x.y"));
        assert_eq!(among("not_casebridge_session=x"), None);
    }
}
