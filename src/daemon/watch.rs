//! Says when the folder should be read again. Events are hints only: what changed is found by reading and comparing.
//!
//! It must not read a file's content. Races: a change between arming and reading makes a new hint (arm first, then read);
//! a directory that was replaced by another of the same name is found by its inode, or, as a new one may get the number of the
//! old one, by the word that the old one went: that word makes a new hint and a new watch, whenever it comes.

mod stamp;
mod trail;

use crate::domain::Ordered;
use crate::load::{DirectoryId, Paths};
use camino::{Utf8Path, Utf8PathBuf};
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use stamp::Stamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use trail::Trail;

/// The folder is read when nothing has happened for so long ...
pub const QUIET: Duration = Duration::from_millis(250);
/// ... but at the latest so long after the first event.
pub const LATEST: Duration = Duration::from_secs(2);
/// How often it is looked at although nothing was heard: mounts that tell nothing, limits that ran out.
pub const POLL: Duration = Duration::from_secs(30);
/// Every so many polls it is read although no file's stamp is another.
const READ_ANYWAY: u32 = 20;
/// How often when there is no watching at all.
const BLIND_POLL: Duration = Duration::from_secs(5);

/// Why the folder should be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Something happened in it, and it has been quiet since.
    Event,
    /// It is time to look anyway.
    Poll,
}

/// Rung by the watching thread.
#[derive(Debug, Default)]
struct Bell {
    rung: Notify,
    since_armed: AtomicBool,
    /// A directory that is watched went, or events were lost: the watch may be dead, and says nothing of it.
    torn: AtomicBool,
}

impl Bell {
    fn ring(&self) {
        self.since_armed.store(true, Ordering::Release);
        self.rung.notify_one();
    }
}

/// A watch over the daemon's file, the firms folder, `defaults.toml`, the profiles, and what stands behind their links.
pub struct FolderWatch {
    roots: BTreeSet<Utf8PathBuf>,
    bell: Arc<Bell>,
    watcher: Option<RecommendedWatcher>,
    armed: BTreeMap<Utf8PathBuf, Option<DirectoryId>>,
    first: Option<Instant>,
    last: Option<Instant>,
    next_poll: Instant,
    poll: Duration,
    /// The files' stamp before they were last read, and how many polls found it so since.
    stamp: Option<Stamp>,
    spared: u32,
}

impl FolderWatch {
    /// Watches from now on. Must be called within a tokio runtime.
    pub fn start(paths: &Paths) -> FolderWatch {
        FolderWatch::with_poll(paths, POLL)
    }

    /// The same with another time between polls, for tests.
    pub fn with_poll(paths: &Paths, poll: Duration) -> FolderWatch {
        let beside = paths.defaults.parent().unwrap_or(&paths.config_dir).to_owned();
        let mut watch = FolderWatch {
            roots: [&paths.config_dir, &paths.firms, &paths.profiles, &beside].map(absolute).into_iter().ordered(),
            bell: Arc::default(),
            watcher: None,
            armed: BTreeMap::new(),
            first: None,
            last: None,
            next_poll: Instant::now() + poll,
            poll,
            stamp: None,
            spared: 0,
        };
        watch.arm();
        watch
    }

    /// Waits until the folder should be read. Nothing is lost when the future is dropped and asked for again.
    /// Call [`FolderWatch::arm`] before reading.
    pub async fn changed(&mut self) -> Hint {
        loop {
            let quiet = match (self.first, self.last) {
                (Some(first), Some(last)) => Some((last + QUIET).min(first + LATEST)),
                _ => None,
            };
            let bell = self.bell.clone();
            tokio::select! {
                biased;
                () = sleep_until(quiet.unwrap_or(self.next_poll)) => {
                    (self.first, self.last) = (None, None);
                    self.next_poll = Instant::now() + self.poll;
                    if quiet.is_some() {
                        return Hint::Event;
                    }
                    if !self.spares() {
                        return Hint::Poll;
                    }
                }
                () = bell.rung.notified() => {
                    let now = Instant::now();
                    self.first = self.first.or(Some(now));
                    self.last = Some(now);
                }
            }
        }
    }

    /// Whether the poll need not read: every file is as it was before it was last read, as far as its stamp tells.
    fn spares(&mut self) -> bool {
        let spared = self.hears() && self.spared < READ_ANYWAY && self.stamp == Some(Stamp::of(&self.roots));
        self.spared = if spared { self.spared + 1 } else { 0 };
        spared
    }

    /// Whether the system tells of changes; if not, there is only the poll.
    pub fn hears(&self) -> bool {
        self.watcher.is_some()
    }

    /// Whether something has happened since the watch was armed: a look now would find more than the last one.
    pub fn stirs(&self) -> bool {
        self.bell.since_armed.load(Ordering::Acquire)
    }

    /// Watches what the paths lead over now; what has happened until now is seen by the look that follows. Cheap when
    /// nothing has moved.
    pub fn arm(&mut self) {
        self.bell.since_armed.store(false, Ordering::Release);
        (self.first, self.last) = (None, None);
        self.stamp = Some(Stamp::of(&self.roots));
        let mut torn = self.bell.torn.swap(false, Ordering::AcqRel);
        // What moves between looking and watching is seen by looking once more.
        for _ in 0..3 {
            let mut trail = Trail::default();
            self.roots.iter().for_each(|root| trail.follow_directory(root));
            let found = with_ids(&trail.directories);
            if found == self.armed && self.watcher.is_some() && !std::mem::take(&mut torn) {
                return;
            }
            self.watcher = watcher(&found, &trail.names, self.bell.clone());
            self.armed = found;
        }
        if self.watcher.is_none() {
            self.next_poll = self.next_poll.min(Instant::now() + BLIND_POLL);
        }
    }
}

fn absolute(path: &Utf8PathBuf) -> Utf8PathBuf {
    match camino::absolute_utf8(path) {
        Ok(absolute) => absolute,
        Err(_) => path.clone(),
    }
}

fn with_ids(directories: &BTreeSet<Utf8PathBuf>) -> BTreeMap<Utf8PathBuf, Option<DirectoryId>> {
    directories.iter().map(|path| (path.clone(), DirectoryId::of(path))).ordered()
}

/// A watcher that rings the bell; `None` when the system gives none (its limits ran out).
fn watcher(
    directories: &BTreeMap<Utf8PathBuf, Option<DirectoryId>>,
    names: &BTreeSet<String>,
    bell: Arc<Bell>,
) -> Option<RecommendedWatcher> {
    let (names, watched) = (names.clone(), directories.keys().cloned().ordered());
    let made = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let torn = tears(&event, &watched);
        if torn {
            bell.torn.store(true, Ordering::Release);
        }
        if torn || event.is_ok_and(|event| matters(&event, &names)) {
            bell.ring();
        }
    });
    let mut watcher = match made {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "the folders cannot be watched; they are read every few seconds instead");
            return None;
        }
    };
    let mut any = false;
    for directory in directories.keys() {
        match watcher.watch(directory.as_std_path(), RecursiveMode::NonRecursive) {
            Ok(()) => any = true,
            // It is gone again, or not ours to read: its parent is watched, and the poll stands behind.
            Err(error) => tracing::debug!(%directory, %error, "a folder is not watched"),
        }
    }
    any.then_some(watcher)
}

/// Whether a directory that is watched may no longer be: it went, or events were lost.
fn tears(event: &notify::Result<notify::Event>, watched: &BTreeSet<Utf8PathBuf>) -> bool {
    let Ok(event) = event else { return true };
    let goes = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
    let is_watched = |path: &Path| Utf8Path::from_path(path).is_some_and(|path| watched.contains(path));
    event.need_rescan() || goes && event.paths.iter().any(|path| is_watched(path))
}

/// Reading wakes nobody; neither do files of other names (state, sockets, editors' scratch files).
fn matters(event: &notify::Event, names: &BTreeSet<String>) -> bool {
    let only_read = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => false,
    };
    let named = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        is_ours(&name) || names.contains(name.as_ref())
    };
    !only_read && (event.paths.is_empty() || event.paths.iter().any(|path| named(path)))
}

/// Whether a name may be that of a file that is read, or of a link on the way to one (Kubernetes' `..data`).
fn is_ours(name: &str) -> bool {
    name.contains(".toml") || name.contains(".firm") || name.starts_with("..")
}

impl std::fmt::Debug for FolderWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FolderWatch").field("directories", &self.armed.len()).field("hears", &self.hears()).finish()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::load::{Environment, PathOptions, PathSettings, read_folder};
    use camino::Utf8Path;
    use fs_err as fs;
    use std::os::unix::fs::symlink;
    use tokio::time::timeout;

    /// Longer than any poll may take to be noticed, so that only a hint can be in time.
    const SOON: Duration = Duration::from_secs(2);

    fn place() -> (tempfile::TempDir, Paths) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().join("casebridge");
        fs::create_dir_all(root.join("firms.d")).unwrap();
        let options = PathOptions { config_dir: Some(root.clone()), state_dir: Some(root.join("state")), socket: None };
        let paths = Paths::new(&options, &PathSettings::default(), &Environment::of(false, [("HOME", "/h")])).unwrap();
        (dir, paths)
    }

    /// Waits for the folder to have another content, reading it as the loop does: arm, then read.
    async fn noticed(watch: &mut FolderWatch, paths: &Paths, wanted: impl Fn(&crate::load::FolderText) -> bool) {
        let look = async {
            loop {
                assert_eq!(watch.changed().await, Hint::Event, "noticed by itself, not by the poll");
                watch.arm();
                if wanted(&read_folder(paths)) {
                    return;
                }
            }
        };
        timeout(SOON * 5, look).await.unwrap();
    }

    fn says(name: &str, text: &str) -> impl Fn(&crate::load::FolderText) -> bool {
        move |folder| folder.files.get(name).is_some_and(|file| file.text.as_deref().ok() == Some(text))
    }

    #[tokio::test]
    async fn a_saved_file_is_noticed_within_two_seconds_and_reading_it_wakes_nobody() {
        let (_dir, paths) = place();
        let mut watch = FolderWatch::start(&paths);
        let file = paths.firms.join("acme.firm.toml");
        fs::write(&file, "a = 1").unwrap();
        let hint = timeout(SOON, watch.changed()).await.unwrap();
        assert_eq!(hint, Hint::Event);
        watch.arm();
        assert!(says("acme.firm.toml", "a = 1")(&read_folder(&paths)));
        let idle = timeout(QUIET * 3, watch.changed()).await;
        assert!(idle.is_err(), "only reading happened");
        // As editors save: a new file renamed over the old one, twice.
        for text in ["a = 2", "a = 3"] {
            fs::write(paths.firms.join("4913"), text).unwrap();
            fs::rename(paths.firms.join("4913"), &file).unwrap();
            noticed(&mut watch, &paths, says("acme.firm.toml", text)).await;
        }
    }

    #[tokio::test]
    async fn a_configmap_swap_is_noticed_twice_in_a_row() {
        let (_dir, paths) = place();
        let version = |n: u32| {
            fs::create_dir(paths.firms.join(format!("..v{n}"))).unwrap();
            fs::write(paths.firms.join(format!("..v{n}/acme.firm.toml")), format!("v = {n}")).unwrap();
            symlink(format!("..v{n}"), paths.firms.join("..data_tmp")).unwrap();
            fs::rename(paths.firms.join("..data_tmp"), paths.firms.join("..data")).unwrap();
        };
        version(1);
        symlink("..data/acme.firm.toml", paths.firms.join("acme.firm.toml")).unwrap();
        let mut watch = FolderWatch::start(&paths);
        for n in [2, 3] {
            version(n);
            fs::remove_dir_all(paths.firms.join(format!("..v{}", n - 1))).unwrap();
            noticed(&mut watch, &paths, says("acme.firm.toml", &format!("v = {n}"))).await;
        }
    }

    #[tokio::test]
    async fn a_folder_deleted_and_made_again_is_watched_again() {
        let (_dir, paths) = place();
        let mut watch = FolderWatch::start(&paths);
        fs::remove_dir_all(&paths.firms).unwrap();
        noticed(&mut watch, &paths, |folder| folder.unreadable.is_some()).await;
        fs::create_dir(&paths.firms).unwrap();
        noticed(&mut watch, &paths, |folder| folder.unreadable.is_none()).await;
        fs::write(paths.firms.join("acme.firm.toml"), "a = 1").unwrap();
        noticed(&mut watch, &paths, says("acme.firm.toml", "a = 1")).await;
    }

    #[tokio::test]
    async fn a_folder_replaced_between_two_looks_is_watched_also_when_it_gets_the_number_of_the_old_one() {
        let (_dir, paths) = place();
        let mut watch = FolderWatch::start(&paths);
        let file = paths.firms.join("acme.firm.toml");
        for n in 1..3 {
            fs::remove_dir_all(&paths.firms).unwrap();
            fs::create_dir(&paths.firms).unwrap();
            fs::write(&file, format!("a = {n}")).unwrap();
            noticed(&mut watch, &paths, says("acme.firm.toml", &format!("a = {n}"))).await;
            while timeout(QUIET * 3, watch.changed()).await.is_ok() {
                watch.arm();
            }
            fs::write(&file, format!("b = {n}")).unwrap();
            noticed(&mut watch, &paths, says("acme.firm.toml", &format!("b = {n}"))).await;
        }
    }

    #[tokio::test]
    async fn a_link_to_the_folder_that_is_turned_and_a_file_behind_a_link_are_noticed() {
        let (dir, mut paths) = place();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        for (place, text) in [("one", "n = 1"), ("two", "n = 2")] {
            fs::create_dir(root.join(place)).unwrap();
            fs::write(root.join(place).join("acme.firm.toml"), text).unwrap();
        }
        paths.firms = root.join("current");
        symlink("one", &paths.firms).unwrap();
        let mut watch = FolderWatch::start(&paths);
        symlink("two", root.join("next")).unwrap();
        fs::rename(root.join("next"), &paths.firms).unwrap();
        noticed(&mut watch, &paths, says("acme.firm.toml", "n = 2")).await;

        fs::create_dir(root.join("repo")).unwrap();
        fs::write(root.join("repo/beta"), "b = 1").unwrap();
        symlink(root.join("repo/beta"), root.join("two/beta.firm.toml")).unwrap();
        noticed(&mut watch, &paths, says("beta.firm.toml", "b = 1")).await;
        fs::write(root.join("repo/beta"), "b = 2").unwrap();
        noticed(&mut watch, &paths, says("beta.firm.toml", "b = 2")).await;
    }

    #[tokio::test]
    async fn many_files_at_once_are_one_or_two_looks_not_hundreds() {
        let (_dir, paths) = place();
        let mut watch = FolderWatch::start(&paths);
        for n in 0..300 {
            fs::write(paths.firms.join(format!("firm-{n}.firm.toml")), "a = 1").unwrap();
        }
        let mut looks = 0;
        while timeout(QUIET * 3, watch.changed()).await.is_ok() {
            looks += 1;
        }
        assert!((1..=4).contains(&looks), "{looks}");
    }

    #[tokio::test]
    async fn a_folder_that_is_never_quiet_is_read_all_the_same() {
        let (_dir, paths) = place();
        let mut watch = FolderWatch::start(&paths);
        let bell = watch.bell.clone();
        let noise = tokio::spawn(async move {
            let mut often = tokio::time::interval(QUIET / 5);
            loop {
                often.tick().await;
                bell.ring();
            }
        });
        assert_eq!(timeout(LATEST + QUIET * 3, watch.changed()).await.unwrap(), Hint::Event);
        noise.abort();
    }

    #[tokio::test]
    async fn the_state_beside_the_files_wakes_nobody_and_the_poll_comes_anyway() {
        let (_dir, paths) = place();
        let mut watch = FolderWatch::with_poll(&paths, QUIET * 3);
        fs::write(paths.firms.join("acme.redb"), "x").unwrap();
        assert!(timeout(QUIET * 8, watch.changed()).await.is_err(), "as long as every file's stamp is as it was");
        watch.stamp = None;
        assert_eq!(timeout(SOON * 2, watch.changed()).await.unwrap(), Hint::Poll);
    }

    #[test]
    fn a_stamp_tells_what_is_written_renamed_removed_and_led_elsewhere() {
        let (_dir, paths) = place();
        let at = |name: &str| paths.firms.join(name);
        let steps: [&dyn Fn(); 6] = [
            &|| fs::write(at("acme.firm.toml"), "a = 1").unwrap(),
            &|| fs::write(at("acme.firm.toml"), "a = 12").unwrap(),
            &|| fs::rename(at("acme.firm.toml"), at("other.firm.toml")).unwrap(),
            &|| symlink(at("other.firm.toml"), at("linked.firm.toml")).unwrap(),
            &|| fs::write(at("other.firm.toml"), "a = 1").unwrap(),
            &|| fs::remove_file(at("other.firm.toml")).unwrap(),
        ];
        let folders = BTreeSet::from([paths.firms.clone()]);
        let mut before = Stamp::of(&folders);
        for (at, step) in steps.iter().enumerate() {
            step();
            let after = Stamp::of(&folders);
            assert_ne!(before, after, "step {at}");
            assert_eq!(after, Stamp::of(&folders));
            before = after;
        }
    }
}
