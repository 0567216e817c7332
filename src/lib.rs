//! casebridge keeps a law firm's client portal true to its cases in MyCase.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod http;
pub mod load;
pub mod mapping;
pub mod mycase;
pub mod operations;
pub mod plan;
pub mod portal;
pub mod sandbox;
pub mod store;
pub mod sync;
