//! Phone numbers and e-mail addresses in normal form.

/// Why a text is no phone number; never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid phone number")]
pub struct PhoneError;

/// The number in E.164 (`+12127365000`). `country` is an ISO code ("US") for numbers written without one.
pub fn e164(text: &str, country: &str) -> Result<String, PhoneError> {
    let ten = matches!(country, "US" | "CA").then(|| ten_digits(text)).flatten();
    if let Some(number) = ten.and_then(|number| phonelib::PhoneNumber::try_parse(&number).ok()) {
        return Ok(number.e164().to_owned());
    }
    let number = phonelib::PhoneNumber::try_parse_with_country(text, country).map_err(|_| PhoneError)?;
    let number = number.e164().to_owned();
    // The parser takes "1000" for a whole number in Germany.
    if number.len() > SHORTEST { Ok(number) } else { Err(PhoneError) }
}

/// No number of a person is as short as this, `+` and country included.
const SHORTEST: usize = 7;

/// A North American number as most people write it, with `+1` before it. Ten flat digits mean nothing else there, and the
/// parser is four times as fast when it need not look the country up; that counts with 100,000 cases.
fn ten_digits(text: &str) -> Option<String> {
    let mut number = String::with_capacity(12);
    number.push_str("+1");
    for c in text.bytes() {
        match c {
            b'0'..=b'9' if number.len() < 12 => number.push(char::from(c)),
            b' ' | b'(' | b')' | b'-' | b'.' => (),
            _ => return None,
        }
    }
    (number.len() == 12 && !matches!(number.as_bytes()[2], b'0' | b'1')).then_some(number)
}

/// The address trimmed and in lower case, if it has the form of one: something, `@`, a host with a dot, no blanks.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (user, host) = text.rsplit_once('@')?;
    let host_fine = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    let fine = !user.is_empty() && host_fine && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    fine.then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_come_out_as_e164_or_not_at_all() {
        for text in ["(212) 736-5000", "212.736.5000", "+1 212 736 5000", "1-212-736-5000"] {
            assert_eq!(e164(text, "US").as_deref(), Ok("+12127365000"), "{text}");
        }
        for text in ["", "n/a", "736-5000", "000"] {
            assert_eq!(e164(text, "US"), Err(PhoneError), "{text}");
        }
        assert_eq!(e164("1000", "DE"), Err(PhoneError));
    }

    #[test]
    fn ten_digits_mean_what_the_parser_makes_of_them_with_the_country() {
        for area in 0..1000 {
            for rest in ["736-5000", "555-0100", "036-5000", "911-5000", "136-5000"] {
                let text = format!("({area:03}) {rest}");
                let slow = phonelib::PhoneNumber::try_parse_with_country(&text, "US").map(|number| number.e164().to_owned());
                assert_eq!(e164(&text, "US").ok(), slow.ok(), "{text}");
            }
        }
    }

    #[test]
    fn an_address_needs_a_user_and_a_host() {
        assert_eq!(email(" Jane@Example.COM ").as_deref(), Some("jane@example.com"));
        for text in ["", "jane", "@example.com", "jane@example", "a b@example.com"] {
            assert_eq!(email(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_number_in_normal_form_is_its_own_normal_form_in_every_country(text in "[+0-9 ().x/-]{0,20}|\\PC{0,12}", at in 0..6_usize) {
            let country = ["US", "CA", "GB", "DE", "MX", "PH"][at];
            if let Ok(number) = e164(&text, country) {
                let digits = number.strip_prefix('+').unwrap_or_default();
                prop_assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
                for country in ["US", "GB", "DE", country] {
                    prop_assert_eq!(e164(&number, country), Ok(number.clone()), "read in {}", country);
                }
            }
        }

        #[test]
        fn blanks_and_signs_between_the_digits_mean_nothing(number in "[2-9][0-9]{9}", signs in proptest::collection::vec(0..5_usize, 10)) {
            let written: String = number.chars().zip(signs).flat_map(|(digit, sign)| [Some(digit), [None, Some(' '), Some('-'), Some('.'), None][sign]]).flatten().collect();
            prop_assert_eq!(e164(&written, "US"), e164(&number, "US"), "{}", written);
        }

        #[test]
        fn an_address_in_normal_form_is_its_own_normal_form(text in "\\PC{0,24}|[ A-Za-z.]{0,8}@[A-Za-z.\u{130}\u{3a3}]{0,12} ?") {
            if let Some(address) = email(&text) {
                prop_assert_eq!(email(&address), Some(address));
            }
        }
    }
}
