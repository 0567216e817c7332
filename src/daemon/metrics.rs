//! The daemon in numbers, as OpenMetrics text: a function of values, so that the control socket and the web listener give
//! the same. No personal data: firms by id, counts, times. Counters begin at 0 with each start of the daemon.
//!
//! | name | labels | what it says |
//! |---|---|---|
//! | `casebridge_info` | `version` | always 1 |
//! | `casebridge_start_time_seconds` | | when this daemon began |
//! | `casebridge_config_last_reload_successful` | | 1 when `casebridge.toml`, the profiles and the folder itself were good at the last look |
//! | `casebridge_config_last_read_time_seconds` | | when the folder was last looked at; it stands still when a mount hangs |
//! | `casebridge_state_free_bytes` | | what is left on the disk of the states, and of files on their way; absent when the system does not say |
//! | `casebridge_firm_connection` | `firm`, `state` | 1 for the state the connection is in, 0 for the others |
//! | `casebridge_firm_token_age_seconds` | `firm` | since the tokens were last renewed; absent when there are none |
//! | `casebridge_firm_connection_end_time_seconds` | `firm` | when the connection ends unless it is renewed before |
//! | `casebridge_firm_portal_key_refused` | `firm` | 1 when the portal refused the firm's key when it was last asked |
//! | `casebridge_firm_state` | `firm`, `state` | 1 for active, inactive or paused |
//! | `casebridge_firm_state_readable` | `firm` | 0 while the firm's state is being opened, is held by another process, or cannot be read; what it says is absent then |
//! | `casebridge_firm_file` | `firm`, `state` | 1 for current, rejected or removed |
//! | `casebridge_firm_config_last_reload_successful` | `firm` | 1 when the file on disk was good at the last look; absent when it is gone |
//! | `casebridge_firm_config_last_reload_success_time_seconds` | `firm` | when the file in use was taken into use |
//! | `casebridge_firm_config_generation` | `firm` | one more with each change of meaning |
//! | `casebridge_firm_config_matches_disk` | `firm` | 1 when the text in use is the text on disk; absent when it is gone |
//! | `casebridge_firm_last_success_time_seconds` | `firm`, `lane` | when a run of cases, documents, messages last went well |
//! | `casebridge_firm_next_run_time_seconds` | `firm`, `schedule` | when a schedule starts next; absent for what does not run by itself now |
//! | `casebridge_firm_overdue_runs` | `firm` | runs that were due a while ago and have not begun |
//! | `casebridge_firm_last_run_duration_seconds` | `firm`, `lane` | how long the last run took; absent before the first since the start |
//! | `casebridge_firm_waiting_plans` | `firm` | plans that wait for approval |
//! | `casebridge_firm_waiting_cases` | `firm` | cases that wait in them |
//! | `casebridge_firm_waiting_since_time_seconds` | `firm` | since when it waits; absent when nothing does |
//! | `casebridge_firm_attention` | `firm` | cases that need attention |
//! | `casebridge_runs_total` | `firm`, `trigger`, `outcome` | runs that ended |
//! | `casebridge_run_duration_seconds_total` | `firm`, `lane` | how long they took together |
//! | `casebridge_skipped_runs_total` | `firm` | ticks skipped because the last run still ran |
//! | `casebridge_transferred_total` | `firm`, `kind` | files (`documents`) and messages that reached MyCase |
//! | `casebridge_changes_total` | `firm`, `kind` | cases whose change reached the portal, by its weightiest kind |
//! | `casebridge_requests_total` | `firm`, `side`, `code` | requests by answer: a status, its class when it has no name (`5xx`), or `none` |
//! | `casebridge_retries_total` | `firm`, `side` | tries after the first |
//! | `casebridge_budget_wait_seconds_total` | `firm`, `side` | how long requests waited for the rate budget |
//!
//! `side` is `mycase`, `mycase-storage` (where documents' bytes go) or `portal`. A budget's free places change within a second,
//! between two scrapes: the wait is told instead, which misses nothing. A rate of more than 1 says that MyCase's or the portal's
//! limit is the wall. No histograms: 500 firms would make ten thousand lines of a question that two answer.

mod encode;
#[cfg(test)]
pub(super) mod tests;
mod values;

use crate::operations::{Connection, FileState, NextRuns, RunState};
use encode::{by_firm, counter, flag, gauge, seconds};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use std::fmt;
pub(super) use values::{DaemonValues, FirmValues, RunValues, StoredValues};

/// What the text is (OpenMetrics 1.0; Prometheus reads it).
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The text.
pub(super) fn text(daemon: DaemonValues, firms: Vec<FirmValues>) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Numbers { daemon, firms }));
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
        let (encoder, firms) = (&mut encoder, self.firms.as_slice());
        itself(encoder, &self.daemon)?;
        connections(encoder, firms)?;
        states(encoder, firms)?;
        files(encoder, firms)?;
        waiting(encoder, firms)?;
        due(encoder, firms)?;
        runs(encoder, firms)?;
        done(encoder, firms)?;
        requests(encoder, firms)
    }
}

fn itself(encoder: &mut DescriptorEncoder<'_>, daemon: &DaemonValues) -> fmt::Result {
    let DaemonValues { version, since, read_at, files_good, state_room } = daemon;
    gauge(encoder, "info", "The daemon and its version", |family| family.put([("version", version)], 1.0))?;
    let lines = [
        ("start_time_seconds", "When this daemon began, in seconds since 1970", Some(seconds(*since))),
        (
            "config_last_reload_successful",
            "1 when casebridge.toml, the profiles and the folder were good at the last look",
            read_at.map(|_| flag(*files_good)),
        ),
        ("config_last_read_time_seconds", "When the firms folder was last read, in seconds since 1970", read_at.map(seconds)),
        ("state_free_bytes", "Bytes left on the disk of the states", state_room.map(|bytes| bytes as f64)),
    ];
    lines.into_iter().try_for_each(|(name, help, value)| {
        let none: [(&str, &str); 0] = [];
        gauge(encoder, name, help, |family| value.into_iter().try_for_each(|value| family.put(none, value)))
    })
}

fn connections(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    gauge(encoder, "firm_connection", "1 for the state the connection to MyCase is in", |family| {
        let all = [(Connection::Connected, "connected"), (Connection::NotConnected, "not-connected"), (Connection::Reconnect, "reconnect")];
        family.one_of(firms, &all, |firm| Some(firm.stored.as_ref()?.connection))
    })?;
    let help = "Seconds since the tokens of MyCase were last renewed";
    by_firm(encoder, "firm_token_age_seconds", help, firms, |firm| Some(firm.stored.as_ref()?.token_age?.as_secs_f64()))?;
    let help = "When the connection ends unless it is renewed before, in seconds since 1970";
    by_firm(encoder, "firm_connection_end_time_seconds", help, firms, |firm| firm.stored.as_ref()?.connection_ends.map(seconds))?;
    let help = "1 when the portal refused the firm's key when it was last asked";
    by_firm(encoder, "firm_portal_key_refused", help, firms, |firm| Some(flag(firm.stored.as_ref()?.key_refused)))
}

fn states(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    gauge(encoder, "firm_state", "1 for the state the firm is in", |family| {
        let all = [(RunState::Active, "active"), (RunState::Inactive, "inactive"), (RunState::Paused, "paused")];
        family.one_of(firms, &all, |firm| Some(firm.stored.as_ref()?.state))
    })?;
    let help = "0 while the firm's state is being opened, is held by another process, or cannot be read";
    by_firm(encoder, "firm_state_readable", help, firms, |firm| Some(flag(firm.stored.is_some())))
}

fn files(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    gauge(encoder, "firm_file", "1 for what the file on disk is: current (it runs), rejected, removed", |family| {
        let all = [(FileState::Current, "current"), (FileState::Rejected, "rejected"), (FileState::Removed, "removed")];
        family.one_of(firms, &all, |firm| firm.file)
    })?;
    let help = "1 when the firm's file on disk was good at the last look";
    by_firm(encoder, "firm_config_last_reload_successful", help, firms, |firm| {
        firm.file.filter(|file| *file != FileState::Removed).map(|file| flag(file == FileState::Current))
    })?;
    let help = "When the firm's file in use was taken into use, in seconds since 1970";
    by_firm(encoder, "firm_config_last_reload_success_time_seconds", help, firms, |firm| firm.stored.as_ref()?.accepted_at.map(seconds))?;
    let help = "One more with each change of what the firm's file means";
    by_firm(encoder, "firm_config_generation", help, firms, |firm| firm.file.map(|_| firm.generation as f64))?;
    let help = "1 when the text in use is the text on disk";
    by_firm(encoder, "firm_config_matches_disk", help, firms, |firm| firm.stored.as_ref()?.matches_disk.map(flag))
}

fn waiting(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    let plans = |firm: &FirmValues| Some(firm.stored.as_ref()?.waiting_plans as f64);
    by_firm(encoder, "firm_waiting_plans", "Plans that wait for approval", firms, plans)?;
    let cases = |firm: &FirmValues| Some(firm.stored.as_ref()?.waiting_cases as f64);
    by_firm(encoder, "firm_waiting_cases", "Cases that wait for approval", firms, cases)?;
    let since = |firm: &FirmValues| firm.stored.as_ref()?.waiting_since.map(seconds);
    by_firm(encoder, "firm_waiting_since_time_seconds", "Since when a plan waits, in seconds since 1970", firms, since)?;
    let attention = |firm: &FirmValues| Some(firm.stored.as_ref()?.attention as f64);
    by_firm(encoder, "firm_attention", "Cases that need attention", firms, attention)
}

fn due(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    let help = "When a run last went well, in seconds since 1970";
    gauge(encoder, "firm_last_success_time_seconds", help, |family| {
        let all = firms.iter().flat_map(|firm| firm.ran.succeeded.iter().map(move |(lane, at)| (firm, lane.word(), *at)));
        all.into_iter().try_for_each(|(firm, lane, at)| family.put([("firm", firm.firm.as_str()), ("lane", lane)], seconds(at)))
    })?;
    let help = "When a schedule starts next, in seconds since 1970";
    gauge(encoder, "firm_next_run_time_seconds", help, |family| {
        firms.iter().try_for_each(|firm| {
            let NextRuns { cases, changes, verify, documents, messages } = firm.next;
            let all = [("cases", cases), ("changes", changes), ("verify", verify), ("documents", documents), ("messages", messages)];
            let mut due = all.into_iter().filter_map(|(schedule, at)| Some((schedule, at?)));
            due.try_for_each(|(schedule, at)| family.put([("firm", firm.firm.as_str()), ("schedule", schedule)], seconds(at)))
        })
    })?;
    by_firm(encoder, "firm_overdue_runs", "Runs that were due a while ago and have not begun", firms, |firm| Some(firm.overdue as f64))
}

fn runs(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    gauge(encoder, "firm_last_run_duration_seconds", "How long the last run took", |family| {
        let all = firms.iter().flat_map(|firm| firm.ran.took.iter().map(move |(lane, (last, _))| (firm, lane.word(), *last)));
        all.into_iter().try_for_each(|(firm, lane, last)| family.put([("firm", firm.firm.as_str()), ("lane", lane)], last))
    })?;
    counter(encoder, "runs", "Runs that ended", |family| {
        let all =
            firms.iter().flat_map(|firm| firm.ran.runs.iter().map(move |((trigger, outcome), count)| (firm, *trigger, *outcome, *count)));
        all.into_iter().try_for_each(|(firm, trigger, outcome, count)| {
            family.put([("firm", firm.firm.as_str()), ("trigger", trigger), ("outcome", outcome)], count)
        })
    })?;
    counter(encoder, "run_duration_seconds", "How long the runs that ended took together", |family| {
        let all = firms.iter().flat_map(|firm| firm.ran.took.iter().map(move |(lane, (_, all))| (firm, lane.word(), *all)));
        all.into_iter().try_for_each(|(firm, lane, all)| family.put([("firm", firm.firm.as_str()), ("lane", lane)], all))
    })?;
    counter(encoder, "skipped_runs", "Runs that were skipped because the last one still ran", |family| {
        firms.iter().try_for_each(|firm| family.put([("firm", firm.firm.as_str())], firm.skipped))
    })
}

fn done(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    counter(encoder, "transferred", "Files and messages that reached MyCase", |family| {
        let all = firms.iter().flat_map(|firm| firm.ran.transferred.iter().map(move |(lane, count)| (firm, lane.word(), *count)));
        all.into_iter().try_for_each(|(firm, kind, count)| family.put([("firm", firm.firm.as_str()), ("kind", kind)], count))
    })?;
    counter(encoder, "changes", "Cases whose change reached the portal, by its weightiest kind", |family| {
        let all = firms.iter().flat_map(|firm| firm.changes.iter().map(move |(kind, count)| (firm, kind.word(), *count)));
        all.into_iter().try_for_each(|(firm, kind, count)| family.put([("firm", firm.firm.as_str()), ("kind", kind)], count))
    })
}

fn requests(encoder: &mut DescriptorEncoder<'_>, firms: &[FirmValues]) -> fmt::Result {
    let sides = || firms.iter().flat_map(|firm| firm.traffic.iter().map(move |(side, counts)| (firm.firm.as_str(), *side, counts)));
    counter(encoder, "requests", "Requests by side and answer: a status, its class when it has no name, or none", |family| {
        let all =
            sides().flat_map(|(firm, side, counts)| counts.answers.iter().map(move |(answered, count)| (firm, side, answered, *count)));
        all.into_iter().try_for_each(|(firm, side, answered, count)| {
            family.put([("firm", firm), ("side", side), ("code", &answered.to_string())], count)
        })
    })?;
    counter(encoder, "retries", "Tries of requests after the first", |family| {
        sides().try_for_each(|(firm, side, counts)| family.put([("firm", firm), ("side", side)], counts.retries))
    })?;
    counter(encoder, "budget_wait_seconds", "How long requests waited for the rate budget, all together", |family| {
        sides().try_for_each(|(firm, side, counts)| family.put([("firm", firm), ("side", side)], counts.waited.as_secs_f64()))
    })
}
