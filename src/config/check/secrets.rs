//! A firm file cannot reach beyond its firm: which variables, credentials, files and hosts it may name.

use super::Check;
use crate::config::SecretRef;
use crate::config::raw::{At, RawSecret};
use url::{Host, Url};

/// The reference, if it stays within the firm. A file comes out relative to `<secrets>/<firm>/`.
pub(super) fn secret(check: &mut Check<'_>, at: &At<RawSecret>) -> Option<SecretRef> {
    let id = check.id.as_str().to_owned();
    let refused = |check: &mut Check<'_>, message: String, help: String| {
        check.error(&at.place, "beyond-firm", message, help);
        None
    };
    match &at.value.0 {
        SecretRef::Stored(name) => {
            let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
            if name.chars().all(fine) && name.len() <= 60 {
                return Some(SecretRef::Stored(name.clone()));
            }
            // The text is not repeated: it may be the secret, pasted in the wrong place.
            let help = format!("write {{ stored = \"portal\" }} and run `casebridge secret set {id} portal`");
            refused(check, "the name of a stored secret has lower-case letters, digits, - and _ only".to_owned(), help)
        }
        SecretRef::Env(name) => {
            let prefix = check.id.environment_prefix();
            let allowed = name.starts_with(&prefix) && name.len() > prefix.len();
            if allowed || check.rules.environment.iter().any(|other| other == name) {
                return Some(SecretRef::Env(name.clone()));
            }
            let help = format!("name the variable {prefix}..., or add it to environment below [allow] in casebridge.toml");
            refused(check, format!("the variable {name:?} does not belong to this firm"), help)
        }
        SecretRef::Credential(name) => {
            let fine = name.strip_prefix(&format!("{id}.")).is_some_and(|rest| !rest.is_empty()) && !name.contains('/');
            if fine {
                return Some(SecretRef::Credential(name.clone()));
            }
            refused(
                check,
                format!("the credential {name:?} does not belong to this firm"),
                format!("name it \"{id}....\", e.g. \"{id}.portal\""),
            )
        }
        SecretRef::File(path) => match inside(path, &id, &check.rules.secrets) {
            Some(inside) => Some(SecretRef::File(inside)),
            None => {
                let help = format!("put it into secrets/{id}/ and write only its name, e.g. {{ file = \"portal.key\" }}");
                refused(check, format!("the file {path:?} is not below this firm's folder of secrets"), help)
            }
        },
    }
}

/// The part of a path below `<secrets>/<firm>/`.
fn inside(path: &str, id: &str, secrets: &str) -> Option<String> {
    let folders = [format!("{}/{id}/", secrets.trim_end_matches('/')), format!("secrets/{id}/")];
    let own = folders.iter().find_map(|folder| path.strip_prefix(folder.as_str())).unwrap_or(path);
    let fine = !own.is_empty()
        && !own.starts_with(['/', '~'])
        && !own.contains('\\')
        && own.split('/').all(|part| !part.is_empty() && part != ".." && part != ".");
    fine.then(|| own.to_owned())
}

/// What an address is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Secrets or cases are sent there: only the vendors' hosts, loopback and what `[allow]` names.
    Sent,
    /// A person's browser goes there, or it is only compared.
    Shown,
}

/// What to write in the place of an address that is none: mostly its beginning is missing.
fn whole_address(text: &str) -> String {
    let near = ["127.0.0.1", "localhost"].iter().any(|host| text.starts_with(host));
    let whole = format!("{}://{text}", if near { "http" } else { "https" });
    let fits = (near || (text.contains('.') && !text.contains(':'))) && Url::parse(&whole).is_ok();
    if fits { format!("did you mean {whole:?}?") } else { "write the whole address, e.g. \"https://acme.mycase.com\"".to_owned() }
}

/// An address, if it may be used; `own` are hosts that need no permission (with their subdomains).
pub(super) fn address(check: &mut Check<'_>, at: &At<String>, own: &[&str], used: Use) -> Option<Url> {
    let text = at.value.trim();
    let url = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
        _ => {
            let help = whole_address(text);
            check.error(&at.place, "bad-address", format!("{text:?} is no web address"), help);
            return None;
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        check.error(&at.place, "bad-address", "an address must not carry a user name or password", "leave out what stands before the @");
        return None;
    }
    let loopback = is_loopback(&url);
    if url.scheme() == "http" && !loopback {
        let message = format!("{text:?} is not encrypted");
        check.error(&at.place, "http-off-loopback", message, "write https://; http:// is for this machine only (127.0.0.1)");
        return None;
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let among =
        |allowed: &str| host.eq_ignore_ascii_case(allowed) || host.to_lowercase().ends_with(&format!(".{}", allowed.to_lowercase()));
    let listed = check.rules.hosts.iter().any(|allowed| host.eq_ignore_ascii_case(allowed));
    if used == Use::Sent && !loopback && !listed && !own.iter().any(|own| among(own)) {
        let help = "if that is meant, the administrator adds it to hosts below [allow] in casebridge.toml";
        check.error(&at.place, "host-not-allowed", format!("this file may not send anything to {host:?}"), help);
        return None;
    }
    Some(url)
}

/// Whether an address leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
