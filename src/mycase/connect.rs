//! How a person allows access (MyCase: Getting-Started, 1 and 2): the address to open, what comes back, the first pair of tokens.
//!
//! Opens no browser and listens nowhere; that is the shell's business.

use super::auth::{Grant, TokenError, ask, oauth};
use super::error::MyCaseError;
use crate::config::MyCaseSettings;
use crate::domain::Tokens;
use crate::http::{HttpClient, quote};
use http::StatusCode;
use jiff::Timestamp;
use oauth2::{AuthorizationCode, CsrfToken};
use secrecy::SecretString;
use url::Url;

/// What the person who connects needs in MyCase (MyCase: Getting-Started, "forbidden").
const PERMISSION: &str = "the person who connects needs the permission to manage the firm's preferences, billing and payment options \
in MyCase (Settings, Firm Users, the user's permissions); give it, or let somebody connect who has it";

/// A code that stands for a person's yes. Works once, for a short time.
#[derive(Debug, Clone)]
pub struct Code(AuthorizationCode);

/// Why the address that came back holds no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// It belongs to another attempt, or somebody else's.
    #[error("this address belongs to another attempt to connect; start `casebridge connect` again and use the address it leads to")]
    OtherAttempt,
    /// The person lacks the permission.
    #[error("MyCase does not let this person connect an app: {PERMISSION}")]
    Forbidden,
    /// The person said no.
    #[error("access was not allowed in MyCase ({0})")]
    Denied(String),
    /// There is no code in it.
    #[error("there is no code in this address; paste the whole address that the browser shows after \"Allow Access\"")]
    NoCode,
}

/// A fresh `state`: unguessable, remembered until the person comes back.
pub fn new_state() -> String {
    CsrfToken::new_random().into_secret()
}

/// The address where a person allows access.
pub fn authorize_url(settings: &MyCaseSettings, state: &str) -> Url {
    let (url, _) = oauth(settings, None).authorize_url(|| CsrfToken::new(state.to_owned())).url();
    url
}

/// Reads the address to which MyCase sent the person back.
pub fn read_redirect(url: &Url, expected_state: &str) -> Result<Code, ConnectError> {
    let value = |name: &str| {
        let mut all = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        // Two values of one name are somebody's trick; neither counts.
        all.next().filter(|_| all.next().is_none())
    };
    let state = value("state");
    if state.as_deref().is_some_and(|state| state != expected_state) {
        return Err(ConnectError::OtherAttempt);
    }
    if let Some(error) = value("error") {
        let said = format!("{error} {}", value("error_description").unwrap_or_default());
        let lower = said.to_lowercase();
        let forbidden = ["forbidden", "privilege", "permission", "unauthorized"].iter().any(|word| lower.contains(word));
        return Err(if forbidden { ConnectError::Forbidden } else { ConnectError::Denied(quote(said.as_bytes())) });
    }
    if url.path().to_lowercase().contains("forbidden") {
        return Err(ConnectError::Forbidden);
    }
    let code = value("code").filter(|code| !code.trim().is_empty()).ok_or(ConnectError::NoCode)?;
    if state.is_none() {
        return Err(ConnectError::OtherAttempt);
    }
    Ok(Code(AuthorizationCode::new(code)))
}

/// The first pair of tokens, which says whose firm it is (`firm_uuid`). Not stored here.
pub async fn exchange(
    http: &HttpClient,
    settings: &MyCaseSettings,
    secret: &SecretString,
    code: Code,
    now: Timestamp,
) -> Result<Tokens, MyCaseError> {
    let oauth = oauth(settings, Some(secret));
    ask(http, &oauth, Grant::Code(code.0), now).await.map_err(|error| match error {
        TokenError::Refused { status: StatusCode::FORBIDDEN, words } => MyCaseError::Forbidden { what: format!("{words}; {PERMISSION}") },
        TokenError::Refused { status: _, words } => MyCaseError::Reconnect {
            why: format!("{words}; a code works once and only for a short time, and client_id, client_secret and redirect_uri must be as MyCase support registered them"),
        },
        TokenError::Unreadable(failure) => MyCaseError::Unreadable(failure),
        TokenError::Http(error) => error.into(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Code, ConnectError> {
        read_redirect(&Url::parse(&format!("http://127.0.0.1:8400/callback?{query}")).unwrap(), "s1")
    }

    #[test]
    fn a_code_counts_only_with_the_state_it_was_asked_for() {
        assert!(read("code=c&state=s1").is_ok());
        assert!(read("state=s1&code=a%2Fb").is_ok_and(|code| code.0.secret() == "a/b"));
        for query in ["code=c&state=s2", "code=c", "code=c&state=s1&state=s2", "code=c&state="] {
            assert_eq!(read(query).unwrap_err(), ConnectError::OtherAttempt, "{query}");
        }
        for query in ["state=s1", "state=s1&code=", "state=s1&code=a&code=b", ""] {
            assert_eq!(read(query).unwrap_err(), ConnectError::NoCode, "{query}");
        }
    }

    #[test]
    fn a_missing_permission_is_said_in_words() {
        let error = read("error=forbidden&state=s1").unwrap_err();
        assert!(error.to_string().contains("preferences, billing and payment options"), "{error}");
        assert_eq!(read("error=access_denied&state=s1").unwrap_err(), ConnectError::Denied("access_denied".to_owned()));
        assert_eq!(read("error=access_denied&state=evil").unwrap_err(), ConnectError::OtherAttempt);
    }

    #[test]
    fn a_code_is_never_printed() {
        assert!(!format!("{:?}", read("code=verysecret&state=s1").unwrap()).contains("verysecret"));
    }

    #[test]
    fn every_state_is_another() {
        assert!(new_state().len() >= 16 && new_state() != new_state());
    }
}
