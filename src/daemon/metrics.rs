//! The daemon in numbers, as OpenMetrics text: a function of values, so that the control socket and the web listener give
//! the same. No personal data: firms by id, counts, times. Counters begin at 0 with each start of the daemon.
//!
//! | name | labels | what it says |
//! |---|---|---|
//! | `casebridge_info` | `version` | always 1 |
//! | `casebridge_start_time_seconds` | | when this daemon began |
//! | `casebridge_firm_connection` | `firm`, `state` | 1 for the state the connection is in, 0 for the others |
//! | `casebridge_firm_token_age_seconds` | `firm` | since the tokens were last renewed; absent when there are none |
//! | `casebridge_firm_connection_end_time_seconds` | `firm` | when the connection ends unless it is renewed before |
//! | `casebridge_firm_state` | `firm`, `state` | 1 for active, inactive or paused |
//! | `casebridge_firm_file` | `firm`, `state` | 1 for current, rejected or removed |
//! | `casebridge_firm_last_success_time_seconds` | `firm`, `lane` | when a run of cases, documents, messages last went well |
//! | `casebridge_firm_waiting_plans`, `..._waiting_cases` | `firm` | what waits for approval |
//! | `casebridge_firm_attention` | `firm` | cases that need attention |
//! | `casebridge_runs_total` | `firm`, `trigger`, `outcome` | runs that ended |
//! | `casebridge_skipped_runs_total` | `firm` | ticks skipped because the last run still ran |
//! | `casebridge_transferred_total` | `firm`, `kind` | files (`documents`) and messages that reached MyCase |

use super::machine::LaneName;
use crate::operations::{Connection, FileState, RunState};
use jiff::{SignedDuration, Timestamp};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;
use std::fmt;

/// What the text is (OpenMetrics 1.0; Prometheus reads it).
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The daemon itself.
#[derive(Debug, Clone)]
pub(super) struct DaemonValues {
    /// Its version.
    pub(super) version: &'static str,
    /// Since when it runs.
    pub(super) since: Timestamp,
}

/// One firm in numbers.
#[derive(Debug, Clone)]
pub(super) struct FirmValues {
    /// Its id.
    pub(super) firm: String,
    /// The connection to MyCase.
    pub(super) connection: Connection,
    /// Since the tokens were last renewed.
    pub(super) token_age: Option<SignedDuration>,
    /// When the connection ends unless it is renewed before.
    pub(super) connection_ends: Option<Timestamp>,
    /// Whether things run by themselves.
    pub(super) state: RunState,
    /// Whether the file on disk is what runs.
    pub(super) file: FileState,
    /// When a run of a lane last went well.
    pub(super) succeeded: BTreeMap<LaneName, Timestamp>,
    /// Plans that wait for approval.
    pub(super) waiting_plans: usize,
    /// Cases that wait in them.
    pub(super) waiting_cases: usize,
    /// Cases that need attention.
    pub(super) attention: usize,
    /// Runs by what set them off and how they ended.
    pub(super) runs: BTreeMap<(&'static str, &'static str), u64>,
    /// Ticks skipped because the last run still ran.
    pub(super) skipped: u64,
    /// What reached MyCase, by lane.
    pub(super) transferred: BTreeMap<LaneName, u64>,
}

/// The text.
pub(super) fn text(daemon: &DaemonValues, firms: &[FirmValues]) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Numbers { daemon: daemon.clone(), firms: firms.to_vec() }));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Numbers {
    daemon: DaemonValues,
    firms: Vec<FirmValues>,
}

impl Collector for Numbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Numbers { daemon, firms } = self;
        gauge(&mut encoder, "info", "The daemon and its version", |family| family.put([("version", daemon.version)], 1.0))?;
        let help = "When this daemon began, in seconds since 1970";
        let none: [(&str, &str); 0] = [];
        gauge(&mut encoder, "start_time_seconds", help, |family| family.put(none, seconds(daemon.since)))?;
        connections(&mut encoder, firms)?;
        states(&mut encoder, firms)?;
        runs(&mut encoder, firms)
    }
}

fn connections(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    gauge(encoder, "firm_connection", "1 for the state the connection to MyCase is in", |family| {
        let all = [(Connection::Connected, "connected"), (Connection::NotConnected, "not-connected"), (Connection::Reconnect, "reconnect")];
        family.one_of(firms, &all, |firm| firm.connection)
    })?;
    let help = "Seconds since the tokens of MyCase were last renewed";
    gauge(encoder, "firm_token_age_seconds", help, |family| {
        let ages = firms.iter().filter_map(|firm| Some((firm, firm.token_age?)));
        ages.into_iter().try_for_each(|(firm, age)| family.put([("firm", firm.firm.as_str())], age.as_secs_f64()))
    })?;
    let help = "When the connection ends unless it is renewed before, in seconds since 1970";
    gauge(encoder, "firm_connection_end_time_seconds", help, |family| {
        let ends = firms.iter().filter_map(|firm| Some((firm, firm.connection_ends?)));
        ends.into_iter().try_for_each(|(firm, at)| family.put([("firm", firm.firm.as_str())], seconds(at)))
    })
}

fn states(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    gauge(encoder, "firm_state", "1 for the state the firm is in", |family| {
        let all = [(RunState::Active, "active"), (RunState::Inactive, "inactive"), (RunState::Paused, "paused")];
        family.one_of(firms, &all, |firm| firm.state)
    })?;
    gauge(encoder, "firm_file", "1 for what the file on disk is: current (it runs), rejected, removed", |family| {
        let all = [(FileState::Current, "current"), (FileState::Rejected, "rejected"), (FileState::Removed, "removed")];
        family.one_of(firms, &all, |firm| firm.file)
    })?;
    type Count = fn(&FirmValues) -> usize;
    let counts: [(&str, &str, Count); 3] = [
        ("firm_waiting_plans", "Plans that wait for approval", |firm| firm.waiting_plans),
        ("firm_waiting_cases", "Cases that wait for approval", |firm| firm.waiting_cases),
        ("firm_attention", "Cases that need attention", |firm| firm.attention),
    ];
    counts.into_iter().try_for_each(|(name, help, of)| {
        gauge(encoder, name, help, |family| firms.iter().try_for_each(|firm| family.put([("firm", firm.firm.as_str())], of(firm) as f64)))
    })
}

fn runs(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    let help = "When a run last went well, in seconds since 1970";
    gauge(encoder, "firm_last_success_time_seconds", help, |family| {
        let all = firms.iter().flat_map(|firm| firm.succeeded.iter().map(move |(lane, at)| (firm, lane.word(), *at)));
        all.into_iter().try_for_each(|(firm, lane, at)| family.put([("firm", firm.firm.as_str()), ("lane", lane)], seconds(at)))
    })?;
    counter(encoder, "runs", "Runs that ended", |family| {
        let all = firms.iter().flat_map(|firm| firm.runs.iter().map(move |((trigger, outcome), count)| (firm, *trigger, *outcome, *count)));
        all.into_iter().try_for_each(|(firm, trigger, outcome, count)| {
            family.put([("firm", firm.firm.as_str()), ("trigger", trigger), ("outcome", outcome)], count)
        })
    })?;
    counter(encoder, "skipped_runs", "Runs that were skipped because the last one still ran", |family| {
        firms.iter().try_for_each(|firm| family.put([("firm", firm.firm.as_str())], firm.skipped))
    })?;
    counter(encoder, "transferred", "Files and messages that reached MyCase", |family| {
        let all = firms.iter().flat_map(|firm| firm.transferred.iter().map(move |(lane, count)| (firm, lane.word(), *count)));
        all.into_iter().try_for_each(|(firm, kind, count)| family.put([("firm", firm.firm.as_str()), ("kind", kind)], count))
    })
}

/// Seconds since 1970.
fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

/// One metric whose values go up and down.
struct Gauges<'e>(MetricEncoder<'e>);

/// One metric whose values only go up.
struct Counters<'e>(MetricEncoder<'e>);

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, put: impl FnOnce(&mut Gauges<'_>) -> fmt::Result) -> fmt::Result {
    put(&mut Gauges(encoder.encode_descriptor(&format!("casebridge_{name}"), help, None, MetricType::Gauge)?))
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, put: impl FnOnce(&mut Counters<'_>) -> fmt::Result) -> fmt::Result {
    put(&mut Counters(encoder.encode_descriptor(&format!("casebridge_{name}"), help, None, MetricType::Counter)?))
}

impl Gauges<'_> {
    fn put<const N: usize>(&mut self, labels: [(&str, &str); N], value: f64) -> fmt::Result {
        self.0.encode_family(&labels)?.encode_gauge(&value)
    }

    /// One line for each state, 1 for the one that holds.
    fn one_of<S: PartialEq>(&mut self, firms: &[FirmValues], all: &[(S, &str)], of: impl Fn(&FirmValues) -> S) -> fmt::Result {
        firms.iter().try_for_each(|firm| {
            let holds = |state: &S| if of(firm) == *state { 1.0 } else { 0.0 };
            all.iter().try_for_each(|(state, word)| self.put([("firm", firm.firm.as_str()), ("state", word)], holds(state)))
        })
    }
}

impl Counters<'_> {
    fn put<const N: usize>(&mut self, labels: [(&str, &str); N], value: u64) -> fmt::Result {
        self.0.encode_family(&labels)?.encode_counter::<[(&str, &str); 0], _, u64>(&value, None)
    }
}

#[cfg(test)]
mod tests;
