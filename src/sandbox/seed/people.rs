//! Phones, e-mail addresses, postal addresses: things people have one of, or several, written as people write them.

use super::names::{AREA_CODES, STREETS, TOWNS};
use crate::sandbox::mycase::Address;
use crate::sandbox::random::Random;

/// Exchanges 220 to 990 without 555 and without those that end in 11.
fn exchanges() -> impl Iterator<Item = u64> {
    (220..=990).filter(|exchange| *exchange != 555 && exchange % 100 != 11)
}

/// Hands out phone numbers, each once.
#[derive(Debug)]
pub(super) struct Phones {
    exchanges: Vec<u64>,
    given: u64,
}

/// Last four digits run from 1000 to 9996: numbers people would not take for an office's.
const LINES: u64 = 8997;

impl Phones {
    /// Numbers from the first on.
    pub(super) fn new() -> Self {
        Self::from(0)
    }

    /// Numbers from the one at this place on.
    pub(super) fn from(given: u64) -> Self {
        Self { exchanges: exchanges().collect(), given }
    }

    /// The next number as (area code, exchange, line). They differ as long as fewer than a hundred million are taken.
    pub(super) fn next(&mut self) -> (u64, u64, u64) {
        let at = self.given;
        self.given += 1;
        let areas = AREA_CODES.len() as u64;
        let area = u64::from(AREA_CODES[(at % areas) as usize]);
        let room = self.exchanges.len() as u64 * LINES;
        // A large prime that does not divide the room visits every place once, in no visible order.
        let place = (at / areas).wrapping_mul(4_000_037).wrapping_add(at % areas * 31_337) % room;
        (area, self.exchanges[(place / LINES) as usize], 1000 + place % LINES)
    }

    /// The next number, written in one of the ways people write it.
    pub(super) fn written(&mut self, random: &mut Random) -> String {
        let (area, exchange, line) = self.next();
        match random.below(6) {
            0 | 1 => format!("({area}) {exchange}-{line}"),
            2 => format!("{area}.{exchange}.{line}"),
            3 => format!("+1 {area} {exchange} {line}"),
            4 => format!("{area}-{exchange}-{line}"),
            _other => format!("1{area}{exchange}{line}"),
        }
    }
}

/// An address that does not exist.
pub(in crate::sandbox) fn some_address(random: &mut Random) -> Address {
    let (city, state, zip_code) = *random.pick(&TOWNS);
    Address {
        address1: format!("{} {}", 10 + random.below(980), random.pick(&STREETS)),
        address2: if random.chance(20) { format!("Apt {}", 1 + random.below(40)) } else { String::new() },
        city: city.to_owned(),
        state: state.to_owned(),
        zip_code: zip_code.to_owned(),
        country: "United States".to_owned(),
    }
}

/// An e-mail address of a person, under a domain that belongs to nobody.
pub(super) fn email(first: &str, last: &str, number: u64, random: &mut Random) -> String {
    let domain = if random.chance(60) { "example.com" } else { "example.org" };
    let last: String = last.chars().filter(char::is_ascii_alphabetic).collect();
    format!("{}.{}{number}@{domain}", first.to_lowercase(), last.to_lowercase())
}
