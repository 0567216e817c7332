//! What a firm's file makes of a case that MyCase shows: the wanted record, and what cannot be decided.
//!
//! [`Mapper`] is made once per run and maps case by case; it knows no link and no portal. [`Wanted`] is what it says of
//! a case; [`Mapper::explain`] says which rule and line decided, [`Mapper::table`] with the values. `stages` has practice areas and stages, `people` the
//! client, `staff` the lead attorney and the team, `fields` the rest over the table of `sources`; `reasons` has the
//! sentences.

mod because;
mod custom;
mod decided;
mod explain;
mod fields;
mod mapper;
mod names;
mod needs;
mod people;
mod place;
mod reasons;
mod renames;
mod sources;
mod staff;
mod stages;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod wanted;

pub use because::Because;
pub use decided::Decided;
pub use mapper::{Mapper, MapperError};
pub use needs::{Needs, needs};
pub use place::placed;
pub use renames::{NameTrail, NamesEver, Renamed, Renames};
pub use table::{FieldRow, value_of};
pub use wanted::{OutOfScope, Scope, SeenStatus, StageWish, Wanted};
