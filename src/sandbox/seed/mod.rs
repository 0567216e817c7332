//! The data of the sandbox: a believable law firm, the same for the same seed.
//!
//! `names` holds the words, `offices` the firm around the cases (people who work there, stages, fields), `cases` the cases and
//! their clients. About one case in thirty has something that cannot be decided, as in life.

mod cases;
mod names;
mod offices;
mod people;

pub(super) use cases::firm;
pub(super) use offices::portal_stages;
pub(super) use people::some_address;
