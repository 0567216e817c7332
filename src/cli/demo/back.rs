//! The demo's way back: what a client gives to the portal arrives in MyCase, once, also when the access token ends meanwhile.

use super::cast::Player;
use super::story::{Stage, expect};
use super::theatre::{Oops, Theatre};
use crate::operations::{Answer, Ask, SyncAsk};
use crate::sync::RunReport;

/// What the client's phone calls the file.
const FILE: &str = "scan.pdf";
/// What the client writes.
const WORDS: &str = "Here is the letter from the hospital.";

/// A client sends a file and a message; the access token ends while they are carried.
pub(super) async fn a_client_answers(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let shown = player.shown()?;
    let case = shown.iter().find(|(_, shown)| shown.open).map(|(case, _)| *case).ok_or("the portal shows no open case")?;
    let letter: Vec<u8> = (0..64_000_u32).map(|byte| (byte % 251) as u8).collect();
    let (files_before, notes_before) = player.carried(case);
    player.client_sends(case, FILE, &letter, WORDS)?;
    stage.line(&format!("   a client of case {case} sends a file ({} bytes) and a message in {}", letter.len(), player.portal));

    let documents = back(theatre, player, SyncAsk { documents: true, ..SyncAsk::default() }).await?;
    let before = player.token_requests();
    player.sandbox.with(crate::sandbox::World::expire_access_tokens);
    let messages = back(theatre, player, SyncAsk { messages: true, ..SyncAsk::default() }).await?;
    let renewed = player.token_requests() - before;
    let (files, notes) = player.carried(case);
    let (new_files, new_notes) = (&files[files_before.len()..], &notes[notes_before.len()..]);
    let arrived = *new_files == [(format!("Case Documents/{FILE}"), letter.clone())];
    expect(arrived, || format!("MyCase holds {} new documents of the case", new_files.len()))?;
    expect(new_notes.len() == 1 && new_notes[0].contains(WORDS), || format!("MyCase holds {} new notes of the case", new_notes.len()))?;
    expect(renewed == 1, || format!("{renewed} refreshes instead of one"))?;
    let carried = |report: &RunReport| report.transferred.unwrap_or_default();
    stage.line(&format!(
        "   {}: {} document and {} message are in MyCase, the bytes as they were sent",
        player.id,
        carried(&documents),
        carried(&messages)
    ));
    stage.line(&format!("   between them the access token had ended: {renewed} refresh, and nobody noticed"));

    let again = back(theatre, player, SyncAsk { documents: true, messages: true, ..SyncAsk::default() }).await?;
    expect(carried(&again) == 0 && player.carried(case) == (files, notes), || "something was carried twice".to_owned())?;
    stage.line(&format!(
        "   again: nothing new, {} requests to {}, {} to MyCase",
        again.requests.portal, player.portal, again.requests.mycase
    ));
    Ok(())
}

async fn back(theatre: &Theatre, player: &Player, ask: SyncAsk) -> Result<RunReport, Oops> {
    let Answer::Run(report) = theatre.ask(&player.id, Ask::Sync(ask)).await? else { return Err("no report came".to_owned()) };
    expect(report.error.is_none() && report.failures.is_empty(), || format!("{:?} {:?}", report.error, report.failures))?;
    Ok(*report)
}
