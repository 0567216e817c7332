//! The only type that can change a portal. It decides nothing: a [`Change`] says what, the profile says how.
//!
//! Races and decisions:
//! - An answer is lost: an idempotent request was repeated by the client already; any other is `Unknown`, and is looked up.
//! - A later request of one operation fails after an earlier took effect (Hona: contact, then project): the failure is told
//!   as it is, because such operations are idempotent and the next try begins anew.
//! - Closing fails after a create took effect: `Unknown`, whatever the failure, because sending the change again would make
//!   a second record. Looking finds the record, and the next plan closes it.

use super::account::{Account, Fill};
use super::error::{Part, WriteError};
use super::render::Bodies;
use super::rendered::Body;
use super::scrub::Scrubber;
use super::steps::{self, Step};
use super::values::value_at;
use crate::config::{OperationName, Profile};
use crate::domain::PortalId;
use crate::http::{HttpClient, HttpError, Repeat, Reply};
use crate::plan::Change;
use ::http::StatusCode;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Writes to one account. Cheap to share; changes of different cases may be applied at once.
pub struct PortalWriter {
    account: Account,
    /// The compiled bodies, or why they do not compile (a profile that was not checked).
    bodies: Result<Bodies, String>,
}

/// A change that is in the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The record's id there.
    pub portal_id: PortalId,
}

impl PortalWriter {
    /// A writer for an account. `http` comes from [`super::client`]; the key goes to `base_url`'s origin only.
    pub fn new(http: HttpClient, profile: Arc<Profile>, base_url: Url, key: SecretString) -> PortalWriter {
        let bodies = Bodies::compile(&profile).map_err(|error| error.to_string());
        PortalWriter { account: Account::new(http, profile, base_url, key), bodies }
    }

    /// Brings one change into the portal, request by request.
    pub async fn apply(&self, change: &Change) -> Result<Written, WriteError> {
        let profile = &self.account.profile;
        let mut portal_id = change.portal_id.clone();
        let (mut made, mut part) = (false, Part::default());
        for name in steps::operations(profile, change) {
            if let Err(error) = self.operation(name, change, &mut portal_id, &mut part).await {
                return Err(if made { only_a_part(error) } else { in_part(error, part) });
            }
            match name {
                OperationName::ReopenCase => part.opened = true,
                _ => part.up_to_date = true,
            }
            made |= profile.operation(name).is_some_and(|operation| !operation.idempotent) && change.portal_id.is_none();
        }
        let nowhere = || WriteError::NotSent { text: "the change names no portal record".to_owned() };
        Ok(Written { portal_id: portal_id.ok_or_else(nowhere)? })
    }

    /// Whether every operation the change needs is idempotent, so that an unknown outcome may be met by repeating.
    pub fn can_repeat(&self, change: &Change) -> bool {
        steps::can_repeat(&self.account.profile, change)
    }

    /// How many requests the change takes when nothing goes wrong.
    pub fn requests_for(&self, change: &Change) -> usize {
        let Ok(bodies) = &self.bodies else { return 0 };
        let profile = &self.account.profile;
        let count = |name| steps::steps(profile, bodies, name, change, change.portal_id.as_ref()).map_or(0, |steps| steps.len());
        steps::operations(profile, change).into_iter().map(count).sum()
    }

    async fn operation(
        &self,
        name: OperationName,
        change: &Change,
        portal_id: &mut Option<PortalId>,
        part: &mut Part,
    ) -> Result<(), WriteError> {
        let not_sent = |text: String| WriteError::NotSent { text };
        let bodies = self.bodies.as_ref().map_err(|error| not_sent(error.clone()))?;
        let idempotent = self.account.profile.operation(name).is_some_and(|operation| operation.idempotent);
        // As it was before this operation's own answers.
        let known = portal_id.clone();
        let steps = steps::steps(&self.account.profile, bodies, name, change, known.as_ref());
        for step in steps.map_err(|error| not_sent(format!("the profile's {name} fails: {error}")))? {
            let reply = self.send(&step, change, portal_id.as_ref(), idempotent).await?;
            accepted(name, &reply, change)?;
            part.people |= step.client_id.is_some();
            let Some(pointer) = &step.template.portal_id else { continue };
            match portal_id_at(&reply, pointer) {
                Some(found) => *portal_id = Some(found),
                None if portal_id.is_none() => {
                    return Err(WriteError::Unknown { text: format!("the answer to {name} names no record at {pointer}") });
                }
                None => {}
            }
        }
        Ok(())
    }

    async fn send(&self, step: &Step<'_>, change: &Change, portal_id: Option<&PortalId>, idempotent: bool) -> Result<Reply, WriteError> {
        let fill =
            Fill { portal_id: portal_id.map(PortalId::as_str), case_id: Some(change.case.0), client_id: step.client_id, file_id: None };
        let body = step.body.as_ref().map(Body::text).transpose();
        let body = body.map_err(|error| WriteError::NotSent { text: error.to_string() })?;
        let repeat = if idempotent { Repeat::Harmless } else { Repeat::Never };
        let call = self.account.call(step.template, fill, None, body, repeat);
        let call = call.map_err(|error| WriteError::NotSent { text: error.to_string() })?;
        self.account.http.call(call).await.map_err(|error| {
            let text = Scrubber::new(change).text(&error.to_string());
            match error {
                HttpError::NotSent(_) | HttpError::RateLimited(_) | HttpError::Setup(_) => WriteError::NotSent { text },
                HttpError::Unknown(_) | HttpError::Unavailable(_) | HttpError::Unreadable(_) => WriteError::Unknown { text },
            }
        })
    }
}

impl fmt::Debug for PortalWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PortalWriter({:?})", self.account)
    }
}

/// What a status says about a write.
fn accepted(name: OperationName, reply: &Reply, change: &Change) -> Result<(), WriteError> {
    let status = reply.status;
    if reply.says_yes().map_err(|text| WriteError::Unknown { text })? {
        return Ok(());
    }
    let text = || Scrubber::new(change).words(&reply.body);
    Err(match (status, name) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => WriteError::KeyRejected { text: text() },
        (StatusCode::CONFLICT, OperationName::CreateCase) => WriteError::Exists,
        (StatusCode::NOT_FOUND | StatusCode::GONE, OperationName::UpdateCase | OperationName::CloseCase | OperationName::ReopenCase) => {
            WriteError::Gone
        }
        _ if reply.after_lost => {
            WriteError::Unknown { text: format!("refused ({}) after a try without an answer: {}", status.as_u16(), text()) }
        }
        _ => WriteError::Refused { status: status.as_u16(), text: text(), part: Part::default() },
    })
}

/// A failure after a record was made: the whole must not be sent again.
fn only_a_part(error: WriteError) -> WriteError {
    match error {
        WriteError::Unknown { .. } => error,
        other => WriteError::Unknown { text: format!("the record was made, but not closed: {other}") },
    }
}

/// A failure after a part of the same change was accepted: that had an effect, whatever becomes of the rest.
fn in_part(error: WriteError, part: Part) -> WriteError {
    match error {
        WriteError::Refused { status, text, .. } => WriteError::Refused { status, text, part },
        WriteError::NotSent { text } | WriteError::KeyRejected { text } if part.opened || part.up_to_date => WriteError::Unknown { text },
        other => other,
    }
}

/// The record's id in an answer; a number or a text.
fn portal_id_at(reply: &Reply, pointer: &str) -> Option<PortalId> {
    let id = match value_at(&reply.body, pointer)? {
        serde_json::Value::String(text) if !text.is_empty() => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(PortalId(id))
}
