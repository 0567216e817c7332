//! The firms folder as text: every firm's files, `defaults.toml`, and the names of what else lies there.

use super::commit::commit_of;
use super::text::{self, Unreadable};
use super::{DirectoryId, Paths};
use crate::config::{Problem, Severity, SourceText};
use crate::domain::{FirmId, Ordered};
use camino::Utf8Path;
use fs_err as fs;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

const FIRM: &str = ".firm.toml";
const TESTS: &str = ".tests.toml";
const CATALOG: &str = ".catalog.toml";

/// One file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileText {
    /// Its name without folders, e.g. `acme.firm.toml`.
    pub name: String,
    /// The text, or why there is none.
    pub text: Result<Arc<str>, Unreadable>,
    /// When it was last written, as the file system says.
    pub modified: Option<Timestamp>,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
}

/// What one look at the firms folder found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderText {
    /// Firm files, their tests and catalogs, by name.
    pub files: BTreeMap<String, FileText>,
    /// `defaults.toml` beside the folder.
    pub defaults: Option<FileText>,
    /// Names of other files in the folder, sorted; hidden ones and editors' leftovers are not among them.
    pub others: Vec<String>,
    /// Why the folder itself could not be read; then `files` is empty and proves nothing.
    pub unreadable: Option<String>,
    /// The folder, links followed.
    pub directory: Option<DirectoryId>,
    /// A file kept changing while it was read: look again soon.
    pub moving: bool,
    /// The commit the folder's files are of, when it lies in a git tree.
    pub commit: Option<String>,
}

/// The files of one firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmFiles<'a> {
    /// `<firm>.firm.toml`.
    pub firm: &'a FileText,
    /// `<firm>.tests.toml`.
    pub tests: Option<&'a FileText>,
    /// `<firm>.catalog.toml`.
    pub catalog: Option<&'a FileText>,
    /// SHA-256 over the three and `defaults.toml`: what the firm's meaning can depend on in this folder.
    pub hash: [u8; 32],
}

impl FileText {
    /// The text as `config` takes it; `None` when it is unreadable.
    pub fn source(&self) -> Option<SourceText> {
        self.text.as_ref().ok().map(|text| SourceText::new(self.name.clone(), text.clone()))
    }

    /// Why it is unreadable, as `check` says problems.
    pub fn problem(&self) -> Option<Problem> {
        let Unreadable { line, message, help } = self.text.as_ref().err()?.clone();
        Some(Problem { file: self.name.clone(), line, column: 1, severity: Severity::Error, code: "unreadable", message, help, span: 0..0 })
    }
}

impl FolderText {
    /// Every firm that has a firm file (readable or not).
    pub fn firms(&self) -> BTreeMap<FirmId, FirmFiles<'_>> {
        let firm_files = self.files.values().filter_map(|file| Some((file.name.strip_suffix(FIRM)?.parse::<FirmId>().ok()?, file)));
        firm_files.map(|(id, firm)| (id.clone(), self.files_of(&id, firm))).ordered()
    }

    fn files_of<'a>(&'a self, id: &FirmId, firm: &'a FileText) -> FirmFiles<'a> {
        let tests = self.files.get(&format!("{id}{TESTS}"));
        let catalog = self.files.get(&format!("{id}{CATALOG}"));
        let mut sum = Sha256::new();
        for file in [Some(firm), tests, catalog, self.defaults.as_ref()] {
            sum.update(file.map_or([0; 32], |file| file.hash));
        }
        FirmFiles { firm, tests, catalog, hash: sum.finalize().into() }
    }

    /// Names that look like a firm file with a mistake in the name, with what was likely meant; sorted.
    pub fn strays(&self) -> Vec<(String, String)> {
        let unfit = self.files.keys().filter(|name| name.strip_suffix(FIRM).is_some_and(|stem| stem.parse::<FirmId>().is_err()));
        let orphans = self.files.keys().filter(|name| {
            let stem = name.strip_suffix(TESTS).or_else(|| name.strip_suffix(CATALOG));
            stem.is_some_and(|stem| !self.files.contains_key(&format!("{stem}{FIRM}")))
        });
        let mut found: Vec<(String, String)> =
            self.others.iter().chain(unfit).filter_map(|name| Some((name.clone(), likely_meant(name)?))).collect();
        found.extend(orphans.map(|name| {
            let stem = name.split('.').next().unwrap_or(name);
            (name.clone(), format!("{stem}{FIRM} beside it"))
        }));
        found.sort();
        found
    }
}

/// The firm file's name that a file's name was likely meant to be: `acme.toml`, `acme.firm.toml.txt`, `acme.firm (1).toml`,
/// `Acme.firm.toml` are all `acme.firm.toml`; `None` when it looks like no firm file at all.
pub fn likely_meant(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let of_toml = lower.ends_with(".toml") || lower.contains(".firm.") || lower.contains(".toml.") || lower.ends_with(".firm");
    let stem = lower.split(".firm").next().unwrap_or(&lower);
    let stem = stem.split(".toml").next().unwrap_or(stem);
    let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    // `acme (1).toml`: a browser's or a desktop's second copy.
    if stem.ends_with(')') && words.last().is_some_and(|word| word.chars().all(|c| c.is_ascii_digit())) {
        words.pop();
    }
    let id = words.join("-");
    (of_toml && !id.is_empty()).then(|| format!("{id}{FIRM}"))
}

/// Reads the firms folder and `defaults.toml` beside it. Never fails: what cannot be read is said in its place.
pub fn read_folder(paths: &Paths) -> FolderText {
    let (directory, commit) = (DirectoryId::of(&paths.firms), commit_of(&paths.firms));
    let mut found = FolderText { directory, commit, ..FolderText::default() };
    if fs::symlink_metadata(&paths.defaults).is_ok() {
        let (file, moving) = read_file(&paths.defaults, "defaults.toml");
        found.defaults = Some(file);
        found.moving |= moving;
    }
    let entries = match fs::read_dir(&paths.firms) {
        Ok(entries) => entries,
        Err(error) => {
            found.unreadable = Some(error.to_string());
            return found;
        }
    };
    for entry in entries {
        let name = match entry {
            Ok(entry) => entry.file_name().to_string_lossy().into_owned(),
            Err(error) => {
                // Half a listing must not look like removed files.
                found.files.clear();
                found.unreadable = Some(error.to_string());
                return found;
            }
        };
        let leftover = name.starts_with('.') || name.starts_with('#') || name.ends_with('~');
        if !leftover && [FIRM, TESTS, CATALOG].iter().any(|suffix| name.ends_with(suffix)) {
            let path = paths.firms.join(&name);
            let (file, moving) = read_file(&path, &name);
            // Gone between listing and reading: as if never listed.
            if file.text.is_err() && fs::symlink_metadata(&path).is_err() {
                continue;
            }
            found.moving |= moving;
            found.files.insert(name, file);
        } else if !leftover {
            found.others.push(name);
        }
    }
    found.others.sort();
    found
}

/// Reads `casebridge.toml`; `None` when there is none.
pub fn read_daemon_file(config_dir: &Utf8Path) -> Option<FileText> {
    let path = config_dir.join("casebridge.toml");
    fs::symlink_metadata(&path).is_ok().then(|| read_file(&path, "casebridge.toml").0)
}

/// Reads the portal profiles of one's own, by name without `.toml`; no folder is no profiles.
pub fn read_profiles(folder: &Utf8Path) -> BTreeMap<String, FileText> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    let profiles = names.filter(|name| !name.starts_with('.') && name.ends_with(".toml"));
    profiles.map(|name| (name.trim_end_matches(".toml").to_owned(), read_file(&folder.join(&name), &name).0)).ordered()
}

/// Reads one file, wherever it lies; named by its last part.
pub fn read_one(path: &Utf8Path) -> FileText {
    read_file(path, path.file_name().unwrap_or(path.as_str())).0
}

fn read_file(path: &Utf8Path, name: &str) -> (FileText, bool) {
    let text::Bytes { text, hash, moving } = text::read(path);
    let modified = fs::metadata(path).ok().and_then(|about| about.modified().ok()).and_then(|at| Timestamp::try_from(at).ok());
    (FileText { name: name.to_owned(), text, modified, hash }, moving)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::load::{Environment, PathOptions, PathSettings};
    use std::os::unix::fs::symlink;

    fn folder() -> (tempfile::TempDir, Paths) {
        let dir = tempfile::tempdir().unwrap();
        let config_dir = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        fs::create_dir(config_dir.join("firms.d")).unwrap();
        let options = PathOptions { config_dir: Some(config_dir.clone()), state_dir: Some(config_dir.join("state")), socket: None };
        let paths = Paths::new(&options, &PathSettings::default(), &Environment::of(false, [("HOME", "/h")])).unwrap();
        (dir, paths)
    }

    #[test]
    fn a_firm_is_its_file_with_tests_and_catalog_and_defaults() {
        let (_dir, paths) = folder();
        for name in ["acme.firm.toml", "acme.tests.toml", "beta.firm.toml"] {
            fs::write(paths.firms.join(name), name).unwrap();
        }
        let first = read_folder(&paths);
        let firms = first.firms();
        assert_eq!(firms.keys().map(FirmId::as_str).collect::<Vec<_>>(), ["acme", "beta"]);
        let acme = &firms[&"acme".parse().unwrap()];
        assert_eq!(acme.firm.source().unwrap().text.as_ref(), "acme.firm.toml");
        assert!(acme.tests.is_some() && acme.catalog.is_none());

        fs::write(&paths.defaults, "[limits]").unwrap();
        let second = read_folder(&paths);
        assert_ne!(second.firms()[&"beta".parse().unwrap()].hash, firms[&"beta".parse().unwrap()].hash, "defaults count for every firm");
        assert!(first.strays().is_empty());
    }

    #[test]
    fn links_are_followed_and_a_dangling_one_is_an_unreadable_file_not_a_missing_one() {
        let (_dir, paths) = folder();
        fs::write(paths.config_dir.join("elsewhere"), "x = 1").unwrap();
        symlink(paths.config_dir.join("elsewhere"), paths.firms.join("acme.firm.toml")).unwrap();
        symlink("nowhere", paths.firms.join("beta.firm.toml")).unwrap();
        let found = read_folder(&paths);
        assert_eq!(found.files["acme.firm.toml"].text.as_deref().unwrap(), "x = 1");
        assert!(found.files["beta.firm.toml"].text.as_ref().unwrap_err().message.contains("link"));
        assert_eq!(found.firms().len(), 2);
    }

    #[test]
    fn a_folder_that_cannot_be_read_proves_nothing() {
        let (_dir, paths) = folder();
        fs::remove_dir(&paths.firms).unwrap();
        let found = read_folder(&paths);
        assert!(found.unreadable.is_some() && found.directory.is_none() && found.files.is_empty());
    }

    #[test]
    fn names_with_a_mistake_are_named_with_what_was_meant() {
        let meant = |name: &str| likely_meant(name).unwrap_or_default();
        for name in ["acme.toml", "acme.firm.toml.txt", "acme.firm (1).toml", "Acme.firm.toml", "acme (1).firm.toml", "acme.firm"] {
            assert_eq!(meant(name), "acme.firm.toml", "{name}");
        }
        assert_eq!(meant("Acme Law.firm.toml"), "acme-law.firm.toml");
        assert_eq!(likely_meant("README.md"), None);

        let (_dir, paths) = folder();
        for name in ["acme.toml", "Beta.firm.toml", "gamma.tests.toml", "notes.md", ".acme.firm.toml.swp", "acme.firm.toml~"] {
            fs::write(paths.firms.join(name), "").unwrap();
        }
        let names: Vec<String> = read_folder(&paths).strays().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Beta.firm.toml", "acme.toml", "gamma.tests.toml"]);
    }

    #[test]
    fn something_that_is_no_plain_file_never_makes_the_reader_wait() {
        let (_dir, paths) = folder();
        fs::create_dir(paths.firms.join("acme.firm.toml")).unwrap();
        assert!(read_folder(&paths).files["acme.firm.toml"].text.as_ref().unwrap_err().message.contains("plain file"));
    }
}
