//! From what was typed to the command that was meant, and from its end to an exit code.

use super::args::{Command, Common, Format, Typed};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::{completions, logging, sandbox};
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::future::Future;

/// What every command is given.
#[derive(Debug)]
pub(super) struct Desk {
    /// The common options.
    pub(super) common: Common,
    /// Where words go.
    pub(super) output: Output,
}

/// Runs what was typed; the first of `arguments` is the program's own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let typed = match Typed::try_parse_from(arguments) {
        Ok(typed) => typed,
        Err(error) => return explain(&error),
    };
    let output = Output::new(typed.common.format);
    let desk = Desk { common: typed.common, output };
    let ended = logging::start(&desk.common).and_then(|()| {
        fits(&typed.command, desk.common.format)?;
        dispatch(&typed.command, &desk)
    });
    match ended {
        Ok(exit) => exit,
        Err(failure) => failure.tell(&desk.output),
    }
}

fn dispatch(command: &Command, desk: &Desk) -> Result<Exit, Failure> {
    match command {
        Command::Sandbox(args) => wait(sandbox::sandbox(args, desk)),
        Command::Completions(args) => Ok(completions::completions(args, desk)),
        Command::Man => completions::man(desk),
    }
}

/// Help and version are answers; everything else is a usage error with the right words already in it.
fn explain(error: &clap::Error) -> Exit {
    // A closed pipe is the reader's choice and no error.
    drop(error.print());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
        _ => Exit::Usage,
    }
}

/// Two forms belong to one command each.
fn fits(command: &Command, format: Format) -> Result<(), Failure> {
    let _ = command;
    match format {
        Format::Text | Format::Json => Ok(()),
        Format::Markdown => Err(Failure::usage("--format markdown is for `plan`; here it is text or json")),
        Format::Github => Err(Failure::usage("--format github is for `check`; here it is text or json")),
    }
}

/// Runs a command that waits for others.
pub(super) fn wait<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("this machine gives no threads to work with: {error}")))?;
    let ended = runtime.block_on(command);
    // A reader of stdin cannot be called back; it must not keep the program.
    runtime.shutdown_background();
    ended
}
