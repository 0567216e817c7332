//! The vault keys of a house: the one in force, and the former one while not every state is sealed anew.

use crate::operations::House;
use crate::store::{self, StoreError, Vault};
use camino::Utf8PathBuf;
use std::sync::Arc;

impl House {
    /// The vault key's own file; not used where `casebridge.toml` names another place.
    pub fn key_file(&self) -> Utf8PathBuf {
        self.paths.state.join("vault.key")
    }

    /// The former key's, while `state rekey` is not done.
    pub fn former_key_file(&self) -> Utf8PathBuf {
        self.paths.state.join("vault.key.old")
    }

    /// The former key, while there is one.
    pub(in crate::operations) fn keys_of_old(&self) -> Result<Option<Arc<Vault>>, StoreError> {
        let path = self.former_key_file();
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(Arc::new(store::load_or_make(&path).map_err(StoreError::Vault)?.vault)))
    }

    /// The keys that there are, the one in force first. Makes none: a state cannot be opened by a new key.
    pub(super) fn keys(&self) -> Result<Vec<Arc<Vault>>, StoreError> {
        let there = self.daemon.vault_key.is_some() || self.key_file().exists();
        let now = there.then(|| self.vault()).transpose()?;
        Ok(now.into_iter().chain(self.keys_of_old()?).collect())
    }
}
