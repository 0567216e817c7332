//! From what was typed to the command that was meant, and from its end to an exit code.

use super::args::{Command, Common, Format, Typed};
use super::exit::{Exit, Failure};
use super::output::Output;
use super::{
    care, catalog, check, completions, connect, demo, disconnect, explain, fields, history, init, logging, pause, plan, reload, sandbox,
    schema, secret, state, status, sync, test,
};
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::future::Future;
use std::sync::atomic::AtomicBool;
use tokio::runtime::Builder;

/// What every command is given.
#[derive(Debug)]
pub(super) struct Desk {
    /// The common options.
    pub(super) common: Common,
    /// Where words go.
    pub(super) output: Output,
    /// Whether a signal ended a run before its end.
    pub(super) interrupted: AtomicBool,
}

/// Runs what was typed; the first of `arguments` is the program's own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let typed = match Typed::try_parse_from(arguments) {
        Ok(typed) => typed,
        Err(error) => return usage(&error),
    };
    let output = Output::new(typed.common.format);
    let desk = Desk { common: typed.common, output, interrupted: AtomicBool::new(false) };
    let ended = begin(&typed.command, &desk);
    match ended {
        Ok(exit) => exit,
        Err(failure) => failure.tell(&desk.output),
    }
}

fn begin(command: &Command, desk: &Desk) -> Result<Exit, Failure> {
    fits(command, desk.common.format)?;
    // The daemon's log is as its file says, which is yet to be read.
    // A demo tells its story on stdout, and the daemon in it would talk into it.
    if !matches!(command, Command::Run | Command::Demo(_)) {
        logging::start(&desk.common)?;
    }
    dispatch(command, desk)
}

fn dispatch(command: &Command, desk: &Desk) -> Result<Exit, Failure> {
    match command {
        Command::Demo(args) => serve(demo::demo(args, desk)),
        Command::Init(args) => init::init(args, desk),
        Command::Check(args) => check::check(args, desk),
        Command::Test(args) => test::test(args, desk),
        Command::Catalog(command) => wait(catalog::catalog(command, desk)),
        Command::Fields(args) => fields::fields(args, desk),
        Command::Schema(args) => Ok(schema::schema(args, desk)),
        Command::Completions(args) => Ok(completions::completions(args, desk)),
        Command::Man => completions::man(desk),
        Command::Secret(command) => wait(secret::secret(command, desk)),
        Command::Connect(args) => wait(connect::connect(args, desk)),
        Command::Disconnect(args) => wait(disconnect::disconnect(args, desk)),
        Command::Plan(args) => wait(plan::plan(args, desk)),
        Command::Sync(args) => wait(sync::sync(args, desk)),
        Command::Approve(args) => wait(sync::approve(args, desk)),
        Command::Reject(args) => wait(sync::reject(args, desk)),
        Command::Pause(args) => wait(pause::pause(args, desk)),
        Command::Resume(args) => wait(pause::resume(args, desk)),
        Command::Reset(args) => wait(pause::reset(args, desk)),
        Command::Rebind(args) => wait(pause::rebind(args, desk)),
        Command::State(command) => wait(state::state(command, desk)),
        Command::Rename(args) => care::rename(args, desk),
        Command::Status(args) => wait(status::status(args, desk)),
        Command::Explain(args) => wait(explain::explain(args, desk)),
        Command::History(args) => wait(history::history(args, desk)),
        Command::Reload(args) => wait(reload::reload(args, desk)),
        Command::Run => serve(super::run::run(desk)),
        Command::Sandbox(args) => serve(sandbox::sandbox(args, desk)),
    }
}

/// Help and version are answers; everything else is a usage error with the right words already in it.
fn usage(error: &clap::Error) -> Exit {
    // A closed pipe is the reader's choice and no error.
    drop(error.print());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
        _ => Exit::Usage,
    }
}

/// Two forms belong to one command each.
fn fits(command: &Command, format: Format) -> Result<(), Failure> {
    match (format, command) {
        (Format::Text | Format::Json, _)
        | (Format::Github, Command::Check(_) | Command::Test(_))
        | (Format::Markdown, Command::Plan(_)) => Ok(()),
        (Format::Markdown, _) => Err(Failure::usage("--format markdown is for `plan`; here it is text or json")),
        (Format::Github, _) => Err(Failure::usage("--format github is for `check` and `test`; here it is text or json")),
    }
}

/// Runs a command that waits for others: on one thread, because it works for one firm, and several would mostly wake each other.
pub(super) fn wait<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    wait_on(&mut Builder::new_current_thread(), command)
}

/// Runs a command that serves others while it works.
fn serve<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    wait_on(&mut Builder::new_multi_thread(), command)
}

fn wait_on<T>(threads: &mut Builder, command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = threads.enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("this machine gives no threads to work with: {error}")))?;
    let ended = runtime.block_on(command);
    // A reader of stdin cannot be called back; it must not keep the program.
    runtime.shutdown_background();
    ended
}
