//! What clients send to the Case Status account, through the control address: files with or without tricks, and messages.

use std::collections::BTreeSet;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::routes::{changed, done, refused, unknown};
use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::case_status::{CaseStatus, PortalFile};

/// One request below `/control/case-status/files` or `/control/case-status/messages`.
pub(super) fn answer(account: &mut CaseStatus, ask: &Ask, rest: &[&str], now: Timestamp) -> Answer {
    match (ask.method.as_str(), rest) {
        ("GET", ["files"]) => Answer::json(200, &account.files.values().map(file).collect::<Vec<_>>()),
        ("POST", ["files"]) => with(ask, |new: NewFiles| add_files(account, new, now)),
        ("POST", ["files", id]) => with(ask, |tricks: Tricks| match id.parse().ok().and_then(|id: u64| account.files.get_mut(&id)) {
            Some(file) => {
                tricks.play_on(file);
                done()
            }
            None => unknown(),
        }),
        ("DELETE", ["files", id]) => id.parse().map_or_else(|_| unknown(), |id| changed(account.remove_file(id).map(drop))),
        ("GET", ["messages"]) => Answer::json(200, &messages(account)),
        ("POST", ["messages"]) => with(ask, |new: NewMessages| add_messages(account, &new, now)),
        ("DELETE", ["messages", id]) => id.parse().map_or_else(|_| unknown(), |id| changed(account.remove_message(id).map(drop))),
        _other => unknown(),
    }
}

fn with<T: DeserializeOwned>(ask: &Ask, act: impl FnOnce(T) -> Answer) -> Answer {
    match serde_json::from_slice(&ask.body) {
        Ok(body) => act(body),
        Err(error) => refused(&error.to_string()),
    }
}

/// How a file disappoints; only what is named changes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tricks {
    listed_size: Option<u64>,
    created_at: Option<Timestamp>,
    nulls: Option<BTreeSet<String>>,
    url: Option<String>,
    chunked: Option<bool>,
    answers: Option<u16>,
    redirects: Option<Vec<String>>,
}

impl Tricks {
    fn play_on(&self, file: &mut PortalFile) {
        file.size = self.listed_size.unwrap_or(file.size);
        file.created_at = self.created_at.unwrap_or(file.created_at);
        file.nulls = self.nulls.clone().unwrap_or_else(|| std::mem::take(&mut file.nulls));
        file.url = self.url.clone().or_else(|| file.url.take());
        file.chunked = self.chunked.unwrap_or(file.chunked);
        // 200 takes a trick back.
        file.answers = self.answers.or(file.answers).filter(|status| *status != 200);
        file.redirects = self.redirects.clone().unwrap_or_else(|| std::mem::take(&mut file.redirects));
    }
}

/// Whose case it is, one way or the other.
fn case(account: &CaseStatus, number: Option<u64>, integration_id: Option<&str>) -> Option<u64> {
    match (number, integration_id) {
        (Some(number), _) => account.cases.contains_key(&number).then_some(number),
        (None, Some(text)) => account.by_integration_id(text).first().map(|case| case.id),
        (None, None) => None,
    }
}

const WHOSE: &str = "case must be the number of a case in the portal, or integration_id MyCase's id of one";

fn one() -> u64 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFiles {
    case: Option<u64>,
    integration_id: Option<String>,
    file_name: Option<String>,
    content: Option<String>,
    size: Option<u64>,
    #[serde(default = "one")]
    count: u64,
    #[serde(default)]
    tricks: Tricks,
}

fn add_files(account: &mut CaseStatus, new: NewFiles, now: Timestamp) -> Answer {
    let Some(case) = case(account, new.case, new.integration_id.as_deref()) else {
        return refused(WHOSE);
    };
    let name = new.file_name.as_deref().unwrap_or("photo.jpg");
    let bytes = new.content.map(Bytes::from);
    let mut ids = Vec::new();
    for _ in 0..new.count {
        let id = account.add_file(case, name, new.size.unwrap_or(1000), bytes.clone(), now);
        if let Some(file) = account.files.get_mut(&id) {
            new.tricks.play_on(file);
        }
        ids.push(id);
    }
    Answer::json(201, &json!({ "ids": ids }))
}

fn file(file: &PortalFile) -> Value {
    json!({
        "id": file.id, "case": file.case, "file_name": file.file_name, "listed_size": file.size,
        "size": file.bytes.as_ref().map_or(file.length, |bytes| bytes.len() as u64), "created_at": file.created_at,
        "tricks": { "nulls": file.nulls, "url": file.url, "chunked": file.chunked, "answers": file.answers, "redirects": file.redirects },
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMessages {
    case: Option<u64>,
    integration_id: Option<String>,
    sender_name: Option<String>,
    content: Option<String>,
    sent_at: Option<Timestamp>,
    #[serde(default)]
    nulls: BTreeSet<String>,
    #[serde(default = "one")]
    count: u64,
}

fn add_messages(account: &mut CaseStatus, new: &NewMessages, now: Timestamp) -> Answer {
    let Some(case) = case(account, new.case, new.integration_id.as_deref()) else {
        return refused(WHOSE);
    };
    let (sender, content) = (new.sender_name.as_deref().unwrap_or("A client"), new.content.as_deref().unwrap_or("Any news?"));
    let mut ids = Vec::new();
    for _ in 0..new.count {
        let id = account.add_message(case, sender, content, new.sent_at.unwrap_or(now));
        if let Some(message) = account.messages.get_mut(&id) {
            message.nulls.clone_from(&new.nulls);
        }
        ids.push(id);
    }
    Answer::json(201, &json!({ "ids": ids }))
}

fn messages(account: &CaseStatus) -> Vec<Value> {
    let one = |message: &crate::sandbox::case_status::PortalMessage| {
        json!({ "id": message.id, "case": message.case, "sender_name": message.sender_name, "content": message.content,
            "sent_at": message.sent_at, "nulls": message.nulls })
    };
    account.messages.values().map(one).collect()
}
