//! The vault: one key of 32 bytes from which every sealing and fingerprint key comes, and the file that holds it.
//!
//! It never prints a key, keeps no personal data, and does not know where the shell got a key from.

use super::cipher::{Cipher, NONCE, TAG};
use super::dice::random;
use super::plain::Plain;
use crate::domain::{Fingerprinter, FirmId};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use camino::{Utf8Path, Utf8PathBuf};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use zeroize::Zeroizing;

/// What a sealed value begins with: how it was sealed.
const SEALED_BY: u8 = 1;

/// Seals, opens and fingerprints under one key.
pub struct Vault {
    root: Zeroizing<[u8; 32]>,
    cipher: Cipher,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// Why there is no vault, or why it does not seal or open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The text or file is no key.
    #[error("a vault key is 32 bytes: 64 hexadecimal digits, base64, or the bytes themselves; this is none of them")]
    NotAKey,
    /// The file holds no key.
    #[error("{path} holds no vault key: it should be 32 bytes, as 64 hexadecimal digits, base64, or the bytes themselves")]
    FileHoldsNoKey {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The file cannot be read or made.
    #[error("cannot read or make the vault key {path}")]
    Io {
        /// The file.
        path: Utf8PathBuf,
        /// The failure.
        source: io::Error,
    },
    /// Sealed with another key, for another place, or changed since.
    #[error("cannot be unsealed: another vault key, another place, or changed since")]
    Sealed,
    /// The key that the daemon's file names cannot be had; the text says why.
    #[error("the vault key is not there: {0}")]
    NotThere(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
}

impl Vault {
    /// The vault of this key.
    pub fn from_key(key: [u8; 32]) -> Vault {
        let root = Zeroizing::new(key);
        let cipher = Cipher::new(derive(&root, "seal", ""));
        Vault { root, cipher }
    }

    /// The vault of a key given as text: 64 hexadecimal digits, base64 (plain or URL-safe, padded or not), or 32 characters
    /// that are the bytes. White space around it is ignored.
    pub fn from_text(text: &SecretString) -> Result<Vault, VaultError> {
        read_key(text.expose_secret().as_bytes()).map(|key| Vault::from_key(*key)).ok_or(VaultError::NotAKey)
    }

    /// Makes the firm's fingerprints; those of two firms never compare.
    pub fn fingerprinter(&self, firm: &FirmId) -> Fingerprinter {
        Fingerprinter::new(&self.print_key(firm))
    }

    /// What a firm's fingerprints are made under.
    pub(super) fn print_key(&self, firm: &FirmId) -> Zeroizing<[u8; 32]> {
        derive(&self.root, "fingerprint", firm.as_str())
    }

    /// Seals for one place; only the same `context` opens it. 41 bytes longer than `plain`.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_written(context, plain.len(), |row| {
            row.extend(plain);
            Ok(())
        })
    }

    /// The same of what `write` writes, about `room` bytes: it is sealed where it was written, and no copy of it stays.
    pub(super) fn seal_written<E: From<VaultError>>(
        &self,
        context: &str,
        room: usize,
        write: impl FnOnce(&mut Plain) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let nonce: [u8; NONCE] = random().map_err(|_| VaultError::NoRandom)?;
        let mut row = Plain::with_room(1 + NONCE + room + TAG);
        row.extend(&[SEALED_BY]);
        row.extend(&nonce);
        write(&mut row)?;
        let tag = self.cipher.seal(&nonce, context.as_bytes(), row.from(1 + NONCE)).ok_or(VaultError::Sealed)?;
        row.extend(&tag);
        Ok(row.sealed())
    }

    /// Opens what was sealed for this place; wiped when dropped.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (head, body) = sealed.split_at_checked(1 + NONCE).ok_or(VaultError::Sealed)?;
        let (&by, nonce) = head.split_first().ok_or(VaultError::Sealed)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| VaultError::Sealed)?;
        if by != SEALED_BY {
            return Err(VaultError::Sealed);
        }
        let mut plain = Zeroizing::new(body.to_vec());
        let long = self.cipher.open(&nonce, context.as_bytes(), &mut plain).ok_or(VaultError::Sealed)?;
        plain.truncate(long);
        Ok(plain)
    }
}

/// A vault read from a file, or made with it.
#[derive(Debug)]
pub struct LoadedVault {
    /// The vault.
    pub vault: Vault,
    /// Whether the key was made just now.
    pub made: bool,
    /// Sentences for people: others can read the file, a new key was made.
    pub notes: Vec<String>,
}

/// The vault whose key is in this file; an error when there is no file.
pub fn load_key(path: &Utf8Path) -> Result<LoadedVault, VaultError> {
    load(path, Zeroizing::new(fs_err::read(path).map_err(|source| VaultError::Io { path: path.to_owned(), source })?))
}

/// Puts another key, made now or `given` in a file, in the place of the one at `path`, which goes on at `former`. False, and
/// nothing done, when an earlier call did that and `former` is still there.
///
/// Crash before it returns: `path` holds the former key, or the new one with the former beside it. After: the latter. The same
/// call after a crash goes on.
pub fn begin_rotation(path: &Utf8Path, former: &Utf8Path, given: Option<&Utf8Path>) -> Result<bool, VaultError> {
    let failed = |source| VaultError::Io { path: path.to_owned(), source };
    let read = |path: &Utf8Path| -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let bytes = Zeroizing::new(fs_err::read(path).map_err(failed)?);
        read_key(&bytes).map(|_| bytes).ok_or_else(|| VaultError::FileHoldsNoKey { path: path.to_owned() })
    };
    let (now, new) = (read(path)?, given.map(read).transpose()?);
    if former.exists() && *read(former)? != *now {
        return Ok(false);
    }
    super::set_aside::make_whole(former, |mut file| file.write_all(&now)).map_err(failed)?;
    let new = match new {
        Some(given) => given,
        None => new_key().map_err(failed)?,
    };
    super::fresh::write_over(path, &new).map_err(failed)?;
    Ok(true)
}

/// The vault whose key is in this file; makes key and file (0600) when there is none.
///
/// Crash before it returns: there is no file, or a whole one (the key is written and synced under another name and then
/// linked); a stray `.new` file may stay. Crash after: the key is on the disk. Two processes at once get one key.
pub fn load_or_make(path: &Utf8Path) -> Result<LoadedVault, VaultError> {
    let failed = |source| VaultError::Io { path: path.to_owned(), source };
    let made = !path.exists();
    if made {
        make(path).map_err(failed)?;
    }
    // Read also what was just made: another process may have been faster.
    let mut loaded = load(path, Zeroizing::new(fs_err::read(path).map_err(failed)?))?;
    if made {
        loaded.made = true;
        loaded
            .notes
            .push(format!("a new vault key was made: {path}; keep a copy of it apart from the state, which cannot be read without it"));
    }
    Ok(loaded)
}

fn load(path: &Utf8Path, bytes: Zeroizing<Vec<u8>>) -> Result<LoadedVault, VaultError> {
    let key = read_key(&bytes).ok_or_else(|| VaultError::FileHoldsNoKey { path: path.to_owned() })?;
    let mut notes = Vec::new();
    let mode = fs_err::metadata(path).map(|found| found.permissions().mode()).unwrap_or(0);
    if mode & 0o077 != 0 {
        notes.push(format!("others on this machine may use the vault key: run chmod 600 {path}"));
    }
    Ok(LoadedVault { vault: Vault::from_key(*key), made: false, notes })
}

/// Makes the file whole under another name first, so that nobody ever reads half a key.
fn make(path: &Utf8Path) -> io::Result<()> {
    let key = new_key()?;
    super::set_aside::make_whole(path, |mut file| file.write_all(&key))
}

/// A line of 64 hexadecimal digits that nobody knows.
fn new_key() -> io::Result<Zeroizing<Vec<u8>>> {
    let key = Zeroizing::new(random::<32>()?);
    let mut line = Zeroizing::new(Vec::with_capacity(65));
    key.iter().try_for_each(|byte| write!(line, "{byte:02x}"))?;
    writeln!(line)?;
    Ok(line)
}

fn derive(root: &[u8; 32], purpose: &str, firm: &str) -> Zeroizing<[u8; 32]> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(root);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in ["casebridge 1", purpose, firm] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn read_key(bytes: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    // Raw bytes first: among 32 random ones, white space at an end is nothing to trim.
    if let Ok(key) = <[u8; 32]>::try_from(bytes) {
        return Some(Zeroizing::new(key));
    }
    let text = bytes.trim_ascii();
    let found = match text.len() {
        32 => text.to_vec(),
        64 => text.chunks(2).map(hex_byte).collect::<Option<Vec<u8>>>()?,
        _ => [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|engine| engine.decode(text).ok())?,
    };
    <[u8; 32]>::try_from(Zeroizing::new(found).as_slice()).ok().map(Zeroizing::new)
}

fn hex_byte(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("state/vault.key")).unwrap();
        (dir, path)
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_place_under_its_key_and_unchanged() {
        let vault = Vault::from_key([7; 32]);
        let sealed = vault.seal("acme/tokens/mycase", b"secret").unwrap();
        assert_eq!(vault.open("acme/tokens/mycase", &sealed).unwrap().as_slice(), b"secret");
        assert!(vault.open("other/tokens/mycase", &sealed).is_err());
        assert!(Vault::from_key([8; 32]).open("acme/tokens/mycase", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open("acme/tokens/mycase", &changed).is_err(), "byte {at}");
            assert!(vault.open("acme/tokens/mycase", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert_ne!(sealed, vault.seal("acme/tokens/mycase", b"secret").unwrap());
    }

    #[test]
    fn two_firms_fingerprints_never_compare() {
        let vault = Vault::from_key([7; 32]);
        let of = |firm: &str| vault.fingerprinter(&firm.parse().unwrap()).of([b"+13105550100".as_slice()]);
        assert_eq!(of("acme"), of("acme"));
        assert_ne!(of("acme"), of("other"));
    }

    #[test]
    fn a_key_is_hexadecimal_base64_or_the_bytes_themselves() {
        let sealed = Vault::from_key([0xab; 32]).seal("x", b"y").unwrap();
        let opens = |text: &str| Vault::from_text(&SecretString::from(text)).is_ok_and(|vault| vault.open("x", &sealed).is_ok());
        assert!(opens(&"ab".repeat(32)) && opens(&format!(" {}\n", "AB".repeat(32))));
        assert!(opens("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=") && opens("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"));
        assert!(Vault::from_text(&SecretString::from("a pass phrase that is 32 letters")).is_ok());
        for bad in ["", "ab", &"zz".repeat(32), "q6ur", "a pass phrase that is thirty-three"] {
            assert!(matches!(Vault::from_text(&SecretString::from(bad)), Err(VaultError::NotAKey)), "{bad:?}");
        }
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone_and_read_ever_after() {
        let (_dir, path) = folder();
        let made = load_or_make(&path).unwrap();
        assert!(made.made);
        assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs_err::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs_err::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no stray file");
        let again = load_or_make(&path).unwrap();
        assert!(!again.made && again.notes.is_empty());
        let sealed = made.vault.seal("x", b"y").unwrap();
        assert!(again.vault.open("x", &sealed).is_ok());
    }

    #[test]
    fn a_key_file_that_others_can_read_is_named() {
        let (_dir, path) = folder();
        load_or_make(&path).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(load_or_make(&path).unwrap().notes[0].contains("chmod 600"));
    }

    #[test]
    fn a_file_without_a_key_is_refused_and_left() {
        let (_dir, path) = folder();
        load_or_make(&path).unwrap();
        fs_err::write(&path, "").unwrap();
        assert!(matches!(load_or_make(&path), Err(VaultError::FileHoldsNoKey { .. })));
        assert_eq!(fs_err::read(&path).unwrap(), b"");
    }
}
