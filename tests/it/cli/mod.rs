//! The shipped program, run as people and scripts run it: what was typed goes in, exit code, stdout and stderr come out.

mod against;
mod browser;
mod care;
mod catalog;
mod connection;
mod daemon;
mod explain;
mod files;
pub(crate) mod firm;
mod gitops;
pub(crate) mod house;
pub(crate) mod http;
mod init;
mod monitoring;
mod page;
mod tests;
mod words;
