//! `casebridge sandbox`: MyCase, Case Status and Hona stand-ins on a port of this machine. Prints one line of JSON, then serves.

use super::args::SandboxArgs;
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::signals::Stop;
use crate::sandbox::{Options, Sandbox};
use jiff::Timestamp;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Serves until SIGINT or SIGTERM; requests under way are answered first, a second signal ends it at once.
pub(super) async fn sandbox(args: &SandboxArgs, desk: &Desk) -> Result<Exit, Failure> {
    let mut stop = Stop::listen()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await.map_err(|error| {
        Failure::failed(format!("port {} cannot be had: {error}", args.port)).with_hint("leave --port out: a free one is taken")
    })?;
    let address = listener.local_addr().map_err(|error| Failure::failed(format!("the port has no address: {error}")))?;
    let options = Options { cases: args.cases, seed: args.seed, rate_limits: !args.no_rate_limits, start: Timestamp::now() };
    let sandbox = Sandbox::new(options);
    let handle = sandbox.handle(&format!("http://{address}"));
    desk.output.answer(&handle.to_string());
    desk.output.say(&format!(
        "MyCase, Case Status and Hona stand-ins with {} cases serve at http://{address} until Ctrl-C; GET {} says what can be changed and broken.",
        args.cases,
        handle["control"].as_str().unwrap_or_default()
    ));
    let (end, ended) = oneshot::channel::<()>();
    let served = tokio::spawn(sandbox.serve(listener, async move {
        // A dropped sender is an end, too.
        drop(ended.await);
    }));
    tokio::pin!(served);
    tokio::select! {
        served = &mut served => return finished(served),
        () = stop.asked() => drop(end.send(())),
    }
    tokio::select! {
        served = &mut served => finished(served),
        () = stop.asked() => Ok(Exit::Done),
    }
}

fn finished(served: Result<std::io::Result<()>, tokio::task::JoinError>) -> Result<Exit, Failure> {
    match served {
        Ok(Ok(())) => Ok(Exit::Done),
        Ok(Err(error)) => Err(Failure::failed(format!("the sandbox ended: {error}"))),
        Err(error) => Err(Failure::failed(format!("the sandbox ended: {error}"))),
    }
}
