//! What a look at both accounts found, each at the line of the file that it belongs to.

use super::Check;
use super::account::given;
use super::firm::header;
use crate::config::raw::{Place, RawFirm};
use crate::config::{MyCaseFinding, Online, OnlineFinding, PortalFinding, Severity, site};

pub(super) fn findings(check: &mut Check<'_>, own: &RawFirm, online: &Online) {
    let whose = given(&own.mycase.web_url).zip(online.firm_url.as_deref());
    if let Some((at, found)) = whose.filter(|(at, found)| site(&at.value) != site(found)) {
        let message = format!("the connection to MyCase belongs to {found}, not to {}", at.value);
        let help = format!("correct web_url, or let the right firm allow access: casebridge connect {}", check.id);
        check.error(&at.place, "other-firm", message, help);
    }
    for finding in &online.findings {
        let Told { at, severity, code, message, help } = match finding {
            OnlineFinding::MyCase(finding) => of_mycase(check, finding),
            OnlineFinding::Portal(finding) => of_portal(check, own, finding),
        };
        let place = place(check, own, at);
        check.add(&place, severity, code, message, help);
    }
}

/// The line that a finding belongs to.
#[derive(Clone, Copy)]
enum At {
    MyCase,
    MyCaseSecret,
    PortalKey,
}

fn place(check: &Check<'_>, own: &RawFirm, at: At) -> Place {
    let (mycase, portal) = (own.mycase.place.as_ref(), own.portal.place.as_ref());
    match at {
        At::MyCase => header(check, mycase),
        At::MyCaseSecret => own.mycase.client_secret.as_ref().map_or_else(|| header(check, mycase), |at| at.place.clone()),
        At::PortalKey => own.portal.api_key.as_ref().map_or_else(|| header(check, portal), |at| at.place.clone()),
    }
}

/// A finding in words, with its line.
struct Told {
    at: At,
    severity: Severity,
    code: &'static str,
    message: String,
    help: String,
}

impl Told {
    fn error(at: At, code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Told {
        Told { at, severity: Severity::Error, code, message: message.into(), help: help.into() }
    }
}

fn of_mycase(check: &Check<'_>, finding: &MyCaseFinding) -> Told {
    let connect = format!("casebridge connect {}", check.id);
    let warning = |told: Told| Told { severity: Severity::Warning, ..told };
    match finding {
        MyCaseFinding::NotConnected => {
            Told::error(At::MyCase, "not-connected", "this firm is not connected to MyCase", format!("run: {connect}"))
        }
        MyCaseFinding::Reconnect(why) => {
            let message = format!("MyCase no longer accepts the connection: {why}");
            Told::error(At::MyCase, "reconnect", message, format!("let a person allow access again: {connect}"))
        }
        MyCaseFinding::NotReached(why) => Told::error(At::MyCase, "not-reached", format!("this firm could not be looked at: {why}"), ""),
        MyCaseFinding::Silent(why) => {
            Told::error(At::MyCase, "no-answer", why.as_str(), "its names are held against the catalog only; try again later")
        }
        MyCaseFinding::Secret(why) => Told::error(At::MyCaseSecret, "no-secret", format!("MyCase cannot be asked: {why}"), ""),
        MyCaseFinding::PersonInactive => warning(Told::error(
            At::MyCase,
            "person-inactive",
            "the person who connected is no longer an active user of MyCase, so MyCase may end the connection any day",
            format!("let somebody whose account stays active run {connect}"),
        )),
        MyCaseFinding::ListNotRead(list, why) => warning(Told::error(
            At::MyCase,
            "list-not-read",
            format!("MyCase's {list} could not be read, so nothing is compared with them: {why}"),
            "give the person who connected the permission, or connect as somebody who has it",
        )),
    }
}

fn of_portal(check: &Check<'_>, own: &RawFirm, finding: &PortalFinding) -> Told {
    let profile = own.portal.kind.as_ref().and_then(|kind| check.profiles.get(&kind.value));
    let title = profile.map_or_else(|| "the portal".to_owned(), |profile| profile.title.clone());
    let error = |code, message: String, help: &str| Told::error(At::PortalKey, code, message, help);
    match finding {
        PortalFinding::OtherAccount(why) => {
            error("other-portal", why.clone(), &format!("casebridge rebind {}, if that is meant", check.id))
        }
        PortalFinding::Secret(why) => error("no-secret", format!("{title} cannot be asked: {why}"), ""),
        PortalFinding::KeyRefused(why) => {
            let help = "put the right one where this line says; MyCase need not be connected again";
            error("key-refused", format!("{title} does not accept the key: {why}"), help)
        }
        PortalFinding::Silent(why) => error("no-answer", format!("whether {title} accepts the key is not known: {why}"), "try again later"),
        PortalFinding::KeyNotAsked => {
            let message = format!("{title} has no way to ask whether it accepts the key");
            let note = error("key-not-asked", message, "it shows at the first write: begin with a few cases under [testing]");
            Told { severity: Severity::Note, ..note }
        }
    }
}
