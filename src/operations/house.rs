//! Everything of one configuration folder: the daemon's file, the firm files, the vault, each firm's state. The daemon and
//! the command line without a daemon stand in the same house.

use super::OperationError;
use crate::config::{self, Daemon, Firm, FirmInput, Problem, Profiles, SetMember, Severity, SourceText};
use crate::domain::{FirmId, Listing, Ordered};
use crate::http::{Clock, Limiters, Transport};
use crate::load::{self, Environment, FolderText, PathError, PathOptions, PathSettings, Paths, Secrets};
use crate::mycase::{RATE_PER_WINDOW, RATE_WINDOW};
use crate::plan::firm_tests::check_and_test;
use crate::store::{self, Store, StoreError, Vault, VaultError};
use crate::sync::{Engine, EngineSecrets, Hands};
use camino::Utf8PathBuf;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Why a house cannot be entered.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// Nobody said where things are.
    #[error(transparent)]
    Path(#[from] PathError),
    /// `casebridge.toml` has problems.
    #[error("casebridge.toml has problems")]
    DaemonFile {
        /// Every one.
        problems: Vec<Problem>,
        /// The file.
        text: SourceText,
    },
}

/// Everything of one configuration folder. Clones share what was opened and claimed.
#[derive(Clone)]
pub struct House {
    /// What `casebridge.toml` means.
    pub daemon: Daemon,
    /// Where things are.
    pub paths: Paths,
    /// The clock.
    pub clock: Clock,
    transport: Transport,
    limiters: Arc<Limiters>,
    environment: Environment,
    /// Read, or made, at first need.
    vault: Arc<Mutex<Option<Arc<Vault>>>>,
    stop: watch::Receiver<bool>,
    /// Every firm that has a file: a variable that begins with another firm's id is that firm's.
    firms: Arc<Mutex<BTreeSet<FirmId>>>,
    /// Which firm uses which portal key in this process.
    keys: Arc<Mutex<BTreeMap<[u8; 32], FirmId>>>,
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "House({})", self.paths.config_dir)
    }
}

/// One firm's file as it stands on disk.
#[derive(Debug, Clone)]
pub struct FileVerdict {
    /// What it means; `None` when it has errors.
    pub checked: Option<Arc<Firm>>,
    /// Every problem.
    pub problems: Vec<Problem>,
    /// Of the file and what is read beside it.
    pub hash: String,
    /// SHA-256 of the file alone.
    pub sha256: String,
    /// The file's text; `None` when it cannot be read.
    pub source: Option<SourceText>,
    /// The texts that were checked with it, by name.
    pub beside: BTreeMap<String, String>,
}

impl FileVerdict {
    /// Lets go of the texts, once the file is in use or rejected: what is good of them stands in the firm's state.
    pub(crate) fn forget_texts(&mut self) {
        (self.source, self.beside) = (None, BTreeMap::new());
    }
}

/// A look at the folder.
#[derive(Debug, Default)]
pub struct FolderView {
    /// Every firm file.
    pub firms: BTreeMap<FirmId, FileVerdict>,
    /// What concerns no one firm: files that look like a mistake, `defaults.toml`, profiles.
    pub stray: Vec<Problem>,
    /// Every text that a problem may point into.
    pub sources: Vec<SourceText>,
}

impl House {
    /// Enters a house. `stop`: runs end after the change in flight once it says true.
    pub fn open(
        options: &PathOptions,
        environment: Environment,
        clock: Clock,
        transport: Transport,
        stop: watch::Receiver<bool>,
    ) -> Result<House, HouseError> {
        let config_dir = Paths::config_dir(options, &environment)?;
        let daemon = read_daemon(&config_dir)?;
        let settings = PathSettings::of(&daemon);
        let paths = Paths::new(options, &settings, &environment)?;
        let limiters = Arc::new(Limiters::new(daemon.mycase_requests.min(RATE_PER_WINDOW), RATE_WINDOW));
        let (vault, firms, keys) = Default::default();
        Ok(House { daemon, paths, clock, transport, limiters, environment, vault, stop, firms, keys })
    }

    /// The portals there are, with the firm's own; what is wrong with a profile is among the problems.
    pub fn profiles(&self) -> (Profiles, Vec<Problem>, Vec<SourceText>) {
        let (mut profiles, mut problems, mut sources) = (Profiles::builtin(), Vec::new(), Vec::new());
        for (name, file) in load::read_profiles(&self.paths.profiles) {
            match &file.text {
                Ok(text) => {
                    let source = SourceText::new(file.name.clone(), text.clone());
                    problems.extend(profiles.with(&name, source.clone()));
                    sources.push(source);
                }
                Err(why) => problems.push(whole_file(&file.name, &why.message, &why.help, why.line)),
            }
        }
        (profiles, problems, sources)
    }

    /// Checks every file of the folder. Reads profiles and, to compare portal keys, secrets that lie outside of states.
    pub fn check_folder(&self, folder: &FolderText, now: Timestamp) -> FolderView {
        let (profiles, stray, sources) = self.profiles();
        let mut view = FolderView { firms: BTreeMap::new(), stray, sources };
        for (name, meant) in folder.strays() {
            let help = format!("if it is a firm's file, name it {meant}");
            let problem = whole_file(&name, "this file looks like a firm file with a mistake in its name, and is not used", &help, 1);
            view.stray.push(Problem { severity: Severity::Warning, code: "file-name", ..problem });
        }
        self.knows(folder.firms().into_keys().ordered());
        let defaults = folder.defaults.as_ref().and_then(load::FileText::source);
        for (id, files) in folder.firms() {
            let beside = |file: Option<&load::FileText>| file.and_then(load::FileText::source);
            let verdict = match &files.firm.text {
                Err(why) => FileVerdict {
                    checked: None,
                    problems: vec![whole_file(&files.firm.name, &why.message, &why.help, why.line)],
                    hash: hex(&files.hash),
                    sha256: hex(&files.firm.hash),
                    source: None,
                    beside: BTreeMap::new(),
                },
                Ok(text) => {
                    let source = SourceText::new(files.firm.name.clone(), text.clone());
                    let input = FirmInput { id: id.clone(), source, tests: beside(files.tests), catalog: beside(files.catalog) };
                    let (checked, problems, beside) = self.judged(&input, &profiles, defaults.as_ref(), now);
                    let (hash, sha256) = (hex(&files.hash), hex(&files.firm.hash));
                    FileVerdict { checked, problems, hash, sha256, source: Some(input.source), beside }
                }
            };
            view.sources.extend(verdict.source.clone());
            view.firms.insert(id, verdict);
        }
        view.sources.extend(defaults);
        self.check_together(&mut view);
        view
    }

    /// What a file means, every problem, and the texts that were checked with it.
    fn judged(
        &self,
        input: &FirmInput,
        profiles: &Profiles,
        defaults: Option<&SourceText>,
        now: Timestamp,
    ) -> (Option<Arc<Firm>>, Vec<Problem>, BTreeMap<String, String>) {
        let checked = check_and_test(input, profiles, &self.daemon.allow, defaults, now).checked;
        let beside = [input.tests.as_ref(), input.catalog.as_ref(), defaults].into_iter().flatten();
        let beside = beside.map(|text| (text.name.clone(), text.text.to_string())).ordered();
        (checked.firm, checked.problems, beside)
    }

    /// Checks a text that was accepted earlier, with what was read beside it then. Its tests passed then and are not run
    /// again, and its names are not held against a catalog: neither must take a firm's last good version from it.
    pub(crate) fn check_again(&self, id: &FirmId, text: &str, beside: &BTreeMap<String, String>, now: Timestamp) -> Option<Arc<Firm>> {
        let (profiles, ..) = self.profiles();
        let of = |name: String| beside.get(&name).map(|text| SourceText::new(name, text.as_str()));
        let source = SourceText::new(format!("{id}.firm.toml"), text);
        let (tests, defaults) = (of(format!("{id}.tests.toml")), of("defaults.toml".to_owned()));
        let input = FirmInput { id: id.clone(), source, tests, catalog: None };
        config::check_firm(&input, &profiles, &self.daemon.allow, defaults.as_ref(), now).firm
    }

    /// Rules over all files: no two firms with one portal key.
    fn check_together(&self, view: &mut FolderView) {
        let secrets = self.secrets(view.firms.keys().cloned().ordered());
        let print = |firm: &Firm| {
            let secret = secrets.resolve(&firm.id, &firm.portal.api_key, |_| None).ok()?;
            Some(hex(&Sha256::digest(secret.expose_secret().as_bytes())))
        };
        let prints: BTreeMap<FirmId, Option<String>> =
            view.firms.iter().filter_map(|(id, verdict)| Some((id.clone(), print(verdict.checked.as_deref()?)))).ordered();
        let members: Vec<SetMember<'_>> = view
            .firms
            .iter()
            .filter_map(|(id, verdict)| {
                let portal_key = prints.get(id).and_then(Option::as_deref);
                Some(SetMember { firm: verdict.checked.as_deref()?, source: verdict.source.as_ref()?, portal_key })
            })
            .collect();
        for problem in config::check_set(&members) {
            let owner = view.firms.values_mut().find(|verdict| verdict.source.as_ref().is_some_and(|source| source.name == problem.file));
            if let Some(verdict) = owner {
                if problem.severity == Severity::Error {
                    verdict.checked = None;
                }
                verdict.problems.push(problem);
            }
        }
    }

    /// What firm files may read as secrets.
    pub fn secrets(&self, firms: BTreeSet<FirmId>) -> Secrets {
        Secrets {
            environment: self.environment.clone(),
            allowed: self.daemon.allow.environment.iter().cloned().ordered(),
            folder: self.paths.secrets.clone(),
            firms,
        }
    }

    /// Says which firms have files, where nobody looks at the folder: a variable that begins with one's id is its own.
    pub fn knows(&self, firms: BTreeSet<FirmId>) {
        *lock(&self.firms) = firms;
    }

    /// Opens a firm's state. Busy when another process holds it.
    pub fn open_firm(&self, id: &FirmId) -> Result<Arc<Hands>, StoreError> {
        let (store, vault) = self.open_store(id)?;
        let (transport, limiters, scratch) = (self.transport.clone(), self.limiters.clone(), self.paths.state.join("tmp"));
        Ok(Hands::new(store, &vault, self.clock, transport, limiters, scratch, self.stop.clone()))
    }

    /// Whether a firm has a state already.
    pub fn has_state(&self, id: &FirmId) -> bool {
        self.state_file(id).exists()
    }

    /// Where a firm's state is.
    pub fn state_file(&self, id: &FirmId) -> Utf8PathBuf {
        self.paths.state.join(format!("{id}.redb"))
    }

    /// Opens a firm's state under the vault key in force; under the former one while `state rekey` is not done with it.
    fn open_store(&self, id: &FirmId) -> Result<(Store, Arc<Vault>), StoreError> {
        let (vault, path, now) = (self.vault()?, self.state_file(id), self.clock.now());
        match (Store::open(&path, id, vault.clone(), now), self.keys_of_old()?) {
            (Err(StoreError::WrongKey { .. }), Some(former)) => Ok((Store::open(&path, id, former.clone(), now)?, former)),
            (opened, _) => Ok((opened?, vault)),
        }
    }

    /// Every firm that has a state, with a file or without one.
    pub fn with_states(&self) -> Vec<FirmId> {
        let Ok(entries) = self.paths.state.read_dir_utf8() else { return Vec::new() };
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_owned());
        names.filter_map(|name| name.strip_suffix(".redb")?.parse().ok()).collect()
    }

    pub(super) fn vault(&self) -> Result<Arc<Vault>, StoreError> {
        // Held while it is made: two states opened at once must not make two.
        let mut known = lock(&self.vault);
        if let Some(vault) = known.as_ref() {
            return Ok(vault.clone());
        }
        let vault = match &self.daemon.vault_key {
            Some(reference) => {
                let secrets = self.secrets(BTreeSet::new());
                let key = secrets
                    .resolve_own(&self.paths.config_dir, reference)
                    .map_err(|error| StoreError::Vault(VaultError::NotThere(error.to_string())))?;
                Vault::from_text(&key).map_err(StoreError::Vault)?
            }
            None => {
                let loaded = store::load_or_make(&self.key_file()).map_err(StoreError::Vault)?;
                loaded.notes.iter().for_each(|note| tracing::warn!("{note}"));
                loaded.vault
            }
        };
        Ok(known.insert(Arc::new(vault)).clone())
    }

    /// An engine for one version of the firm's file. Secrets that cannot be read are said when they are needed.
    pub fn engine(&self, hands: &Arc<Hands>, firm: Arc<Firm>) -> Result<Engine, OperationError> {
        let secrets = self.secrets(lock(&self.firms).clone());
        let stored = |name: &str| hands.store.secret(name).ok().flatten();
        let mycase = secrets.resolve(&firm.id, &firm.mycase.client_secret, stored);
        let portal = secrets.resolve(&firm.id, &firm.portal.api_key, stored);
        if let Ok(key) = &portal {
            self.claim(&firm, key)?;
        }
        let existing = self.existing(&firm)?;
        Ok(Engine::new(firm, hands.clone(), EngineSecrets { mycase, portal }, existing))
    }

    /// One portal key belongs to one firm: the first that uses it keeps it.
    fn claim(&self, firm: &Firm, key: &SecretString) -> Result<(), OperationError> {
        let mut sum = Sha256::new();
        sum.update(firm.portal.base_url.as_str().as_bytes());
        sum.update([0]);
        sum.update(key.expose_secret().as_bytes());
        let mut keys = lock(&self.keys);
        let owner = keys.entry(sum.finalize().into()).or_insert_with(|| firm.id.clone());
        if *owner == firm.id {
            return Ok(());
        }
        let text =
            format!("the portal key of {} is also the key of {owner}: two firms in one portal account would overwrite each other", firm.id);
        Err(OperationError::Asked(text))
    }

    fn existing(&self, firm: &Firm) -> Result<Option<Listing>, OperationError> {
        match &firm.portal.existing {
            Some(config::Existing::List(path)) => {
                let path = self.paths.firms.join(path);
                Ok(Some(load::read_existing(&path).map_err(|error| OperationError::Asked(error.to_string()))?))
            }
            Some(config::Existing::None) | None => Ok(None),
        }
    }
}

fn read_daemon(config_dir: &camino::Utf8Path) -> Result<Daemon, HouseError> {
    let file = load::read_daemon_file(config_dir);
    let source = match &file {
        None => SourceText::new("casebridge.toml", ""),
        Some(file) => match &file.text {
            Ok(text) => SourceText::new(file.name.clone(), text.clone()),
            Err(why) => {
                let problems = vec![whole_file(&file.name, &why.message, &why.help, why.line)];
                return Err(HouseError::DaemonFile { problems, text: SourceText::new(file.name.clone(), "") });
            }
        },
    };
    let (daemon, problems) = config::check_daemon(&source);
    daemon.ok_or(HouseError::DaemonFile { problems, text: source })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A problem of a file as a whole.
fn whole_file(name: &str, message: &str, help: &str, line: usize) -> Problem {
    let (message, help) = (message.to_owned(), help.to_owned());
    Problem { file: name.to_owned(), line, column: 1, severity: Severity::Error, code: "unreadable", message, help, span: 0..0 }
}

/// In hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
