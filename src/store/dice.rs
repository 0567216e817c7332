//! Random numbers from the system.

use ring::rand::{SecureRandom, SystemRandom};
use std::io;

/// Bytes that nobody can guess; an error when the system gives no random numbers.
pub(crate) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random numbers"))?;
    Ok(bytes)
}
