//! SCAFFOLD: the shape of what the lead writes, so that the daemon is type-checked meanwhile. To be dropped.
#![allow(missing_docs, dead_code, clippy::allow_attributes)]
use super::*;
use crate::config::{Firm, Problem};
use crate::domain::FirmId;
use crate::load::{FolderText, Paths};
use crate::sync::{Progress, RunReport, Trigger};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Clone, Copy)]
pub struct Clock;
impl Clock {
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
#[derive(Debug)]
pub struct Store;
impl Store {
    pub fn last_run(&self, _: &[&str]) -> Result<Option<(crate::domain::RunId, serde_json::Value)>, StoreError> {
        Ok(None)
    }
}
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("busy")]
    Busy { firm: FirmId },
    #[error("io")]
    Io,
}
#[derive(Debug)]
pub struct Hands {
    pub store: Store,
}
#[derive(Debug)]
pub struct Engine;
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct OperationError;
impl OperationError {
    pub fn code(&self) -> &'static str {
        ""
    }
}
#[derive(Debug, Clone)]
pub struct FirmChange;
impl FirmChange {
    pub fn alters_clients(&self) -> bool {
        true
    }
}
#[derive(Debug, Clone)]
pub struct FileVerdict {
    pub checked: Option<Arc<Firm>>,
    pub problems: Vec<Problem>,
    pub hash: String,
}
#[derive(Debug)]
pub struct FolderView {
    pub firms: BTreeMap<FirmId, FileVerdict>,
    pub stray: Vec<Problem>,
}
#[derive(Debug)]
pub struct Accepted {
    pub firm: Option<Arc<Firm>>,
    pub file: FileView,
    pub difference: Option<FirmChange>,
    pub notes: Vec<String>,
}
#[derive(Debug)]
pub struct DaemonConfig {
    pub firms_at_once: usize,
    pub spread: std::time::Duration,
    pub edit_settle: std::time::Duration,
}
#[derive(Debug)]
pub struct House {
    pub daemon: DaemonConfig,
    pub paths: Paths,
    pub clock: Clock,
}
impl House {
    pub fn check_folder(&self, _: &FolderText, _: Timestamp) -> FolderView {
        unimplemented!()
    }
    pub fn open_firm(&self, _: &FirmId) -> Result<Arc<Hands>, StoreError> {
        unimplemented!()
    }
    pub fn accept(&self, _: &Hands, _: &FileVerdict, _: Timestamp) -> Result<Accepted, OperationError> {
        unimplemented!()
    }
    pub fn engine(&self, _: &Arc<Hands>, _: Arc<Firm>) -> Result<Engine, OperationError> {
        unimplemented!()
    }
}
pub fn status(_: &Firm, _: &Store, _: Timestamp) -> Result<FirmStatus, OperationError> {
    unimplemented!()
}
pub async fn answer(_: &Engine, _: Ask, _: &Caller, _: &Progress) -> Result<Answer, OperationError> {
    unimplemented!()
}
pub async fn scheduled(_: &Engine, _: Trigger, _: &Progress) -> RunReport {
    unimplemented!()
}
