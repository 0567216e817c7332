//! From text to a section tree: the syntax first, then key by key.

use super::{Origin, Reader, Slot, syntax};
use crate::config::{Problem, SourceText};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The parsed text, or its first syntax error in words. Later ones are mostly its echoes.
pub(crate) fn root(source: &SourceText) -> Result<Spanned<DeValue<'_>>, Box<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let first = errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start));
    match first {
        Some(error) => Err(Box::new(syntax::explain(source, error))),
        None => Ok(Spanned::new(0..0, DeValue::Table(table.into_inner()))),
    }
}

/// Reads a whole text as one section tree, with every problem. `None` when its syntax is broken.
pub(crate) fn read_document<T: Slot>(source: &SourceText, origin: Origin, sections: &[(&str, &[&str])]) -> (Option<T>, Vec<Problem>) {
    let value = match root(source) {
        Ok(value) => value,
        Err(problem) => return (None, vec![*problem]),
    };
    let mut reader = Reader { source, origin, problems: Vec::new(), sections };
    let mut read = T::default();
    read.read(&value, "", &mut reader);
    (Some(read), reader.problems)
}
