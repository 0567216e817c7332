//! A row while it is being written and sealed: what can be read of it is in one place only, and is wiped.

use std::io::{self, Write};
use zeroize::Zeroizing;

/// Bytes that are not sealed yet: wiped when they move to a larger place, or are dropped.
pub(super) struct Plain(Zeroizing<Vec<u8>>);

impl Plain {
    /// None yet, with room for so many.
    pub(super) fn with_room(room: usize) -> Plain {
        Plain(Zeroizing::new(Vec::with_capacity(room)))
    }

    /// These behind the others.
    #[inline]
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if bytes.len() > self.0.capacity() - self.0.len() {
            self.moves(self.0.len() + bytes.len());
        }
        self.0.extend_from_slice(bytes);
    }

    #[cold]
    fn moves(&mut self, needed: usize) {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
        larger.extend_from_slice(&self.0);
        self.0 = larger;
    }

    /// Those from here on, to be sealed in their place.
    pub(super) fn from(&mut self, at: usize) -> &mut [u8] {
        &mut self.0[at..]
    }

    /// They are sealed and need no wiping any more.
    pub(super) fn sealed(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.extend(bytes);
        Ok(bytes.len())
    }

    // JSON comes in pieces of a few bytes.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn what_outgrows_its_room_is_all_there() {
        let mut row = Plain::with_room(4);
        let words = "a row that is longer than was thought";
        words.bytes().for_each(|byte| row.write_all(&[byte]).unwrap());
        row.extend(b"!");
        assert_eq!(row.from(words.len()), b"!");
        assert_eq!(row.sealed(), format!("{words}!").into_bytes());
    }
}
