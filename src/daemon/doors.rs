//! The addresses at which the local page listens: a redirect from MyCase that leads to one of them is caught there.

use url::Url;

/// First parts of paths that are the page's own, so that no redirect can be caught there.
const OWN: &[&str] = &["", "firms", "static", "login", "logout", "metrics", "healthz", "readyz"];

/// Where the page is reached, each with its path; none when there is no page.
#[derive(Debug, Clone, Default)]
pub struct Doors(pub Vec<Url>);

impl Doors {
    /// Whether the page catches what MyCase sends to this address.
    pub fn catch(&self, redirect: &Url) -> bool {
        self.0.iter().any(|door| {
            let below = redirect.path().strip_prefix(door.path().trim_end_matches('/')).and_then(|path| path.strip_prefix('/'));
            let first = below.map(|path| path.split('/').next().unwrap_or_default());
            door.origin() == redirect.origin() && first.is_some_and(|first| !OWN.contains(&first))
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_caught_below_an_address_of_the_page_and_nowhere_else() {
        let doors = Doors(["http://127.0.0.1:8787/", "https://bridge.example.com/sync/"].map(|url| url.parse().unwrap()).to_vec());
        let catch = |url: &str| doors.catch(&url.parse().unwrap());
        for ours in ["http://127.0.0.1:8787/callback", "http://127.0.0.1:8787/oauth/mycase", "https://bridge.example.com/sync/callback"] {
            assert!(catch(ours), "{ours}");
        }
        for other in [
            "http://127.0.0.1:8766/callback",
            "https://127.0.0.1:8787/callback",
            "https://bridge.example.com/callback",
            "http://127.0.0.1:8787/",
            "http://127.0.0.1:8787/firms/acme",
        ] {
            assert!(!catch(other), "{other}");
        }
        assert!(!Doors::default().catch(&"http://127.0.0.1:8787/callback".parse().unwrap()));
    }
}
