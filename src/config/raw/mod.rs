//! What the files say, key by key with its place, before anybody asks whether it makes sense. Start with [`RawFirm`].

mod catalog;
mod daemon;
mod document;
mod firm;
mod read;
mod secret;
mod syntax;

pub(crate) use catalog::{RawCatalog, RawNamed, RawTestsFile};
pub(crate) use daemon::{DAEMON_SECTIONS, RawDaemon, RawLogFormat, RawOptionalSecret, RawWeb};
pub(crate) use document::{read_document, root};
pub(crate) use firm::{
    FIRM_SECTIONS, RawAny, RawCase, RawCases, RawClients, RawClosed, RawClosedCases, RawClosure, RawCompanyCases, RawDeleted, RawDocuments,
    RawDrift, RawField, RawFirm, RawFirmDefaults, RawFirstImport, RawImport, RawLead, RawLimits, RawLookback, RawMap, RawMessages,
    RawMyCase, RawNotInMap, RawOutOfScope, RawPhone, RawPortal, RawPracticeAreas, RawReopened, RawSchedule, RawSharedPhone, RawSince,
    RawStaff, RawStatus, RawTable, RawTest,
};
pub(crate) use read::{At, FromToml, Map, Maybe, Origin, Place, Reader, Slot, in_order, key_of, section, words};
pub(crate) use secret::RawSecret;
