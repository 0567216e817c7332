//! The integration tests, one binary so that they link once; each module is one part of casebridge seen from outside.

mod cli;
mod flow;
mod fuzz;
mod kills;
mod mycase;
mod node;
mod oauth_server;
mod packaging;
mod profiles;
mod sandbox;
mod streams;
