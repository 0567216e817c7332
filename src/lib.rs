//! casebridge keeps a law firm's client portal (Case Status or Hona) true to its cases in MyCase.
//!
//! This page is the architecture: the cast, one run end to end, the rule of the layers, and where to start reading.
//!
//! # The cast
//!
//! The crate has two halves. The **core** computes and the **shell** acts.
//!
//! | Room | Half | What it is for |
//! |---|---|---|
//! | [`domain`] | core | the words: ids, what was seen in MyCase, what a portal should hold, what is linked |
//! | [`config`] | core | firm files, the daemon's file, portal profiles: read, every problem with its place, what they mean |
//! | [`mapping`] | core | from a case as seen to the record a portal should hold, or to a reason why a person must look |
//! | [`plan`] | core | what would change and why; the brakes; the only maker of an approved plan |
//! | [`http`] | shell | one request path: budgets, retries, clock; the network or a router of the same process |
//! | [`load`] | shell | the firms folder, the daemon's file, secrets: text in |
//! | [`mycase`] | shell | the connection, the reader, and the writer of documents and notes; cases are never written |
//! | [`portal`] | shell | one reader and one writer for every portal, and what clients gave to it; what differs stands in its profile |
//! | [`store`] | shell | one sealed redb file per firm |
//! | [`sync`] | shell | one run of one firm; its page is the contract of a run |
//! | [`operations`] | shell | one request, one answer; the house of everything one configuration folder holds |
//! | [`daemon`] | shell | when things run, hot reload, the control socket |
//! | [`web`] | shell | the local page, MyCase's way back, what monitoring reads; off unless asked for |
//! | [`cli`] | shell | the command line and the demo |
//! | [`planted`] | leaf | faults for the simulation to find; nothing at all in what ships |
//! | [`sandbox`] | leaf | MyCase, Case Status and Hona stand-ins, written from the vendors' documents alone |
//!
//! # One run, end to end
//!
//! `daemon::machine` says that a run is due. [`sync::run`] settles what an earlier run left open, reads MyCase page by page,
//! maps each case as it comes and compares it with its link; a case in step is forgotten at once. [`plan::Planner`] drafts
//! what differs, [`plan::guard`] holds what is over the firm's limits, the rest becomes an [`plan::ApprovedPlan`]. It goes
//! into the journal before the first request; every confirmed change becomes a link, a line of history and one journal
//! entry less, in one transaction. An answer that was lost is settled by looking. The report goes to the state, the log and
//! whoever asked.
//!
//! # The way back, and the years between
//!
//! Beside that, in lanes of their own, files and messages that clients gave to the portal become documents and notes in MyCase
//! ([`sync::carry`]): a row of the ledger is durable before each request, so each arrives once. Between the nightly runs
//! [`sync::changes`] looks only at what moved. The connection is renewed on a timer ([`sync::keep_alive`]), whether or not
//! anything runs, and says long before it ends that it will.
//!
//! # What an edit means
//!
//! Before an edited file is used it is held against the version before ([`config::changes`]) and measured on the linked cases
//! ([`plan::Effect`]): in the daemon's notes at a reload, and as [`plan::Comparison`] by `plan --against`, also from counts alone
//! ([`plan::CaseCounts`], whose page has the form of the file). The pages of these types document their JSON.
//!
//! # The rule of the layers
//!
//! Each room may use only what is to its right: `main -> cli -> web -> daemon -> operations -> sync -> { load, mycase, portal,
//! store } -> http -> core`, and in the core `plan -> mapping -> config -> domain`. `mycase` and `portal` never see each
//! other; `sandbox` uses nothing of ours. The core takes `now` and what was seen as arguments: no clock, file, environment
//! or socket. `tests/tidy.rs` reads the sources against this.
//!
//! # Who could do harm
//!
//! [`threats`] names each door, what is in the way, and the test that tries it.
//!
//! # Where to start
//!
//! What a firm file may say: `config/defaults.toml` and [`config::Firm`]. What a run guarantees: [`sync`]. What is kept:
//! `store/tables.rs`. How a portal is described: [`portal`]. To see it all move: `casebridge demo`, whose script is
//! `cli/demo/story.rs`.

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
pub mod planted;
pub mod portal;
pub mod sandbox;
pub mod store;
pub mod sync;
#[doc = include_str!("threats.md")]
pub mod threats {}
pub mod web;
