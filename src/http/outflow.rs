//! A body that is sent as it comes out of a channel, its length known beforehand. Gathers nothing.
//!
//! A body that would be shorter or longer than announced must never pass for a whole one. So the last piece goes out only
//! when the channel has closed: whoever fills it may still break the request after its last byte (a checksum that does not
//! fit), and a channel with too many bytes breaks it as well.

use axum::body::HttpBody;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;
use tokio::time::Instant;

/// Pieces are at most this long, so that a slow line shows progress.
const PIECE: usize = 64 * 1024;

/// The body of a request that is too large to hold. Dropped by the client as soon as the request is over; then sending into
/// the channel fails.
pub struct Upload {
    /// Its length in bytes; sent as `Content-Length`, and kept to exactly.
    pub length: u64,
    /// Its bytes in order, in a bounded channel. An `Err`, a channel that closes early and one byte too many break the request.
    pub chunks: Receiver<Result<Bytes, io::Error>>,
}

/// How far an upload is; shared by the body and by who watches it.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<State>>);

struct State {
    moved: Instant,
    left: u64,
    broken: Option<String>,
}

/// The body itself.
pub(super) struct Outflow {
    chunks: Receiver<Result<Bytes, io::Error>>,
    /// Taken from the channel, not yet given on; never more than is left.
    held: Bytes,
    /// The channel has closed.
    closed: bool,
    length: u64,
    left: u64,
    progress: Progress,
}

impl Outflow {
    pub(super) fn new(upload: Upload) -> (Outflow, Progress) {
        let Upload { length, chunks } = upload;
        let progress = Progress(Arc::new(Mutex::new(State { moved: Instant::now(), left: length, broken: None })));
        (Outflow { chunks, held: Bytes::new(), closed: false, length, left: length, progress: progress.clone() }, progress)
    }

    /// For a body without bytes waits until its channel has closed: no client polls such a body.
    pub(super) async fn nothing_before_empty(&mut self) -> Result<(), io::Error> {
        if self.length > 0 {
            return Ok(());
        }
        std::future::poll_fn(|cx| self.poll_closed(cx)).await
    }

    /// Whether all may go: ready when the channel has closed with nothing behind what is held.
    fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        while !self.closed {
            match self.chunks.poll_recv(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.closed = true,
                Poll::Ready(Some(Ok(chunk))) if chunk.is_empty() => {}
                Poll::Ready(Some(Ok(_))) => return Poll::Ready(Err(self.too_many())),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(self.broken("broke off", error))),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Fills `held`.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        while self.held.is_empty() {
            match self.chunks.poll_recv(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(chunk))) if chunk.len() as u64 > self.left => return Poll::Ready(Err(self.too_many())),
                Poll::Ready(Some(Ok(chunk))) => self.held = chunk,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(self.broken("broke off", error))),
                Poll::Ready(None) => return Poll::Ready(Err(self.broken("ended early", io::ErrorKind::UnexpectedEof.into()))),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn too_many(&self) -> io::Error {
        self.broken("did not end where they should", io::ErrorKind::InvalidData.into())
    }

    fn broken(&self, how: &str, error: io::Error) -> io::Error {
        let text = format!("the bytes to send {how}, after {} of {}", self.length - self.left + self.held.len() as u64, self.length);
        self.progress.state().broken = Some(text);
        error
    }
}

impl HttpBody for Outflow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        if let Err(error) = std::task::ready!(this.poll_more(cx)) {
            return Poll::Ready(Some(Err(error)));
        }
        let is_last = this.held.len() as u64 == this.left && this.held.len() <= PIECE;
        if is_last && let Err(error) = std::task::ready!(this.poll_closed(cx)) {
            return Poll::Ready(Some(Err(error)));
        }
        let piece = this.held.split_to(this.held.len().min(PIECE));
        this.left -= piece.len() as u64;
        let mut state = this.progress.state();
        (state.moved, state.left) = (Instant::now(), this.left);
        drop(state);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl Progress {
    /// It begins now, however long it waited for its turn.
    pub(super) fn begins(&self) {
        self.state().moved = Instant::now();
    }

    /// When the last piece was taken.
    pub(super) fn moved(&self) -> Instant {
        self.state().moved
    }

    /// Why the body cannot have arrived whole, if it cannot.
    pub(super) fn broken(&self) -> Option<String> {
        self.state().broken.clone()
    }

    /// Whether every byte was taken.
    pub(super) fn is_over(&self) -> bool {
        self.state().left == 0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
