//! What a look at both accounts found, each at the line of the file that it belongs to.

use super::Check;
use super::account::given;
use super::firm::header;
use crate::config::raw::{Maybe, Place, RawFirm};
use crate::config::{Online, OnlineFinding, Severity, online::site};

pub(super) fn findings(check: &mut Check<'_>, own: &RawFirm, online: &Online) {
    if let Some((at, found)) =
        given(&own.mycase.web_url).zip(online.firm_url.as_deref()).filter(|(at, found)| site(&at.value) != site(found))
    {
        let message = format!("the connection to MyCase belongs to {found}, not to {}", at.value);
        let help = format!("correct web_url, or let the right firm allow access: casebridge connect {}", check.id);
        check.error(&at.place, "other-firm", message, help);
    }
    for finding in &online.findings {
        let Told { place, severity, code, message, help } = told(check, own, finding);
        check.add(&place, severity, code, message, help);
    }
}

/// A finding in words, with its place.
struct Told {
    place: Place,
    severity: Severity,
    code: &'static str,
    message: String,
    help: String,
}

fn told(check: &Check<'_>, own: &RawFirm, finding: &OnlineFinding) -> Told {
    let id = check.id;
    let connect = format!("casebridge connect {id}");
    let (mycase, portal) = (own.mycase.place.as_ref(), own.portal.place.as_ref());
    let (section, secret, key) = (header(check, mycase), at(&own.mycase.client_secret), at(&own.portal.api_key));
    let (secret, key) = (secret.unwrap_or_else(|| section.clone()), key.unwrap_or_else(|| header(check, portal)));
    let name = own.portal.kind.as_ref().and_then(|kind| check.profiles.get(&kind.value)).map(|profile| profile.title.clone());
    let title = name.unwrap_or_else(|| "the portal".to_owned());
    let told = |place: Place, severity, code, message: String, help: String| Told { place, severity, code, message, help };
    match finding {
        OnlineFinding::NotConnected => {
            told(section, Severity::Error, "not-connected", "this firm is not connected to MyCase".into(), format!("run: {connect}"))
        }
        OnlineFinding::Reconnect(why) => {
            let message = format!("MyCase no longer accepts the connection: {why}");
            told(section, Severity::Error, "reconnect", message, format!("let a person allow access again: {connect}"))
        }
        OnlineFinding::NotReached(why) => {
            told(section, Severity::Error, "not-reached", format!("this firm could not be looked at: {why}"), String::new())
        }
        OnlineFinding::MyCaseSilent(why) => {
            told(section, Severity::Error, "no-answer", why.clone(), "nothing is known of its names; try again later".into())
        }
        OnlineFinding::MyCaseSecret(why) => {
            told(secret, Severity::Error, "no-secret", format!("MyCase cannot be asked: {why}"), String::new())
        }
        OnlineFinding::PersonInactive => told(
            section,
            Severity::Warning,
            "person-inactive",
            "the person who connected is no longer an active user of MyCase, so MyCase may end the connection any day".into(),
            format!("let somebody whose account stays active run {connect}"),
        ),
        OnlineFinding::ListNotRead(list, why) => told(
            section,
            Severity::Warning,
            "list-not-read",
            format!("MyCase's {list} could not be read, so nothing is compared with them: {why}"),
            "give the person who connected the permission, or connect as somebody who has it".into(),
        ),
        OnlineFinding::OtherPortal(why) => {
            told(key, Severity::Error, "other-portal", why.clone(), format!("casebridge rebind {id}, if that is meant"))
        }
        OnlineFinding::PortalSecret(why) => {
            told(key, Severity::Error, "no-secret", format!("{title} cannot be asked: {why}"), String::new())
        }
        OnlineFinding::KeyRefused(why) => told(
            key,
            Severity::Error,
            "key-refused",
            format!("{title} does not accept the key: {why}"),
            "put the right one where this line says; MyCase need not be connected again".into(),
        ),
        OnlineFinding::PortalSilent(why) => told(
            key,
            Severity::Error,
            "no-answer",
            format!("whether {title} accepts the key is not known: {why}"),
            "try again later".into(),
        ),
        OnlineFinding::KeyNotAsked => told(
            key,
            Severity::Note,
            "key-not-asked",
            format!("{title} has no way to ask whether it accepts the key"),
            "it shows at the first write: begin with a few cases under [testing]".into(),
        ),
    }
}

fn at<T>(value: &Maybe<T>) -> Option<Place> {
    value.as_ref().map(|at| at.place.clone())
}
