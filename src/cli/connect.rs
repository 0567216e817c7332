//! `casebridge connect FIRM`: a person allows access in the browser, the redirect brings a code, the firm is checked. Where the
//! daemon's page listens on the redirect address, the page catches it, and the command waits until the daemon says how it ended.

use super::args::{ConnectArgs, Format};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, Reached, unexpected};
use super::redirect::{Catcher, Listening, Page};
use crate::operations::{Answer, Ask, ConnectEnded, Connected, Secret};
use serde_json::json;
use std::process::{Command, Stdio};
use std::time::Duration;
use url::Url;

/// How often the daemon is asked whether its page has caught the redirect.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Connects a firm to MyCase. The code goes to whoever holds the firm's state: the daemon when one runs.
pub(super) async fn connect(args: &ConnectArgs, desk: &Desk) -> Result<Exit, Failure> {
    let firm = firm::reach(&args.firm, desk).await?;
    let Answer::Authorize { url, redirect_uri, caught_by_daemon } = firm.ask(Ask::ConnectBegin, desk).await? else {
        return Err(unexpected());
    };
    let broken = |_| Failure::failed("MyCase's address could not be put together: check [mycase] in the firm file");
    let (authorize, redirect) = (Url::parse(&url).map_err(broken)?, Url::parse(&redirect_uri).map_err(broken)?);
    let catcher = match caught_by_daemon {
        true => Catcher::beside_the_daemon(&redirect),
        false => Catcher::start(&redirect, &authorize).await,
    };
    if args.no_browser {
        desk.output.answer(&url);
    }
    explain(args, desk, &url, &catcher.listening, &redirect);
    let connected = match caught_by_daemon {
        true => wait_for_the_daemon(&firm, catcher, desk).await?,
        false => catch(&firm, catcher, desk).await?,
    };
    show(args, desk, &connected);
    Ok(Exit::Done)
}

/// Catches the redirect here, and shows the browser how it ended.
async fn catch(firm: &Reached, mut catcher: Catcher, desk: &Desk) -> Result<Connected, Failure> {
    let caught = catcher.next().await?;
    let ended = firm.ask(Ask::ConnectEnd { redirected: Secret(caught.address.to_string()) }, desk).await;
    let page = match &ended {
        Ok(Answer::Connected(connected)) => Page {
            title: format!("Connected to {}", connected.firm_name),
            text: "You can close this window and go back to the terminal.".to_owned(),
        },
        Ok(_) => Page { title: "It did not work".to_owned(), text: "Look at the terminal.".to_owned() },
        Err(failure) => Page { title: "It did not work".to_owned(), text: failure.text.clone() },
    };
    if let Some(browser) = caught.browser {
        // The browser may have gone away; what counts is said here.
        drop(browser.send(page));
        catcher.last_page().await;
    }
    let Answer::Connected(connected) = ended? else { return Err(unexpected()) };
    Ok(connected)
}

/// Waits until the daemon's page has caught the redirect, or somebody pastes it here. The end of stdin is no answer.
async fn wait_for_the_daemon(firm: &Reached, mut catcher: Catcher, desk: &Desk) -> Result<Connected, Failure> {
    let (mut often, mut pasted) = (tokio::time::interval(LOOK_EVERY), true);
    loop {
        tokio::select! {
            caught = catcher.next(), if pasted => match caught {
                Ok(caught) => {
                    let ask = Ask::ConnectEnd { redirected: Secret(caught.address.to_string()) };
                    let Answer::Connected(connected) = firm.ask(ask, desk).await? else { return Err(unexpected()) };
                    return Ok(connected);
                }
                Err(_) => pasted = false,
            },
            _ = often.tick() => {
                let Answer::Connecting(view) = firm.ask(Ask::ConnectHow, desk).await? else { return Err(unexpected()) };
                match view.ended {
                    Some(ConnectEnded { connected: Some(connected), .. }) => return Ok(connected),
                    Some(ConnectEnded { why, .. }) => return Err(Failure::of_word("connect", why.unwrap_or_default())),
                    None if view.under_way => {}
                    None => {
                        let text = "meanwhile the firm was disconnected, or the daemon was started anew; nothing was kept of this attempt";
                        return Err(Failure::of_word("connect", text.to_owned()));
                    }
                }
            }
        }
    }
}

/// What a person does now, on stderr.
fn explain(args: &ConnectArgs, desk: &Desk, url: &str, listening: &Listening, redirect: &Url) {
    let opened = !args.no_browser && open_browser(url);
    if opened {
        desk.output.say(&format!("The browser should open MyCase now. If it does not, open this address:\n{url}"));
    } else if !args.no_browser {
        desk.output.say(&format!("Open this address in a browser:\n{url}"));
    } else {
        desk.output.say("Open the address above in a browser.");
    }
    desk.output.say("Sign in as a person with the permission to manage the firm's preferences, billing and payment options, and choose \"Allow Access\".");
    match listening {
        Listening::Yes => desk.output.say(&format!("Waiting at {redirect} (or paste here the address of the page the browser ends on).")),
        Listening::AtTheDaemon => desk.output.say(&format!("The daemon waits at {redirect} and says here how it ended.")),
        Listening::Elsewhere => desk.output.say(&format!("{redirect} is not this machine's: paste here the whole address of the page the browser ends on.")),
        Listening::Taken(why) => desk.output.warning(&format!(
            "{redirect} cannot be listened on ({why}): another program has the port. The browser will end on a page that does not load or is not ours: paste here the whole address of that page."
        )),
    }
}

fn show(args: &ConnectArgs, desk: &Desk, connected: &Connected) {
    let Connected { firm_name, firm_url, notes } = connected;
    let output = &desk.output;
    let next = format!("casebridge plan {}", args.firm);
    let text = format!("Connected to {firm_name} ({firm_url})");
    if args.no_browser {
        // Stdout carried the address, and nothing else.
        output.say(&text);
    } else if output.format == Format::Json {
        output.json(&json!({ "firm": args.firm, "firm_name": firm_name, "firm_url": firm_url, "notes": notes }));
    } else {
        output.text(&text);
    }
    notes.iter().for_each(|note| output.say(note));
    output.hint(&next);
}

/// Hands the address to the desktop; false when there is none.
fn open_browser(url: &str) -> bool {
    let mac = cfg!(target_os = "macos");
    let has_desktop =
        mac || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let opener = if mac { "open" } else { "xdg-open" };
    let quiet = || Stdio::null();
    has_desktop && Command::new(opener).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().is_ok()
}
