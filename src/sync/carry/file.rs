//! One file on its way, from the portal to its document. Each step's row is durable before the request that follows; what
//! an unfinished step leaves is taken up where it stands (see the page in [`super`]).
//!
//! The portal is asked first: a file that is gone, too large or not given costs MyCase nothing. Three requests a file: the
//! download, the record, the bytes.

use super::fate::Fate;
use super::kit::{Job, Kit, LOOK_AFTER};
use super::source::{PutFailed, Sent, Source};
use super::words;
use crate::domain::{DocumentId, PortalFile};
use crate::mycase::{NewDocument, PutPlace, WriteError};
use crate::planted::{self, Plant};
use crate::store::{CarryState, PutAt, Shelf, Wait};
use std::sync::Arc;

/// Tries to put the bytes within one run: a place that is over is followed by a version, a broken line by another try.
const PUTS: usize = 3;

/// From which step a file goes on.
pub(super) enum Start {
    /// Nothing of it is in MyCase.
    New {
        /// Its path in the case.
        path: String,
    },
    /// Its record is there; where its bytes go is not known.
    Version {
        /// The record.
        document: DocumentId,
        /// Its path.
        path: String,
    },
    /// Its row says where the bytes go.
    Put,
}

/// Delivers one file as far as that is possible now.
pub(super) async fn deliver(kit: Arc<Kit>, mut job: Job<PortalFile>, start: Start) -> (Job<PortalFile>, Fate) {
    let fate = match steps(&kit, &mut job, start).await {
        Ok(()) => Fate::Delivered,
        Err(_) if planted::is(Plant::FileGivenUp) => kit.close(&mut job, CarryState::Gone).map_or_else(|ends| ends, |()| Fate::Settled),
        Err(fate) => fate,
    };
    (job, fate)
}

async fn steps(kit: &Kit, job: &mut Job<PortalFile>, start: Start) -> Result<(), Fate> {
    let mut opened = Some(Source::open(kit, job).await?);
    match start {
        Start::New { path } => post(kit, job, path).await?,
        Start::Version { document, path } => version(kit, job, document, path).await?,
        Start::Put => {}
    }
    let mut last = None;
    for _ in 0..PUTS {
        let CarryState::Posted { document, path, place } = job.row.state.clone() else { break };
        let source = match opened.take() {
            Some(source) => source,
            None => Source::open(kit, job).await?,
        };
        let place = PutPlace { url: place.url, headers: place.headers };
        match source.put(&kit.writer, &place).await {
            Ok(sent) => return arrived(kit, job, document, path, sent),
            Err(PutFailed::NotWhole(text)) => return Err(Fate::NotWhole(text)),
            Err(PutFailed::Write(WriteError::PlaceOver { text })) => {
                last = Some(text);
                version(kit, job, document, path).await?;
            }
            Err(PutFailed::Write(WriteError::Unknown { text } | WriteError::NotSent { text })) => last = Some(text),
            Err(PutFailed::Write(error)) => return Err(not_made(kit, job, error)),
        }
    }
    let text = format!("its bytes did not reach MyCase's storage: {}", last.unwrap_or_default());
    Err(Fate::Again { text, wait: None, silent: true })
}

/// Makes the record.
async fn post(kit: &Kit, job: &mut Job<PortalFile>, path: String) -> Result<(), Fate> {
    let new = NewDocument {
        filename: words::name_of(&path).to_owned(),
        description: words::description(kit.title(), &job.id),
        assigned_date: job.item.as_ref().and_then(|file| file.created_at).map(|at| at.to_zoned(kit.firm.time_zone.clone()).date()),
        path: path.clone(),
    };
    keep(kit, job, CarryState::Begun { path: Some(path.clone()), asked_at: kit.now() })?;
    match kit.writer.create_document(job.case, &new).await {
        Ok((document, place)) => keep(kit, job, posted(document, path, place)),
        Err(error) => Err(not_made(kit, job, error)),
    }
}

/// Another place for the bytes of the same record.
async fn version(kit: &Kit, job: &mut Job<PortalFile>, document: DocumentId, path: String) -> Result<(), Fate> {
    match kit.writer.add_version(document).await {
        Ok(place) => keep(kit, job, posted(document, path, place)),
        // Somebody deleted the empty record, or may no longer see it: what is there is looked up before anything is made.
        Err(WriteError::Gone) => {
            job.row.state = CarryState::Begun { path: Some(path), asked_at: kit.now() };
            let wait = Some(Wait::Until(kit.now() + LOOK_AFTER));
            Err(Fate::Again { text: "its record is no longer in MyCase".to_owned(), wait, silent: false })
        }
        // Versions without bytes may add up; documents do not.
        Err(WriteError::Unknown { text } | WriteError::NotSent { text }) => Err(Fate::Again { text, wait: None, silent: true }),
        Err(error) => Err(not_made(kit, job, error)),
    }
}

fn posted(document: DocumentId, path: String, place: PutPlace) -> CarryState {
    CarryState::Posted { document, path, place: PutAt { url: place.url, headers: place.headers } }
}

/// Keeps a step, durably, before the next request.
fn keep(kit: &Kit, job: &mut Job<PortalFile>, state: CarryState) -> Result<(), Fate> {
    let wait = match &state {
        CarryState::Begun { asked_at, .. } => *asked_at + LOOK_AFTER,
        _ => kit.now(),
    };
    job.row.state = state;
    kit.keep(job, wait)
}

fn arrived(kit: &Kit, job: &mut Job<PortalFile>, document: DocumentId, path: String, sent: Sent) -> Result<(), Fate> {
    let Sent { length, sha256 } = sent;
    kit.close(job, CarryState::Document { document, path, length, sha256, at: kit.now() })
}

/// What a failed write means for the file; `job.row` says afterwards what is known of it.
fn not_made(kit: &Kit, job: &mut Job<PortalFile>, error: WriteError) -> Fate {
    match (error, &mut job.row.state) {
        (WriteError::Unknown { text }, state) => {
            let lost_at = kit.now();
            if let CarryState::Begun { asked_at, .. } = state {
                *asked_at = lost_at;
            }
            Fate::lost(lost_at, &text)
        }
        (error, state) => {
            // Anything but an unknown outcome surely had no effect.
            if let CarryState::Begun { .. } = state {
                *state = CarryState::Owed;
            }
            Fate::unwritten(kit, Shelf::Documents, error)
        }
    }
}
