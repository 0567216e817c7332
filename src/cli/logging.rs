//! What is logged, in which form, and where: stderr, or systemd's journal. Nothing of this may hold personal data.
//!
//! Libraries below ours speak of bodies and headers when they are asked for details; so whatever is asked for, they are
//! heard up to `info` only.

use super::args::{Common, Format};
use super::exit::Failure;
use super::output::Output;
use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For whoever typed a command: no times.
    Remarks,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// systemd's journal, with fields.
    Journald,
}

/// Starts logging for one command; the daemon's comes with its file ([`start_as`]).
pub(super) fn start(common: &Common) -> Result<(), Failure> {
    start_as(common.log.as_deref(), "warn", Form::Remarks)
}

/// Starts logging. `asked` is `--log`, else `level` counts.
pub(super) fn start_as(asked: Option<&str>, level: &str, form: Form) -> Result<(), Failure> {
    let filter = filter(asked.unwrap_or(level))?;
    let quiet = filter_fn(is_fit_for_a_log);
    let colour = Output::new(Format::Text).colour();
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match form {
        Form::Remarks => {
            let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colour).without_time();
            let once = filter_fn(|about| !is_told_by_the_report(about));
            layer.log_internal_errors(false).with_filter(filter).with_filter(quiet).with_filter(once).boxed()
        }
        Form::Text => {
            let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colour);
            layer.log_internal_errors(false).with_filter(filter).with_filter(quiet).boxed()
        }
        Form::Json => {
            let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).json().flatten_event(true);
            layer.log_internal_errors(false).with_filter(filter).with_filter(quiet).boxed()
        }
        Form::Journald => {
            let journal = tracing_journald::layer();
            let journal = journal.map_err(|error| Failure::failed(format!("systemd's journal cannot be reached: {error}")))?;
            journal.with_syslog_identifier("casebridge".to_owned()).with_filter(filter).with_filter(quiet).boxed()
        }
    };
    // Only a test in one process starts twice; the first one counts.
    drop(Registry::default().with(layer).try_init());
    Ok(())
}

/// The journal when systemd connected stderr to it, text on a terminal, else JSON.
pub(super) fn automatic() -> Form {
    if stderr_is_the_journal() {
        Form::Journald
    } else if std::io::stderr().is_terminal() {
        Form::Text
    } else {
        Form::Json
    }
}

/// systemd names device and inode of the stream it gave (systemd.exec(5): `$JOURNAL_STREAM`); a child with another stderr has
/// the variable, too.
fn stderr_is_the_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else { return false };
    let about = std::fs::metadata("/proc/self/fd/2");
    about.is_ok_and(|about| stream == format!("{}:{}", about.dev(), about.ino()))
}

/// A bare level is ours; libraries then speak up from `warn`. Parts and levels are enough: filters by span and value would
/// bring regular expressions into the program, half a megabyte of it.
fn filter(asked: &str) -> Result<Targets, Failure> {
    let asked = asked.trim();
    let directives = if asked.parse::<LevelFilter>().is_ok() { format!("warn,casebridge={asked}") } else { asked.to_owned() };
    directives.parse::<Targets>().map_err(|error| {
        Failure::usage(format!("{asked:?} does not say what to log: {error}"))
            .with_hint("error, warn, info, debug or trace, or for one part: casebridge::sync=debug,info")
    })
}

fn is_fit_for_a_log(about: &Metadata<'_>) -> bool {
    about.target().starts_with("casebridge") || *about.level() <= Level::INFO
}

/// Why a run failed is in its report, which whoever typed the command reads.
fn is_told_by_the_report(about: &Metadata<'_>) -> bool {
    about.target().starts_with("casebridge::sync") && about.fields().field("code").is_some()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_bare_level_is_for_our_own_words() {
        let hears = |asked: &str, part: &str, level: Level| filter(asked).unwrap().would_enable(part, &level);
        assert!(hears("debug", "casebridge::sync", Level::DEBUG) && !hears("debug", "casebridge::sync", Level::TRACE));
        assert!(hears("debug", "hyper", Level::WARN) && !hears("debug", "hyper", Level::INFO));
        let one_part = "casebridge::sync=trace,info";
        assert!(hears(one_part, "casebridge::sync::apply", Level::TRACE) && !hears(one_part, "casebridge::web", Level::DEBUG));
        assert!(filter("loud=very").is_err());
    }
}
