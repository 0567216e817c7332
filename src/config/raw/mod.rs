//! What the files say, key by key with its place, before anybody asks whether it makes sense. Start with [`RawFirm`].

mod catalog;
mod daemon;
mod document;
mod firm;
mod firm_values;
mod firm_words;
mod read;
mod secret;
mod syntax;

pub(crate) use catalog::{RawCatalog, RawNamed, RawTestsFile};
pub(crate) use daemon::{DAEMON_SECTIONS, RawDaemon, RawLogFormat, RawOptionalSecret, RawWeb};
pub(crate) use document::{read_document, root};
pub(crate) use firm::{
    FIRM_SECTIONS, RawCases, RawClients, RawClosure, RawDocuments, RawFirm, RawFirmDefaults, RawLimits, RawLookback, RawMessages,
    RawMyCase, RawPortal, RawPracticeAreas, RawSchedule, RawStaff, RawTest,
};
pub(crate) use firm_values::{RawAny, RawCase, RawField, RawSince, RawTable};
pub(crate) use firm_words::{
    RawClosed, RawClosedCases, RawCompanyCases, RawDeleted, RawDrift, RawFirstImport, RawImport, RawLead, RawNotInMap, RawOutOfScope,
    RawPhone, RawReopened, RawSharedPhone, RawStatus,
};
pub(crate) use read::{At, FromToml, Map, Maybe, Origin, Place, Reader, Slot, in_order, key_of, section, words};
pub(crate) use secret::RawSecret;

#[cfg(test)]
mod schema;
