//! `casebridge.toml` from text to [`Daemon`], with every problem in its place.

use super::secrets::is_loopback;
use crate::config::raw::{At, DAEMON_SECTIONS, Maybe, Origin, RawDaemon, RawLogFormat, RawOptionalSecret, RawWeb, Slot, read_document};
use crate::config::{Daemon, DaemonPaths, DaemonRules, LogFormat, Problem, SecretRef, Severity, SourceText, Web, values};
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;
use url::Url;

static DEFAULTS: LazyLock<RawDaemon> = LazyLock::new(|| {
    let source = SourceText::new("defaults (built in)", include_str!("../daemon.defaults.toml"));
    read_document(&source, Origin::BuiltIn, DAEMON_SECTIONS).0.unwrap_or_default()
});

/// Checks the daemon's file; an empty text gives the defaults. With an error there is no [`Daemon`].
pub fn check_daemon(source: &SourceText) -> (Option<Daemon>, Vec<Problem>) {
    let (raw, problems) = read_document::<RawDaemon>(source, Origin::File, DAEMON_SECTIONS);
    let mut check = DaemonCheck { source, problems };
    let Some(mut raw) = raw else { return (None, check.problems) };
    raw.fill(&DEFAULTS);
    let daemon = check.daemon(&raw);
    check.problems.sort_by_key(|problem| problem.span.start);
    let failed = check.problems.iter().any(|problem| problem.severity == Severity::Error);
    (daemon.filter(|_| !failed), check.problems)
}

struct DaemonCheck<'a> {
    source: &'a SourceText,
    problems: Vec<Problem>,
}

impl DaemonCheck<'_> {
    fn error<T>(&mut self, at: &At<T>, code: &'static str, message: String, help: &str) {
        self.problems.push(Problem::at(self.source, at.place.span.clone(), Severity::Error, code, message, help.to_owned()));
    }

    fn daemon(&mut self, raw: &RawDaemon) -> Option<Daemon> {
        let text = |raw: &Maybe<String>| raw.as_ref().map(|at| at.value.trim().to_owned()).filter(|text| !text.is_empty());
        let texts = |raw: &Maybe<Vec<At<String>>>| raw.iter().flat_map(|at| &at.value).map(|at| at.value.clone()).collect::<Vec<_>>();
        let hosts = self.hosts(raw);
        let spread = self.duration(&raw.daemon.spread);
        let edit_settle = self.duration(&raw.daemon.edit_settle);
        let firms_at_once = self.number(&raw.daemon.firms_at_once, 1, 1000);
        let mycase_requests = self.number(&raw.daemon.mycase_requests_per_second, 1, 25);
        let web = self.web(&raw.web);
        let alert_command = texts(&raw.alerts.command);
        let log_level = self.level(&raw.log.level);
        Some(Daemon {
            paths: DaemonPaths {
                firms: text(&raw.paths.firms).unwrap_or_else(|| "firms.d".to_owned()),
                state: text(&raw.paths.state),
                socket: text(&raw.paths.socket),
                status: text(&raw.paths.status),
            },
            vault_key: self.secret(&raw.vault.key),
            allow: DaemonRules { hosts, environment: texts(&raw.allow.environment), secrets: text(&raw.allow.secrets)? },
            profiles: text(&raw.allow.profiles)?,
            firms_at_once: firms_at_once? as usize,
            spread: spread?,
            edit_settle: edit_settle?,
            mycase_requests: mycase_requests? as u32,
            web: web?,
            alert_command,
            log_format: match raw.log.format.as_ref()?.value {
                RawLogFormat::Auto => LogFormat::Auto,
                RawLogFormat::Text => LogFormat::Text,
                RawLogFormat::Json => LogFormat::Json,
                RawLogFormat::Journald => LogFormat::Journald,
            },
            log_level: log_level?,
        })
    }

    fn hosts(&mut self, raw: &RawDaemon) -> Vec<String> {
        let mut hosts = Vec::new();
        for at in raw.allow.hosts.iter().flat_map(|at| &at.value) {
            let host = at.value.trim().to_lowercase();
            if host.is_empty() || host.contains(['/', ':', '*', ' ', '@']) {
                self.error(at, "bad-host", format!("{:?} is no host", at.value), "write the bare name, e.g. \"portal.example.com\"");
            }
            hosts.push(host);
        }
        hosts
    }

    fn duration(&mut self, raw: &Maybe<String>) -> Option<Duration> {
        let at = raw.as_ref()?;
        values::duration(&at.value)
            .map_err(|help| self.error(at, "bad-duration", format!("{:?} is no length of time", at.value), &help))
            .ok()
    }

    fn number(&mut self, raw: &Maybe<u64>, least: u64, most: u64) -> Option<u64> {
        let at = raw.as_ref()?;
        if (least..=most).contains(&at.value) {
            return Some(at.value);
        }
        self.error(
            at,
            "out-of-range",
            format!("{} is not between {least} and {most}", at.value),
            &format!("write a number from {least} to {most}"),
        );
        None
    }

    /// The daemon has no state of a firm, so `stored` cannot be meant.
    fn secret(&mut self, raw: &Maybe<RawOptionalSecret>) -> Option<SecretRef> {
        let at = raw.as_ref()?;
        match &at.value.0.as_ref()?.0 {
            SecretRef::Stored(_) => {
                let help = "write { credential = \"...\" }, { file = \"...\" } or { env = \"...\" }";
                self.error(
                    at,
                    "secret-reference",
                    "stored secrets are sealed in a firm's state, which the daemon's own cannot be".to_owned(),
                    help,
                );
                None
            }
            other => Some(other.clone()),
        }
    }

    /// Outer `None` for a problem, inner `None` for off.
    fn web(&mut self, raw: &RawWeb) -> Option<Option<Web>> {
        let token = self.secret(&raw.token);
        let public_url = match raw.public_url.as_ref().filter(|at| !at.value.trim().is_empty()) {
            None => None,
            Some(at) => match Url::parse(at.value.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
                Some(url) => Some(url),
                None => {
                    self.error(at, "bad-address", format!("{:?} is no web address", at.value), "write e.g. \"https://bridge.example.com\"");
                    return None;
                }
            },
        };
        let Some(at) = raw.listen.as_ref().filter(|at| !at.value.trim().is_empty()) else { return Some(None) };
        let Ok(listen) = at.value.trim().replace("localhost:", "127.0.0.1:").parse::<SocketAddr>() else {
            self.error(
                at,
                "bad-address",
                format!("{:?} is no address to listen on", at.value),
                "write address and port, e.g. \"127.0.0.1:8787\"",
            );
            return None;
        };
        if !listen.ip().is_loopback() && token.is_none() {
            let message = format!("{listen} can be reached from other machines, so the page needs a token");
            self.error(
                at,
                "token-missing",
                message,
                "write token = { credential = \"casebridge.web\" } below [web], or listen on 127.0.0.1",
            );
            return None;
        }
        // To whom a proxy lets in, everybody looks like this machine.
        let public = raw.public_url.as_ref().filter(|_| token.is_none() && public_url.as_ref().is_some_and(|url| !is_loopback(url)));
        if let Some(at) = public {
            let message = format!("{:?} can be reached from other machines, so the page needs a token", at.value.trim());
            self.error(at, "token-missing", message, "write token = { credential = \"casebridge.web\" } below [web]");
            return None;
        }
        Some(Some(Web { listen, public_url, token, show_names: raw.show_names.as_ref()?.value }))
    }

    fn level(&mut self, raw: &Maybe<String>) -> Option<String> {
        let at = raw.as_ref()?;
        let directive = |part: &str| {
            let level = part.rsplit('=').next().unwrap_or_default().trim().to_lowercase();
            matches!(level.as_str(), "off" | "error" | "warn" | "info" | "debug" | "trace")
        };
        if at.value.split(',').all(directive) {
            return Some(at.value.trim().to_owned());
        }
        self.error(at, "bad-level", format!("{:?} is no log level", at.value), "write error, warn, info, debug or trace");
        None
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let (daemon, problems) = check_daemon(&SourceText::new("casebridge.toml", ""));
        assert_eq!(problems, []);
        let daemon = daemon.unwrap();
        assert_eq!((daemon.firms_at_once, daemon.mycase_requests, daemon.spread), (4, 25, Duration::from_secs(900)));
        assert_eq!((daemon.web, daemon.allow.secrets.as_str(), daemon.paths.state), (None, "secrets", None));
    }

    #[test]
    fn a_page_that_others_can_reach_needs_a_token_whichever_way_they_reach_it() {
        let codes = |web: &str| {
            let text = format!("[web]\n{web}\n");
            check_daemon(&SourceText::new("casebridge.toml", text)).1.iter().map(|problem| problem.code).collect::<Vec<_>>()
        };
        let local = "listen = \"127.0.0.1:8787\"";
        assert_eq!(codes(local), [""; 0]);
        assert_eq!(codes(&format!("{local}\npublic_url = \"http://localhost:8787/\"")), [""; 0]);
        assert_eq!(codes(&format!("{local}\npublic_url = \"https://bridge.example.com\"")), ["token-missing"]);
        assert_eq!(codes("listen = \"0.0.0.0:8787\""), ["token-missing"]);
        let token = "token = { env = \"PAGE\" }";
        assert_eq!(codes(&format!("listen = \"0.0.0.0:8787\"\npublic_url = \"https://bridge.example.com\"\n{token}")), [""; 0]);
    }

    #[test]
    fn every_mistake_is_said_with_its_place() {
        let text = "[daemon]\nfirms_at_onc = 4\nspread = \"soon\"\nmycase_requests_per_second = 60\n[web]\nlisten = \"0.0.0.0:80\"\n[allow]\nhosts = [\"https://x.example\"]\n[vault]\nkey = \"hunter2\"\n[log]\nlevel = \"loud\"\nformat = \"xml\"\n";
        let (daemon, problems) = check_daemon(&SourceText::new("casebridge.toml", text));
        assert!(daemon.is_none());
        let said: Vec<String> =
            problems.iter().map(|p| format!("{}:{} {}: {} | {}", p.line, p.column, p.code, p.message, p.help)).collect();
        assert!(!said.join("\n").contains("hunter2"));
        insta::assert_snapshot!(said.join("\n"), @r#"
        2:1 unknown-key: "firms_at_onc" is no setting of [daemon] | did you mean "firms_at_once"?
        3:10 bad-duration: "soon" is no length of time | write a number and seconds, minutes, hours, days or weeks, e.g. "30 minutes"
        4:30 out-of-range: 60 is not between 1 and 25 | write a number from 1 to 25
        6:10 token-missing: 0.0.0.0:80 can be reached from other machines, so the page needs a token | write token = { credential = "casebridge.web" } below [web], or listen on 127.0.0.1
        8:10 bad-host: "https://x.example" is no host | write the bare name, e.g. "portal.example.com"
        10:7 secret-as-text: vault.key holds the secret itself; a file that people copy and commit must not | put it into a file that only the daemon can read, and write { file = "..." }; then replace the secret, it has been seen
        12:9 bad-level: "loud" is no log level | write error, warn, info, debug or trace
        13:10 unknown-word: log.format cannot be "xml" | write one of: "auto", "text", "json", "journald"
        "#);
    }
}
