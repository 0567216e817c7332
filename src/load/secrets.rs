//! Secrets, found where a firm file says they are and nowhere a firm file may not reach: `secrets/<firm>/`, credentials
//! and variables that bear the firm's id, and what `[allow] environment` names. Values are never logged or kept here.

use super::Environment;
use crate::config::SecretRef;
use crate::domain::FirmId;
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use zeroize::Zeroize;

/// No key is longer; what is was put there by mistake.
const LONGEST: u64 = 64 * 1024;

/// Where secrets may come from.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The process's environment.
    pub environment: Environment,
    /// `[allow] environment`: variables beyond those that begin with the firm's id.
    pub allowed: BTreeSet<String>,
    /// `[allow] secrets`: a firm reads only `<folder>/<firm>/`.
    pub folder: Utf8PathBuf,
    /// All firms there are: `ACME_2_KEY` belongs to `acme-2`, not to `acme`.
    pub firms: BTreeSet<FirmId>,
}

/// Why a secret is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It is nowhere: somebody has to put it there.
    #[error("{place} is not there: {help}")]
    Missing {
        /// Where it should be.
        place: String,
        /// What puts it there.
        help: String,
    },
    /// A firm file reaches beyond its firm.
    #[error("{place} is not the firm's own: {help}")]
    NotAllowed {
        /// What it reaches for.
        place: String,
        /// What it may reach for.
        help: String,
    },
    /// It is there and is no usable secret.
    #[error("{place} {why}")]
    Unusable {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is there and cannot be read.
    #[error("{place} cannot be read")]
    Unreadable {
        /// Where it is.
        place: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

impl Secrets {
    /// A firm's secret. `stored` looks up what `casebridge secret set` sealed in the firm's state.
    pub fn resolve(
        &self,
        firm: &FirmId,
        reference: &SecretRef,
        stored: impl Fn(&str) -> Option<SecretString>,
    ) -> Result<SecretString, SecretError> {
        match reference {
            SecretRef::Stored(name) => stored(name).ok_or_else(|| SecretError::Missing {
                place: format!("the stored secret '{name}'"),
                help: format!("run: casebridge secret set {firm} {name}"),
            }),
            SecretRef::Env(name) => {
                self.may_read(firm, name)?;
                self.variable(name)
            }
            SecretRef::File(path) => read_secret(&self.file_of(firm, path)?),
            SecretRef::Credential(name) => {
                if !name.starts_with(&format!("{firm}.")) || name.contains('/') {
                    let help = format!("a firm's credentials begin with its id, as {firm}.portal");
                    return Err(SecretError::NotAllowed { place: format!("the credential '{name}'"), help });
                }
                self.credential(name)
            }
        }
    }

    /// A secret of the daemon's own file (`vault.key`, `web.token`); relative files are relative to that file's folder.
    pub fn resolve_own(&self, config_dir: &Utf8Path, reference: &SecretRef) -> Result<SecretString, SecretError> {
        match reference {
            SecretRef::Env(name) => self.variable(name),
            SecretRef::File(path) => read_secret(&config_dir.join(path)),
            SecretRef::Credential(name) if name.contains('/') => {
                Err(SecretError::Unusable { place: format!("the credential '{name}'"), why: "has a name with a slash" })
            }
            SecretRef::Credential(name) => self.credential(name),
            SecretRef::Stored(name) => {
                let help = "the daemon's own secrets are kept in a file, a variable or a credential".to_owned();
                Err(SecretError::NotAllowed { place: format!("the stored secret '{name}'"), help })
            }
        }
    }

    /// One sentence when others on the machine can read the file of a secret.
    pub fn warning(&self, firm: &FirmId, reference: &SecretRef) -> Option<String> {
        let SecretRef::File(path) = reference else { return None };
        let path = self.file_of(firm, path).ok()?;
        let mode = fs::metadata(&path).ok()?.permissions().mode();
        (mode & 0o007 != 0).then(|| format!("everybody on this machine can read {path}: chmod o-rwx it"))
    }

    fn may_read(&self, firm: &FirmId, name: &str) -> Result<(), SecretError> {
        let prefix = firm.environment_prefix();
        let others_own = |other: &FirmId| {
            let theirs = other.environment_prefix();
            theirs.len() > prefix.len() && theirs.starts_with(&prefix) && name.starts_with(&theirs)
        };
        let own = name.starts_with(&prefix) && !self.firms.iter().any(others_own);
        if own || self.allowed.contains(name) {
            return Ok(());
        }
        let help = format!("a firm's variables begin with {prefix}; others must stand in casebridge.toml under [allow] environment");
        Err(SecretError::NotAllowed { place: format!("the variable {name}"), help })
    }

    fn variable(&self, name: &str) -> Result<SecretString, SecretError> {
        let missing =
            || SecretError::Missing { place: format!("the variable {name}"), help: "set it where casebridge is started".to_owned() };
        usable(self.environment.get(name).ok_or_else(missing)?, &format!("the variable {name}"))
    }

    fn credential(&self, name: &str) -> Result<SecretString, SecretError> {
        let Some(folder) = self.environment.get("CREDENTIALS_DIRECTORY") else {
            let help = "it is given by systemd (LoadCredential= or LoadCredentialEncrypted= in the unit)".to_owned();
            return Err(SecretError::Missing { place: format!("the credential '{name}'"), help });
        };
        read_secret(&Utf8PathBuf::from(folder).join(name))
    }

    /// The file a firm's `{ file = ".." }` means, links followed; below `<folder>/<firm>/` or refused.
    fn file_of(&self, firm: &FirmId, path: &str) -> Result<Utf8PathBuf, SecretError> {
        let home = self.folder.join(firm.as_str());
        let written = home.join(path);
        let refused = || SecretError::NotAllowed { place: written.to_string(), help: format!("a firm reads only files below {home}") };
        let lexically_out = Utf8Path::new(path).components().any(|part| part.as_str() == "..") || !written.starts_with(&home);
        if lexically_out {
            return Err(refused());
        }
        let missing = || SecretError::Missing { place: written.to_string(), help: "write the secret into that file".to_owned() };
        let home = home.canonicalize_utf8().map_err(|_| missing())?;
        let real = written.canonicalize_utf8().map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => missing(),
            _ => SecretError::Unreadable { place: written.to_string(), source },
        })?;
        if real.starts_with(&home) { Ok(real) } else { Err(refused()) }
    }
}

fn read_secret(path: &Utf8Path) -> Result<SecretString, SecretError> {
    let place = path.to_string();
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SecretError::Missing { place, help: "write the secret into that file".to_owned() });
        }
        Err(source) => return Err(SecretError::Unreadable { place, source }),
    };
    if !about.is_file() || about.len() > LONGEST {
        return Err(SecretError::Unusable { place, why: "is not a small plain file" });
    }
    let bytes = fs::read(path).map_err(|source| SecretError::Unreadable { place: place.clone(), source })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        error.into_bytes().zeroize();
        SecretError::Unusable { place: place.clone(), why: "is not text" }
    })?;
    usable(text, &place)
}

/// Ends of lines at the end are an editor's, not the secret's.
fn usable(mut text: String, place: &str) -> Result<SecretString, SecretError> {
    let secret = text.trim_end_matches(['\n', '\r']);
    let why = match secret {
        "" => Some("is empty"),
        _ if secret.chars().any(char::is_control) => Some("has more than one line, or control characters"),
        _ => None,
    };
    let answer = match why {
        None => Ok(SecretString::from(secret)),
        Some(why) => Err(SecretError::Unusable { place: place.to_owned(), why }),
    };
    text.zeroize();
    answer
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::os::unix::fs::symlink;

    fn secrets(folder: &Utf8Path) -> Secrets {
        let environment = Environment::of(
            false,
            [("ACME_PORTAL", "k1\n"), ("ACME_2_PORTAL", "k2"), ("SHARED", "k3"), ("CREDENTIALS_DIRECTORY", folder.as_str())],
        );
        let firms = ["acme", "acme-2"].into_iter().map(|id| id.parse().unwrap()).collect();
        Secrets { environment, allowed: BTreeSet::from(["SHARED".to_owned()]), folder: folder.join("secrets"), firms }
    }

    fn found(secrets: &Secrets, reference: &SecretRef) -> Result<String, SecretError> {
        let stored = |name: &str| (name == "portal").then(|| SecretString::from("k0"));
        secrets.resolve(&"acme".parse().unwrap(), reference, stored).map(|secret| secret.expose_secret().to_owned())
    }

    fn temp() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        fs::create_dir_all(path.join("secrets/acme")).unwrap();
        fs::create_dir_all(path.join("secrets/acme-2")).unwrap();
        fs::write(path.join("secrets/acme-2/key"), "other").unwrap();
        (dir, path)
    }

    #[test]
    fn a_firm_reads_variables_that_bear_its_id_or_are_allowed() {
        let (_dir, path) = temp();
        let secrets = secrets(&path);
        assert_eq!(found(&secrets, &SecretRef::Env("ACME_PORTAL".into())).unwrap(), "k1");
        assert_eq!(found(&secrets, &SecretRef::Env("SHARED".into())).unwrap(), "k3");
        for other in ["HOME", "ACME_2_PORTAL", "ACMEX", "BETA_KEY"] {
            assert!(matches!(found(&secrets, &SecretRef::Env(other.into())), Err(SecretError::NotAllowed { .. })), "{other}");
        }
        assert!(matches!(found(&secrets, &SecretRef::Env("ACME_NONE".into())), Err(SecretError::Missing { .. })));
    }

    #[test]
    fn a_firm_reads_files_of_its_own_folder_only_also_through_links() {
        let (_dir, path) = temp();
        let secrets = secrets(&path);
        let home = path.join("secrets/acme");
        fs::write(home.join("key"), "secret\r\n").unwrap();
        fs::create_dir(home.join("..v1")).unwrap();
        fs::write(home.join("..v1/mounted"), "m").unwrap();
        symlink("..v1/mounted", home.join("mounted")).unwrap();
        symlink(path.join("secrets/acme-2/key"), home.join("sly")).unwrap();
        assert_eq!(found(&secrets, &SecretRef::File("key".into())).unwrap(), "secret");
        assert_eq!(found(&secrets, &SecretRef::File(home.join("key").into())).unwrap(), "secret");
        assert_eq!(found(&secrets, &SecretRef::File("mounted".into())).unwrap(), "m", "Kubernetes mounts through links");
        for sly in ["../acme-2/key", "sly", "/etc/passwd", "x/../../acme-2/key"] {
            assert!(matches!(found(&secrets, &SecretRef::File(sly.into())), Err(SecretError::NotAllowed { .. })), "{sly}");
        }
        let missing = found(&secrets, &SecretRef::File("none".into())).unwrap_err();
        assert!(matches!(missing, SecretError::Missing { .. }));
    }

    #[test]
    fn stored_secrets_and_credentials_of_the_firm_are_found() {
        let (_dir, path) = temp();
        fs::write(path.join("acme.portal"), "c").unwrap();
        let secrets = secrets(&path);
        assert_eq!(found(&secrets, &SecretRef::Stored("portal".into())).unwrap(), "k0");
        assert_eq!(found(&secrets, &SecretRef::Credential("acme.portal".into())).unwrap(), "c");
        let error = found(&secrets, &SecretRef::Stored("mycase".into())).unwrap_err();
        assert!(error.to_string().contains("casebridge secret set acme mycase"));
        for sly in ["acme-2.portal", "acme.x/../../y", "portal"] {
            assert!(matches!(found(&secrets, &SecretRef::Credential(sly.into())), Err(SecretError::NotAllowed { .. })), "{sly}");
        }
    }

    #[test]
    fn an_empty_secret_or_a_pasted_page_is_no_secret() {
        let (_dir, path) = temp();
        let secrets = secrets(&path);
        for (name, content) in [("empty", "\n"), ("page", "a\nb\n")] {
            fs::write(path.join("secrets/acme").join(name), content).unwrap();
            assert!(matches!(found(&secrets, &SecretRef::File(name.into())), Err(SecretError::Unusable { .. })), "{name}");
        }
    }

    #[test]
    fn a_file_that_everybody_can_read_gets_a_warning() {
        let (_dir, path) = temp();
        let secrets = secrets(&path);
        let file = path.join("secrets/acme/key");
        fs::write(&file, "x").unwrap();
        for (mode, warned) in [(0o600, false), (0o640, false), (0o644, true)] {
            fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(secrets.warning(&"acme".parse().unwrap(), &SecretRef::File("key".into())).is_some(), warned, "{mode:o}");
        }
    }
}
