//! Delivers what is owed of messages: one note a message, the oldest first within a case. What MyCase was asked for without
//! an answer, and what was there before the first reading, is looked up among the case's notes by its mark.

use super::fate::Fate;
use super::kit::{Job, Kit, LOOK_AFTER, by_case};
use super::tally::Tally;
use super::words;
use crate::config::Template;
use crate::domain::{CaseId, NoteId, PortalMessage};
use crate::mycase::{NewNote, Seen, SeenNote, WriteError};
use crate::planted::{self, Plant};
use crate::store::{CarryState, Shelf, Wait};
use crate::sync::{Progress, RunError, Work};

/// Delivers; answers whether the process is about to end before all were tried.
pub(super) async fn messages(kit: &Kit, jobs: Vec<Job<PortalMessage>>, tally: &mut Tally, progress: &Progress) -> Result<bool, RunError> {
    let template = Template::compile(&kit.firm.messages.subject).map_err(|error| RunError::Mapping(error.to_string()))?;
    let (mut done, of) = (0, jobs.len());
    for (case, jobs) in by_case(jobs) {
        let mut notes = None;
        for mut job in jobs {
            if kit.hands.stopping() {
                return Ok(true);
            }
            if must_look(&job) && notes.is_none() {
                match read(kit, case).await {
                    Ok(read) => notes = Some(read),
                    Err(fate) => {
                        tally.conclude(kit, job, fate)?;
                        continue;
                    }
                }
            }
            let fate = match deliver(kit, &mut job, notes.as_ref(), &template).await {
                Ok(fate) | Err(fate) => fate,
            };
            tally.conclude(kit, job, fate)?;
            done += 1;
            progress.applied(Work::Messages, done, of);
        }
    }
    Ok(false)
}

/// Whether the case's notes have to be read first.
fn must_look(job: &Job<PortalMessage>) -> bool {
    !planted::is(Plant::NoteAgain) && (job.row.first || matches!(job.row.state, CarryState::Begun { .. }))
}

async fn read(kit: &Kit, case: CaseId) -> Result<Seen<SeenNote>, Fate> {
    let seen = kit.mycase.case_notes(case).await.map_err(|error| Fate::unread(kit, Shelf::Messages, error))?;
    seen.ok_or_else(|| Fate::no_case(Shelf::Messages))
}

async fn deliver(kit: &Kit, job: &mut Job<PortalMessage>, notes: Option<&Seen<SeenNote>>, template: &Template) -> Result<Fate, Fate> {
    if let Some(notes) = notes.filter(|_| must_look(job)) {
        let bears = |note: &&SeenNote| note.note.as_deref().is_some_and(|text| words::bears(text, kit.title(), Shelf::Messages, &job.id));
        if let Some(found) = notes.items.iter().find(bears).map(|note| note.id) {
            return found_there(kit, job, found);
        }
        // What is there is there; that it is not there may be too early to say.
        if let CarryState::Begun { asked_at, .. } = &job.row.state
            && kit.now() < *asked_at + kit.patience()
        {
            return Ok(Fate::Later(Wait::Until(*asked_at + kit.patience())));
        }
        if !notes.whole {
            let text = "MyCase's list of the case's notes could not be read whole".to_owned();
            return Err(Fate::Again { text, wait: None, silent: false });
        }
    }
    match job.item.take() {
        Some(message) => send(kit, job, &message, template).await,
        None => kit.unlisted(job).map(|()| Fate::Settled),
    }
}

/// A lost answer that was a yes delivers the message; on a first reading it was there before.
fn found_there(kit: &Kit, job: &mut Job<PortalMessage>, note: NoteId) -> Result<Fate, Fate> {
    match job.row.state {
        CarryState::Begun { .. } => settled(kit, job, CarryState::Note { note, at: kit.now() }, Fate::Delivered),
        _ => settled(kit, job, CarryState::AlreadyThere, Fate::Settled),
    }
}

async fn send(kit: &Kit, job: &mut Job<PortalMessage>, message: &PortalMessage, template: &Template) -> Result<Fate, Fate> {
    let zone = &kit.firm.time_zone;
    let new = NewNote {
        subject: words::subject(template, message, zone),
        note: words::body(kit.title(), message, zone),
        date: message.sent_at.unwrap_or_else(|| kit.now()),
    };
    let asked_at = kit.now();
    job.row.state = CarryState::Begun { path: None, asked_at };
    kit.keep(job, asked_at + LOOK_AFTER)?;
    match kit.writer.create_note(job.case, &new).await {
        Ok(note) => settled(kit, job, CarryState::Note { note, at: kit.now() }, Fate::Delivered),
        Err(WriteError::Unknown { .. }) if planted::is(Plant::MessageGivenUp) => settled(kit, job, CarryState::Gone, Fate::Settled),
        Err(WriteError::Unknown { text }) => {
            let lost_at = kit.now();
            job.row.state = CarryState::Begun { path: None, asked_at: lost_at };
            Err(Fate::lost(lost_at, &text))
        }
        Err(error) => {
            // Surely it had no effect.
            job.row.state = CarryState::Owed;
            Err(Fate::unwritten(kit, Shelf::Messages, error))
        }
    }
}

fn settled(kit: &Kit, job: &mut Job<PortalMessage>, state: CarryState, fate: Fate) -> Result<Fate, Fate> {
    kit.close(job, state).map(|()| fate)
}
