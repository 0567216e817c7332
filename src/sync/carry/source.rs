//! A client's file as bytes with a known length: MyCase's storage takes no body of unknown length, so a file whose length
//! the portal does not say lies on the disk for a while. Memory stays flat either way.

use super::fate::Fate;
use super::kit::{Item, Job, Kit};
use super::reasons;
use crate::domain::PortalFile;
use crate::http::{Flow, HttpError, Upload};
use crate::mycase::{PutPlace, WriteError};
use crate::portal::{FetchError, PortalError};
use crate::store::{Wait, make_private_folder};
use crate::sync::RunError;
use bytes::{Bytes, BytesMut};
use camino::Utf8Path;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use std::io;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::sync::mpsc;

/// Pieces under way between the portal and MyCase.
const PIECES: usize = 4;
/// A piece read from the disk.
const PIECE: usize = 64 * 1024;
/// An address from a list that is older may be signed and over.
const FRESH: SignedDuration = SignedDuration::from_secs(30);

/// A file, open, with its length.
pub(super) struct Source {
    length: u64,
    body: Body,
}

enum Body {
    Flow(Box<Flow>),
    Disk(File),
}

/// What was sent.
pub(super) struct Sent {
    pub(super) length: u64,
    pub(super) sha256: String,
}

/// How the bytes came.
enum Pumped {
    Whole(Sent),
    /// The portal's side broke off, or gave another length.
    Broken(String),
    /// MyCase's side ended first.
    Cut,
}

impl Source {
    /// Opens a job's file; nothing is asked of MyCase. A file that is gone is listed once more when its address is old.
    pub(super) async fn open(kit: &Kit, job: &mut Job<PortalFile>) -> Result<Source, Fate> {
        let Some(file) = &job.item else { return Err(Fate::trouble(reasons::vanished(), "the portal no longer lists it")) };
        let flow = match kit.portal.open_file(file).await {
            Err(FetchError::Vanished { .. }) if kit.now().duration_since(job.listed_at) > FRESH && listed_anew(kit, job).await? => {
                let Some(file) = &job.item else { return Err(Fate::trouble(reasons::vanished(), "the portal no longer lists it")) };
                kit.portal.open_file(file).await
            }
            opened => opened,
        };
        let flow = flow.map_err(not_fetched)?;
        let said = job.item.as_ref().and_then(|file| file.size);
        let max_size = kit.firm.documents.max_size;
        let source = match flow.length() {
            Some(length) if length > max_size => return Err(too_large(max_size, length)),
            Some(length) => Source { length, body: Body::Flow(Box::new(flow)) },
            None => spooled(flow, &kit.hands.scratch, max_size).await?,
        };
        match said {
            Some(said) if said != source.length => {
                Err(Fate::NotWhole(format!("the portal's list says {said} bytes, and {} would come", source.length)))
            }
            _ => Ok(source),
        }
    }

    /// Puts the file at its place, measuring what goes by. What is not whole never passes for whole: the request breaks.
    pub(super) async fn put(self, writer: &crate::mycase::Writer, place: &PutPlace) -> Result<Sent, PutFailed> {
        let (pieces, chunks) = mpsc::channel(PIECES);
        let upload = Upload { length: self.length, chunks };
        let (pumped, put) = tokio::join!(self.pump(pieces), writer.put(place, upload));
        match (pumped, put) {
            (Pumped::Broken(text), _) => Err(PutFailed::NotWhole(text)),
            (Pumped::Whole(sent), Ok(())) => Ok(sent),
            (Pumped::Whole(_) | Pumped::Cut, Err(error)) => Err(PutFailed::Write(error)),
            (Pumped::Cut, Ok(())) => Err(PutFailed::NotWhole("the storage said yes before all was sent".to_owned())),
        }
    }

    async fn pump(self, pieces: mpsc::Sender<Result<Bytes, io::Error>>) -> Pumped {
        let Source { length, mut body } = self;
        let (mut sha256, mut count) = (Sha256::new(), 0u64);
        let broken = loop {
            let piece = match body.piece().await {
                Ok(Some(piece)) => piece,
                Ok(None) if count == length => {
                    let sha256 = sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                    return Pumped::Whole(Sent { length, sha256 });
                }
                Ok(None) => break format!("{length} bytes were announced, and {count} came"),
                Err(text) => break text,
            };
            count += piece.len() as u64;
            if count > length {
                break format!("{length} bytes were announced, and more came");
            }
            sha256.update(&piece);
            if pieces.send(Ok(piece)).await.is_err() {
                return Pumped::Cut;
            }
        };
        // When MyCase's side has ended meanwhile, nobody is left to tell.
        drop(pieces.send(Err(io::ErrorKind::UnexpectedEof.into())).await);
        Pumped::Broken(broken)
    }
}

/// Why a file is not at its place.
pub(super) enum PutFailed {
    /// The portal's side.
    NotWhole(String),
    /// MyCase's side.
    Write(WriteError),
}

impl Body {
    /// The next bytes; an error in words.
    async fn piece(&mut self) -> Result<Option<Bytes>, String> {
        match self {
            Body::Flow(flow) => flow.chunk().await.map_err(|error| error.to_string()),
            Body::Disk(file) => {
                let mut piece = BytesMut::with_capacity(PIECE);
                let read = file.read_buf(&mut piece).await.map_err(|error| error.to_string())?;
                Ok((read > 0).then(|| piece.freeze()))
            }
        }
    }
}

/// A file of unknown length, on the disk: without a name, so that nothing is left of it whatever happens.
async fn spooled(mut flow: Flow, scratch: &Utf8Path, max_size: u64) -> Result<Source, Fate> {
    let mut file = unnamed(scratch).map_err(no_room)?;
    let mut length = 0u64;
    while let Some(piece) = flow.chunk().await.map_err(|error| Fate::NotWhole(error.to_string()))? {
        length += piece.len() as u64;
        if length > max_size {
            // How much larger is not known: looked at again when more is allowed.
            return Err(too_large(max_size, max_size.saturating_add(1)));
        }
        file.write_all(&piece).await.map_err(no_room)?;
    }
    file.flush().await.map_err(no_room)?;
    file.rewind().await.map_err(no_room)?;
    Ok(Source { length, body: Body::Disk(file) })
}

fn unnamed(scratch: &Utf8Path) -> io::Result<File> {
    make_private_folder(scratch)?;
    tempfile::tempfile_in(scratch).map(File::from_std)
}

fn no_room(error: io::Error) -> Fate {
    Fate::Again { text: format!("the file could not be kept on the disk meanwhile: {error}"), wait: None, silent: false }
}

/// Whether the portal lists the file with another address now.
async fn listed_anew(kit: &Kit, job: &mut Job<PortalFile>) -> Result<bool, Fate> {
    let page = PortalFile::page(&kit.portal, job.page).await.map_err(unlisted)?;
    let Some(file) = page.into_iter().flatten().find(|file| file.id == job.id) else { return Ok(false) };
    let other = job.item.as_ref().is_none_or(|before| before.url != file.url);
    (job.item, job.listed_at) = (Some(file), kit.now());
    Ok(other)
}

fn too_large(max_size: u64, length: u64) -> Fate {
    Fate::Trouble { reason: Box::new(reasons::too_large(max_size)), wait: Some(Wait::Size(length)), failed: None }
}

fn unlisted(error: PortalError) -> Fate {
    Fate::ends(RunError::Portal(Box::new(error)))
}

fn not_fetched(error: FetchError) -> Fate {
    match error {
        FetchError::Vanished { text } | FetchError::Refused { text } | FetchError::NotPossible { text } => {
            Fate::trouble(reasons::vanished(), text)
        }
        FetchError::Unsafe { text } => Fate::trouble(reasons::not_safe(), text),
        FetchError::KeyRejected { text } => unlisted(PortalError::KeyRejected { text }),
        FetchError::Http(error @ HttpError::Setup(_)) => unlisted(PortalError::Http(error)),
        FetchError::Http(error) => Fate::Again { text: error.to_string(), wait: None, silent: false },
    }
}
