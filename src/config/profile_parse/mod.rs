//! Reading a profile: TOML with places (`tree`), held against the schema of `raw` (`walk`), turned into what it means with
//! every other problem (`build`, `operations`, `body`, `expression`). Pure; the registry is [`super::Profiles`].

mod body;
mod build;
mod expression;
mod operations;
mod parse;
mod raw;
mod tree;
mod walk;

pub use expression::{BodyExpression, EXPRESSION_NAMES, ExpressionError};
pub(crate) use expression::{CLIENT_NAMES, MEMBER_NAMES};
pub(super) use parse::{overlay, parse};

#[cfg(test)]
mod tests;
