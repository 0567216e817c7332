//! Where a secret is kept, as a file says it. The secret itself is refused, and never repeated in a message.

use super::{FromToml, Maybe, Reader, Slot, section};
use crate::config::SecretRef;
use toml::Spanned;
use toml::de::DeValue;

/// A reference with exactly one of its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawSecret(pub(crate) SecretRef);

section! {
    RawSecretTable {
        /// The name under which `casebridge secret set FIRM NAME` sealed it.
        stored: Maybe<String>,
        /// An environment variable whose name begins with the firm's id, e.g. "ACME_PORTAL_KEY".
        env: Maybe<String>,
        /// A file below `secrets/<firm>/`.
        file: Maybe<String>,
        /// A systemd credential whose name begins with the firm's id, e.g. "acme.portal".
        credential: Maybe<String>,
    }
}

impl FromToml for RawSecret {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawSecret> {
        if value.get_ref().is_str() {
            let help = match path.split('.').next() {
                Some("mycase") => {
                    "write { stored = \"mycase\" } and run `casebridge secret set FIRM mycase`; then replace the secret, it has been seen"
                }
                Some("portal") => {
                    "write { stored = \"portal\" } and run `casebridge secret set FIRM portal`; then replace the secret, it has been seen"
                }
                _ => {
                    "put it into a file that only the daemon can read, and write { file = \"...\" }; then replace the secret, it has been seen"
                }
            };
            reader.error(
                value.span(),
                "secret-as-text",
                format!("{path} holds the secret itself; a file that people copy and commit must not"),
                help.to_owned(),
            );
            return None;
        }
        if !value.get_ref().is_table() {
            reader.wrong_type(path, "one of { stored = \"...\" }, { env = \"...\" }, { file = \"...\" }, { credential = \"...\" }", value);
            return None;
        }
        let before = reader.problems.len();
        let mut table = RawSecretTable::default();
        table.read(value, path, reader);
        if reader.problems.len() > before {
            return None;
        }
        let RawSecretTable { place: _, stored, env, file, credential } = table;
        type Kind = (Maybe<String>, fn(String) -> SecretRef);
        let kinds: [Kind; 4] =
            [(stored, SecretRef::Stored), (env, SecretRef::Env), (file, SecretRef::File), (credential, SecretRef::Credential)];
        let mut given =
            kinds.into_iter().filter_map(|(text, make)| text.filter(|text| !text.value.is_empty()).map(|text| make(text.value)));
        match (given.next(), given.next()) {
            (Some(one), None) => Some(RawSecret(one)),
            _ => {
                let help = "write one of { stored = \"...\" }, { env = \"...\" }, { file = \"...\" }, { credential = \"...\" }".to_owned();
                reader.error(value.span(), "secret-reference", format!("{path} must say exactly one place where the secret is kept"), help);
                None
            }
        }
    }
}
