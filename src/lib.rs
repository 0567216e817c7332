//! casebridge keeps a law firm's client portal true to its cases in MyCase.

pub mod config;
pub mod daemon;
pub mod domain;
pub mod load;
pub mod operations;
pub mod plan;
pub mod sync;
