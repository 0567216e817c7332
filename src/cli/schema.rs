//! `casebridge schema firm|profile|daemon`: the JSON Schema that makes editors complete and check.

use super::args::{SchemaArgs, SchemaOf};
use super::command::Desk;
use super::exit::Exit;
use crate::config::schema;

/// Prints it; `schemas/` holds the same text.
pub(super) fn schema(args: &SchemaArgs, desk: &Desk) -> Exit {
    desk.output.json(&match args.of {
        SchemaOf::Firm => schema::firm(),
        SchemaOf::Profile => schema::profile(),
        SchemaOf::Daemon => schema::daemon(),
    });
    Exit::Done
}
