//! Which addresses are this page's own: what a browser may call it by, and below which paths it answers.

use crate::daemon::Doors;
use axum::http::uri::Authority;
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

/// Where the page is reached.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    listen: SocketAddr,
    public: Option<Url>,
}

impl Addresses {
    /// `listen` with the port that was had.
    pub(super) fn new(listen: SocketAddr, public: Option<Url>) -> Addresses {
        Addresses { listen, public }
    }

    /// What stands before every path: the path of `public_url`, without a slash at its end.
    pub(super) fn base(&self) -> &str {
        self.public.as_ref().map_or("", |url| url.path().trim_end_matches('/'))
    }

    /// Whether this `Host` is `public_url`'s and browsers reach it by https.
    pub(super) fn is_https_host(&self, host: &str) -> bool {
        self.public.as_ref().is_some_and(|url| url.scheme() == "https" && self.is_public(host, url))
    }

    fn is_public(&self, host: &str, public: &Url) -> bool {
        let Some((name, port)) = taken_apart(host) else { return false };
        let theirs = public.host().map(|host| host.to_owned());
        theirs == Some(name) && (port == public.port_or_known_default() || (port.is_none() && public.port().is_none()))
    }

    /// Whether a `Host` names this page. An address in figures is never somebody's name that was made to lead here, so where
    /// the page listens on every address, any of them will do.
    pub(super) fn is_host(&self, host: &str) -> bool {
        let Some((name, port)) = taken_apart(host) else { return false };
        let public = self.public.as_ref().is_some_and(|url| self.is_public(host, url));
        public || (port.unwrap_or(80) == self.listen.port() && self.is_local_name(&name))
    }

    fn is_local_name(&self, name: &Host) -> bool {
        let ours = |ip: IpAddr| ip == self.listen.ip() || self.listen.ip().is_unspecified();
        match name {
            Host::Domain(name) => name == "localhost" && (self.listen.ip().is_loopback() || self.listen.ip().is_unspecified()),
            Host::Ipv4(ip) => ours(IpAddr::V4(*ip)),
            Host::Ipv6(ip) => ours(IpAddr::V6(*ip)),
        }
    }

    /// Whether an `Origin` is this page.
    pub(super) fn is_origin(&self, origin: &str) -> bool {
        let Ok(url) = Url::parse(origin) else { return false };
        if self.public.as_ref().is_some_and(|public| public.origin() == url.origin()) {
            return true;
        }
        let local = url.host().is_some_and(|name| self.is_local_name(&name.to_owned()));
        url.scheme() == "http" && local && url.port_or_known_default() == Some(self.listen.port())
    }

    /// Where MyCase may send a browser back to.
    pub(super) fn doors(&self) -> Doors {
        let port = self.listen.port();
        let mut bases = vec![format!("http://{}/", self.listen)];
        if self.listen.ip().is_loopback() || self.listen.ip().is_unspecified() {
            bases.push(format!("http://localhost:{port}/"));
        }
        if self.listen.ip().is_unspecified() {
            bases.push(format!("http://127.0.0.1:{port}/"));
        }
        let ours = bases.iter().filter_map(|base| Url::parse(base).ok());
        Doors(ours.chain(self.public.clone()).collect())
    }
}

/// Name and port of a `Host`.
fn taken_apart(host: &str) -> Option<(Host, Option<u16>)> {
    let authority = host.parse::<Authority>().ok().filter(|authority| !authority.as_str().contains('@'))?;
    Some((Host::parse(authority.host()).ok()?, authority.port_u16()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn addresses(listen: &str, public: Option<&str>) -> Addresses {
        Addresses::new(listen.parse().unwrap(), public.map(|url| url.parse().unwrap()))
    }

    #[test]
    fn only_its_own_names_are_its_own() {
        let local = addresses("127.0.0.1:8787", None);
        for ours in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787"] {
            assert!(local.is_host(ours), "{ours}");
        }
        for other in
            ["127.0.0.1", "127.0.0.1:80", "127.0.0.2:8787", "evil.example:8787", "localhost.evil.example:8787", "x@127.0.0.1:8787", ""]
        {
            assert!(!local.is_host(other), "{other}");
        }
        let public = addresses("127.0.0.1:8787", Some("https://bridge.example.com/sync/"));
        assert!(public.is_host("bridge.example.com") && public.is_host("bridge.example.com:443") && public.is_host("127.0.0.1:8787"));
        assert!(!public.is_host("bridge.example.com:8787") && !public.is_host("other.example.com"));
        assert_eq!((public.base(), public.is_https_host("bridge.example.com")), ("/sync", true));
        let everywhere = addresses("0.0.0.0:8787", None);
        assert!(everywhere.is_host("192.168.1.7:8787") && everywhere.is_host("localhost:8787"));
        assert!(!everywhere.is_host("rebound.example:8787"), "a name that was made to lead here");
        assert!(addresses("[::1]:8787", None).is_host("[::1]:8787"));
    }

    #[test]
    fn a_form_comes_from_one_of_its_own_origins() {
        let page = addresses("127.0.0.1:8787", Some("https://bridge.example.com/sync"));
        assert!(page.is_origin("http://127.0.0.1:8787") && page.is_origin("http://localhost:8787"));
        assert!(page.is_origin("https://bridge.example.com"));
        for other in ["null", "https://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8787", "http://bridge.example.com"] {
            assert!(!page.is_origin(other), "{other}");
        }
    }
}
