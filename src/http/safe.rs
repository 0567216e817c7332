//! Which addresses bytes may be fetched from and sent to, when a vendor's answer names them. Pure.

use url::{Host, Url};

/// Whether an address that the vendor at `home` gave may be used: https, or http between programs of this computer.
pub fn may_reach(url: &Url, home: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_here(url) && is_here(home),
        _ => false,
    }
}

/// Whether an address is on this computer, as far as its text says; names are not looked up.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_between_programs_of_this_computer() {
        let (far, here) = ("https://api.test/v1", "http://localhost:9/v1");
        for (url, home, may) in [
            ("https://s3.test/x", far, true),
            ("https://s3.test/x", here, true),
            ("http://127.0.0.1:9/x", here, true),
            ("http://127.8.0.1/x", here, true),
            ("http://[::1]/x", here, true),
            ("http://127.0.0.1/x", far, false),
            ("http://s3.test/x", here, false),
            ("http://127.0.0.1.test/x", here, false),
            ("http://localhost.test/x", here, false),
            ("http://0.0.0.0/x", here, false),
            ("ftp://localhost/x", here, false),
            ("file:///x", here, false),
        ] {
            assert_eq!(may_reach(&Url::parse(url).unwrap(), &Url::parse(home).unwrap()), may, "{url} from {home}");
        }
    }
}
