//! What is known of the firm as a whole, one fact each: the accounts it is bound to, the file's last good version, pauses.
//!
//! A fact is a type with a name; it is read and written whole, and sealed. New facts may be added; a new field of one is
//! optional (`#[serde(default)]`).

use super::snapshot::Snapshot;
use super::tables::{META, META_FACTS};
use super::{FORMAT, Store, StoreError, Writer};
use crate::domain::{CaseId, Fingerprint, StaffId};
use crate::mapping::NamesEver;
use crate::plan::ChangeKey;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const FIRM: &str = "firm";
const CHECK: &str = "check";

/// One fact of the table `meta`.
pub trait MetaFact: Serialize + DeserializeOwned {
    /// Its key.
    const NAME: &'static str;
}

macro_rules! facts {
    ($($fact:ident = $name:literal),* $(,)?) => {
        $(impl MetaFact for $fact { const NAME: &'static str = $name; })*
    };
}

facts! {
    AccountMyCase = "account_mycase",
    AccountPortal = "account_portal",
    Accepted = "accepted",
    FirstRunDone = "first_run_done",
    ScopePrint = "scope_print",
    LastScan = "last_scan",
    Pause = "pause",
    LookbackFirst = "lookback_first",
    Connected = "connected",
    ConnectionBroken = "connection_broken",
    FirstConnected = "first_connected",
    RefreshBegun = "refresh_begun",
    RefreshTrouble = "refresh_trouble",
    TokenRefused = "token_refused",
    ConnectionWarned = "connection_warned",
    PersonInactive = "person_inactive",
    PortalKeyRefused = "portal_key_refused",
    Selected = "selected",
    Refusals = "refusals",
    LookAgain = "look_again",
    ListsSeen = "lists_seen",
    NamesEver = "names_ever",
}

/// The MyCase account the state is bound to (MyCase: Firm.json; the id comes with the first token).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMyCase {
    /// The firm's uuid, when MyCase gave one.
    pub firm_uuid: Option<String>,
    /// The firm's address in MyCase.
    pub url: String,
    /// The firm's name in MyCase.
    pub name: String,
}

/// The portal account the state is bound to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPortal {
    /// The profile's name: "case-status", "hona", ...
    pub kind: String,
    /// The host.
    pub host: String,
    /// Of the key: a rotated key is told from another account by `identity`, or by asking.
    pub key_print: Fingerprint,
    /// Who the portal says the key is, when it says so.
    pub identity: Option<String>,
}

impl std::fmt::Debug for AccountPortal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccountPortal({} at {})", self.kind, self.host)
    }
}

/// The last good version of the firm's file: it runs while the file on disk has problems.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The file's text.
    pub text: String,
    /// The texts that were checked with it, by file name: `defaults.toml`, tests, a catalog, a profile.
    #[serde(default)]
    pub beside: BTreeMap<String, String>,
    /// When it was accepted.
    pub at: Timestamp,
    /// One more per change of meaning.
    pub generation: u64,
    /// The hash of the file and what was read beside it.
    pub file_hash: String,
    /// SHA-256 of the file alone; `None` in states from before it was remembered.
    #[serde(default)]
    pub sha256: Option<String>,
}

impl std::fmt::Debug for Accepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Accepted(generation {}, {})", self.generation, self.file_hash)
    }
}

/// The first run is over: what comes now is judged by the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstRunDone {
    /// Since when.
    pub at: Timestamp,
}

/// Of the rules that say which cases are in scope: another one means that scope changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopePrint(pub Fingerprint);

/// The last whole scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastScan {
    /// How many cases it showed.
    pub count: usize,
    /// When it began.
    pub at: Timestamp,
}

/// Somebody, or something that went wrong, paused the firm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// Who paused.
    pub who: Option<String>,
}

impl std::fmt::Debug for Pause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pause(since {}, until {:?}: {})", self.since, self.until, self.reason)
    }
}

/// `reset` asked that the next first run looks back only so far, or at everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookbackFirst(pub bool);

/// Cases asked for by id or address while `import = "selected"`: they stay wanted until they are linked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selected(pub BTreeSet<CaseId>);

/// Changes that the portal refused: the same one is not sent again and again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refusals(pub BTreeMap<CaseId, Refusal>);

/// One change that the portal refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What was refused.
    pub key: ChangeKey,
    /// When.
    pub at: Timestamp,
    /// The portal's words, without personal data.
    pub text: String,
}

/// Cases that a run which reads only what moved must read again, though they may not have moved, and from when on: a stage
/// or a closing that has to stand for a while, a change that the portal refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LookAgain(pub BTreeMap<CaseId, Timestamp>);

/// Fingerprints of what rules may use of MyCase's short lists, as they were when all cases were last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListsSeen {
    /// Staff: address, type, name, whether active.
    pub staff: BTreeMap<StaffId, Fingerprint>,
    /// Stages: the name.
    pub stages: BTreeMap<u64, Fingerprint>,
    /// Practice areas: the name.
    pub practice_areas: BTreeMap<u64, Fingerprint>,
}

/// A person connected the firm to MyCase.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// When.
    pub at: Timestamp,
    /// Whose account it is: the person whose permissions count.
    pub person: String,
}

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connected({})", self.at)
    }
}

/// MyCase refused the tokens for good: a person must connect again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionBroken {
    /// Since when.
    pub since: Timestamp,
    /// What MyCase said.
    pub why: String,
    /// When somebody was last reminded of it.
    #[serde(default)]
    pub reminded_at: Option<Timestamp>,
}

/// The first time anybody connected the firm; put once, kept by `disconnect`. What clients gave before belongs to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstConnected {
    /// When.
    pub at: Timestamp,
}

/// A refresh was sent and its answer is not stored: while this stands, the pair may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshBegun {
    /// When.
    pub at: Timestamp,
}

/// Renewing the connection keeps failing, and not because MyCase refused the tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshTrouble {
    /// The first failure since it last worked.
    pub since: Timestamp,
    /// The last one.
    pub last_try: Timestamp,
    /// How many.
    pub tries: u32,
    /// What happened last, without personal data.
    pub text: String,
}

/// Runs ended because MyCase refused a token that it had just renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRefused {
    /// The first since a run could read.
    pub since: Timestamp,
    /// How many.
    pub runs: u32,
}

/// It was said that the connection will end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionWarned {
    /// The end it was said of; another end is another warning.
    pub ends_at: Timestamp,
    /// How many days before it: 7, 3, 1; 0 when it was over.
    pub days: u8,
}

/// The person who connected is no longer an active member of the firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonInactive {
    /// When that was first seen.
    pub since: Timestamp,
}

/// The portal does not accept the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalKeyRefused {
    /// Since when.
    pub since: Timestamp,
    /// What was asked and what the portal said, redacted.
    pub text: String,
}

impl Store {
    /// A fact, if it is known.
    pub fn meta<F: MetaFact>(&self) -> Result<Option<F>, StoreError> {
        self.read()?.unseal(&META_FACTS, F::NAME)
    }
}

impl Writer<'_> {
    /// Keeps a fact in place of the former. Crash before the commit: the former holds. After: this one.
    pub fn put_meta<F: MetaFact>(&mut self, fact: &F) -> Result<(), StoreError> {
        self.seal_into(&META_FACTS, F::NAME, fact)
    }

    /// Forgets a fact. Crash before the commit: it is still known. After: it is not.
    pub fn remove_meta<F: MetaFact>(&mut self) -> Result<(), StoreError> {
        self.table(META)?.remove(F::NAME)?;
        Ok(())
    }
}

impl Writer<'_> {
    /// Notes that somebody was reminded to connect again; connected meanwhile, no effect. Crash before the commit: they are
    /// reminded again. After: not.
    pub fn set_reconnect_reminded(&mut self, at: Timestamp) -> Result<(), StoreError> {
        let Some(broken) = self.unseal::<_, ConnectionBroken>(&META_FACTS, ConnectionBroken::NAME)? else { return Ok(()) };
        self.put_meta(&ConnectionBroken { reminded_at: Some(at), ..broken })
    }
}

/// Marks a new state as this firm's, under this vault key.
pub(super) fn mark_owner(writer: &Writer<'_>) -> Result<(), StoreError> {
    let firm = writer.sealer.firm().as_str();
    writer.table(META)?.insert(FIRM, firm.as_bytes())?;
    writer.seal_into(&META_FACTS, CHECK, firm)
}

/// Whether the state is of a known format, this firm's, and sealed under this key; in this order, so that each gets its words.
pub(super) fn check_owner(snapshot: &Snapshot<'_>, format: u32) -> Result<(), StoreError> {
    let firm = snapshot.sealer().firm();
    if format > FORMAT {
        return Err(StoreError::Newer { firm: firm.clone(), found: format, known: FORMAT });
    }
    let row = snapshot.table(META)?.get(FIRM)?.ok_or(StoreError::Row { table: "meta" })?;
    if row.value() != firm.as_str().as_bytes() {
        let found = String::from_utf8_lossy(row.value()).into_owned();
        return Err(StoreError::OtherFirm { firm: firm.clone(), found });
    }
    match snapshot.unseal::<_, String>(&META_FACTS, CHECK) {
        Ok(Some(found)) if found == firm.as_str() => Ok(()),
        Ok(_) | Err(StoreError::Row { .. }) => Err(StoreError::WrongKey { firm: firm.clone() }),
        Err(other) => Err(other),
    }
}
