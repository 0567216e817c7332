//! Bodies that plain bytes cannot be: one that breaks off, one that is made while it is sent, one of unknown length.
//!
//! A body that breaks off ends in an error of the stream. Over a socket hyper then closes the connection in the middle of the
//! answer; a caller in the same process gets the error while reading. Both see a failure of the transport, not an answer.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use sha2::{Digest, Sha256};

use super::ask::Upload;

/// Uploads up to this length are kept, so that they can be downloaded again; of longer ones length and SHA-256.
const KEPT_BYTES: usize = 4 * 1024 * 1024;
const CHUNK: u64 = 64 * 1024;

/// Some bytes, then an error of the connection.
pub(super) struct BreaksOff(pub(super) Option<Bytes>);

impl HttpBody for BreaksOff {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(match self.0.take().filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => Ok(Frame::data(bytes)),
            None => Err(io::Error::new(io::ErrorKind::ConnectionReset, "the sandbox was told to drop this connection")),
        }))
    }
}

/// So many bytes of a pattern that depends on its seed.
pub(super) struct Pattern {
    pub(super) seed: u64,
    pub(super) left: u64,
}

impl HttpBody for Pattern {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let take = self.left.min(CHUNK);
        self.left -= take;
        // Every chunk differs by the place it stands at, so that a chunk lost or sent twice shows in a checksum.
        let word = (self.seed.rotate_left(32) ^ self.left).to_le_bytes();
        let mut bytes = word.repeat(CHUNK as usize / word.len());
        bytes.truncate(take as usize);
        Poll::Ready(Some(Ok(Frame::data(bytes.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A body that does not say how long it is.
pub(super) struct InChunks(pub(super) Body);

impl HttpBody for InChunks {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }
}

/// Reads a body to its end without holding more than `KEPT_BYTES` of it.
pub(super) async fn take_in(mut body: Body) -> Result<Upload, axum::Error> {
    let (mut sum, mut length, mut kept) = (Sha256::new(), 0_u64, Some(Vec::new()));
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        sum.update(&data);
        length += data.len() as u64;
        match &mut kept {
            Some(bytes) if bytes.len() + data.len() <= KEPT_BYTES => bytes.extend_from_slice(&data),
            _full => kept = None,
        }
    }
    let sha256 = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Upload { length, sha256, bytes: kept.map(Bytes::from) })
}
