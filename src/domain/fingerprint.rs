//! Keyed fingerprints: they tell whether a value is the same as the one sent, and nothing else.

use super::{Record, RecordClient, TeamMember};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// The first 16 bytes of an HMAC-SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// The first eight bytes as a number, for indexes that hold many.
    pub fn short(self) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        u64::from_be_bytes(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes fingerprints under one key (the firm's vault). Cheap to clone; the key is hashed once.
#[derive(Clone)]
pub struct Fingerprinter(Hmac<Sha256>);

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprinter")
    }
}

impl Fingerprinter {
    /// Fingerprints under this key.
    pub fn new(key: &[u8; 32]) -> Fingerprinter {
        // HMAC pads a short key with zeros up to the block (RFC 2104), so this is the HMAC under `key`.
        let mut block = [0; 64];
        block[..32].copy_from_slice(key);
        Fingerprinter(Hmac::<Sha256>::new(&block.into()))
    }

    /// Of parts in order; each is framed by its length, so `["ab", "c"]` and `["a", "bc"]` differ. Taken as they stand: a
    /// part may be a whole case's text. (What has many small parts is framed first.)
    pub fn of<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Fingerprint {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u32).to_be_bytes());
            mac.update(part);
        }
        short(mac)
    }

    /// Of who can log in.
    pub fn contact(&self, clients: &[RecordClient]) -> Fingerprint {
        let mut frame = Frame(Vec::with_capacity(160 * clients.len().max(1)));
        for RecordClient { id, first_name, last_name, email, phone } in clients {
            frame.push(&id.0.to_be_bytes());
            frame.push(first_name.as_bytes());
            frame.push(last_name.as_bytes());
            frame.option(email.as_deref());
            frame.option(phone.as_deref());
        }
        self.finish(&frame)
    }

    /// Of attorney, team and fields.
    pub fn rest(&self, record: &Record) -> Fingerprint {
        let Record { practice_area: _, stage: _, open: _, closed_date: _, clients: _, attorney, team, fields, extra } = record;
        let mut frame = Frame(Vec::with_capacity(256));
        frame.option(attorney.as_deref());
        for TeamMember { email, role, attorney } in team {
            frame.push(email.as_bytes());
            frame.push(role.as_bytes());
            frame.push(&[u8::from(*attorney)]);
        }
        for map in [fields, extra] {
            frame.push(&(map.len() as u64).to_be_bytes());
            for (key, value) in map {
                frame.push(key.as_bytes());
                frame.push(value.as_bytes());
            }
        }
        self.finish(&frame)
    }

    fn finish(&self, frame: &Frame) -> Fingerprint {
        let mut mac = self.0.clone();
        mac.update(&frame.0);
        short(mac)
    }
}

fn short(mac: Hmac<Sha256>) -> Fingerprint {
    let mut short = [0; 16];
    short.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    Fingerprint(short)
}

/// Parts one after another, each behind its length.
struct Frame(Vec<u8>);

impl Frame {
    fn push(&mut self, part: &[u8]) {
        self.0.extend_from_slice(&(part.len() as u32).to_be_bytes());
        self.0.extend_from_slice(part);
    }

    fn option(&mut self, part: Option<&str>) {
        match part {
            Some(part) => self.push(part.as_bytes()),
            None => self.0.extend_from_slice(&u32::MAX.to_be_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_under_the_same_key_are_the_same_and_nothing_else_is() {
        let one = Fingerprinter::new(&[1; 32]);
        let of = |f: &Fingerprinter, parts: &[&str]| f.of(parts.iter().map(|p| p.as_bytes()));
        assert_eq!(of(&one, &["ab", "c"]), of(&one, &["ab", "c"]));
        assert_ne!(of(&one, &["ab", "c"]), of(&one, &["a", "bc"]));
        assert_ne!(of(&one, &["ab"]), of(&Fingerprinter::new(&[2; 32]), &["ab"]));
    }
}
