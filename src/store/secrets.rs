//! Secrets a person gave to keep (`casebridge secret set`), sealed. Where else secrets may be is not its matter.

use super::tables::SECRETS;
use super::{Store, StoreError, Writer};
use redb::ReadableTable;
use secrecy::{ExposeSecret, SecretString};

impl Store {
    /// A stored secret.
    pub fn secret(&self, name: &str) -> Result<Option<SecretString>, StoreError> {
        Ok(self.read()?.unseal::<_, String>(&SECRETS, name)?.map(SecretString::from))
    }

    /// The names of the stored secrets, sorted.
    pub fn secret_names(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.read()?.table(SECRETS.rows)?;
        rows.iter()?.map(|row| Ok(row?.0.value().to_owned())).collect()
    }
}

impl Writer<'_> {
    /// Keeps a secret in place of the former of that name. Crash before the commit: the former is there. After: this one.
    pub fn put_secret(&mut self, name: &str, secret: &SecretString) -> Result<(), StoreError> {
        self.seal_into(&SECRETS, name, secret.expose_secret())
    }

    /// Forgets a secret. Crash before the commit: it is there. After: gone.
    pub fn remove_secret(&mut self, name: &str) -> Result<(), StoreError> {
        self.table(SECRETS.rows)?.remove(name)?;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_secret_is_kept_by_name_until_it_is_removed() {
        let store = samples::store();
        store.write(|w| w.put_secret("portal-key", &SecretString::from("s3cret"))).unwrap();
        assert_eq!(store.secret("portal-key").unwrap().unwrap().expose_secret(), "s3cret");
        assert_eq!(store.secret_names().unwrap(), ["portal-key"]);
        store.write(|w| w.remove_secret("portal-key")).unwrap();
        assert!(store.secret("portal-key").unwrap().is_none());
    }
}
