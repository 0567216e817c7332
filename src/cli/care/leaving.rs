//! `casebridge state handover FIRM` and `casebridge state erase FIRM`: a firm leaves.

use super::copies::{alone, ask_state, busy};
use crate::cli::args::{Format, StateEraseArgs, StateFileArgs};
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::firm::{self, unexpected};
use crate::cli::report::row;
use crate::cli::state::cannot_write;
use crate::domain::FirmId;
use crate::operations::care::{self, Erased, Handover, HandoverLine};
use crate::operations::{Answer, Ask, House, write_whole};
use crate::plan::render::plural;
use std::io::BufRead;

/// The list, and what is to be revoked where.
pub(in crate::cli) async fn handover(args: &StateFileArgs, desk: &Desk) -> Result<Exit, Failure> {
    let Answer::Handover(handover) = ask_state(&args.firm, Ask::Handover, desk).await? else { return Err(unexpected()) };
    let text = csv(&handover);
    match (&args.output, desk.output.format) {
        (Some(path), _) => write_whole(path, &text).map_err(|error| cannot_write(path, &error))?,
        (None, Format::Json) => desk.output.json(&handover),
        (None, _) => desk.output.answer(&text),
    }
    desk.output.say(&to_do(&args.firm, &handover));
    Ok(Exit::Done)
}

fn csv(handover: &Handover) -> String {
    let mut text = row(["case", "portal_id", "mycase_stage", "portal_stage", "state", "linked_since", "files_carried", "notes_made"]);
    for line in &handover.cases {
        let HandoverLine { case, portal_id, mycase_stage, portal_stage, open, linked_at, files, notes } = line;
        let state = open.map_or("", |open| if open { "open" } else { "closed" });
        let portal_id = portal_id.as_ref().map(ToString::to_string).unwrap_or_default();
        let linked_at = linked_at.map(|at| format!("{at:.0}")).unwrap_or_default();
        let stage = |stage: &Option<String>| stage.clone().unwrap_or_default();
        let (case, files, notes) = (case.to_string(), files.to_string(), notes.to_string());
        let (mycase_stage, portal_stage) = (stage(mycase_stage), stage(portal_stage));
        text.push_str(&row([&case, &portal_id, &mycase_stage, &portal_stage, state, &linked_at, &files, &notes]));
    }
    text
}

fn to_do(firm: &str, handover: &Handover) -> String {
    let Handover { cases, mycase, portal, connected, owed, waiting_items } = handover;
    let mut lines = vec![format!("{}; ids, stages and counts, no client data.", plural(cases.len(), "case", "cases"))];
    if *owed > 0 {
        let owed = plural(*owed, "approved change is", "approved changes are");
        lines.push(format!("Not done yet: {owed} not known to be in the portal; casebridge sync {firm} settles that."));
    }
    if *waiting_items > 0 {
        lines.push(format!(
            "Not carried yet: {} in the portal; casebridge sync {firm} --documents --messages.",
            plural(*waiting_items, "file or message waits", "files and messages wait")
        ));
    }
    let access = if *connected { "has" } else { "no longer has, and may still be listed with," };
    let mycase = mycase.as_deref().unwrap_or("MyCase");
    lines.push(format!("To revoke in {mycase}: casebridge {access} access; withdraw it in Settings, among the connected apps, and tell MyCase support when the OAuth client is to end."));
    let portal = portal.as_deref().unwrap_or("the portal");
    lines.push(format!("To revoke in {portal}: the API key. Until somebody changes that, the portal goes on texting clients by what it holds now (stages, messages, surveys); its records, and the MyCase case ids they bear, stay."));
    lines.push("Stays in MyCase: every document and note that was carried there.".to_owned());
    lines.push(format!("Stays here until it is erased: the state of {firm} (casebridge state erase {firm}), its file, its folder of secrets, and backups wherever they were taken."));
    lines.join("\n")
}

/// Removes everything of a firm, once its id was typed again.
pub(in crate::cli) async fn erase(args: &StateEraseArgs, desk: &Desk) -> Result<Exit, Failure> {
    let id = firm::id(&args.firm)?;
    let house = firm::quiet_house(desk)?;
    let (found, places) = care::looked_for(&house, &id).map_err(|error| firm::refused(&error))?;
    if found.is_empty() {
        desk.output.text(&format!("There is nothing of {id} here.\n{}", looked(&places)));
        return Ok(Exit::Done);
    }
    found.iter().for_each(|leftover| desk.output.say(&format!("{}: {}", leftover.path, leftover.what)));
    confirmed(args, &id, desk)?;
    let _alone = match firm::client(desk).await? {
        Some(client) => {
            client.ask(&id, &Ask::Release).await.map_err(|error| firm::lost(&error))?;
            None
        }
        None => Some(alone(&house)?),
    };
    let erased = care::erase(&house, &id).map_err(|error| busy(&error, &id))?;
    if desk.output.format == Format::Json {
        desk.output.json(&erased);
    } else {
        desk.output.text(&said(&erased, &house));
    }
    if erased.left.is_empty() {
        return Ok(Exit::Done);
    }
    let left: Vec<&str> = erased.left.iter().map(|leftover| leftover.path.as_str()).collect();
    Err(Failure::failed(format!("still there: {}", left.join(", "))))
}

/// The firm's id, typed again: on the command line or behind the question.
fn confirmed(args: &StateEraseArgs, id: &FirmId, desk: &Desk) -> Result<(), Failure> {
    let typed = match &args.yes {
        Some(typed) => typed.clone(),
        None => {
            desk.output
                .prompt(&format!("All of this is removed for good, and {id} is connected with nothing any more. Type {id} to go on: "));
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure::failed(error.to_string()))?;
            line
        }
    };
    if typed.trim() == id.as_str() {
        return Ok(());
    }
    Err(Failure::usage("nothing was removed: the firm's id was not typed").with_hint(format!("casebridge state erase {id} --yes {id}")))
}

fn said(erased: &Erased, house: &House) -> String {
    let Erased { firm, because, removed, looked_for, left } = erased;
    let proof = if left.is_empty() { "Looked again: nothing of it is left." } else { "Looked again: not everything could be removed." };
    format!(
        "{firm}, whose file {because}, is erased: {} removed. {proof}\n{}\n\
Gone means that the files are removed. A disk may keep old blocks for a while, and backups may lie elsewhere: names, texts, tokens and \
secrets in them are sealed and do not open without the vault key, which this machine's other firms still use.\n\
Not touched: what people wrote for it, {}/{firm}.* and {}/{firm}.\n\
Still with others: MyCase lists casebridge among its connected apps until somebody withdraws it there; the portal keeps its records.",
        plural(removed.len(), "thing was", "things were"),
        looked(looked_for),
        house.paths.firms,
        house.paths.secrets
    )
}

fn looked(places: &[String]) -> String {
    let places: Vec<String> = places.iter().map(|place| format!("  {place}")).collect();
    format!("Looked for:\n{}", places.join("\n"))
}
