//! However a firm file is saved, linked, deleted and put back: what stands there in the end is in use within two seconds, by
//! itself. Real folders, the system's own watcher, random sequences; `PROPTEST_CASES` makes more of them.

use super::*;
use proptest::prelude::*;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// What people are promised.
const WITHIN: Duration = Duration::from_secs(2);
/// One beat of [`Beats`].
const BEAT: Duration = Duration::from_millis(10);

/// One thing that happens to the file.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A save, and whether what is saved is good.
    Save(Way, bool),
    /// Cut short, and written to its end right after.
    InTwoPieces,
    Delete,
    /// The whole folder, with everything in it.
    FolderAnew,
    /// Somebody asks how things stand.
    Look,
    /// Somebody waits until what is there is in use.
    Wait,
}

/// How people and programs save.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Over the old text; through a link into the file behind it.
    InPlace,
    /// A new file renamed over the old one.
    Renamed,
    /// The old file renamed to a backup, a new one written, the backup removed.
    WithBackup,
    /// A link to a file elsewhere, renamed over what was there.
    Linked,
    /// As Kubernetes mounts a ConfigMap: a link that leads over `..data`, which is turned.
    ConfigMap,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let way = || prop_oneof![Just(Way::InPlace), Just(Way::Renamed), Just(Way::WithBackup), Just(Way::Linked), Just(Way::ConfigMap)];
    let step = prop_oneof![
        6 => (way(), any::<bool>()).prop_map(|(way, good)| Step::Save(way, good)),
        1 => Just(Step::InTwoPieces),
        1 => Just(Step::Delete),
        1 => Just(Step::FolderAnew),
        1 => Just(Step::Look),
        1 => Just(Step::Wait),
    ];
    // The last one is a save of something good.
    (proptest::collection::vec(step, 0..8), way()).prop_map(|(mut steps, way)| {
        steps.push(Step::Save(way, true));
        steps
    })
}

/// Time as this machine gives it: a thread that does next to nothing counts beats. On an idle machine they are real time; on a
/// crowded one they fall behind together with the daemon, which competes with the same others, so that the promise is neither
/// tested against somebody else's load nor made longer on a free machine.
struct Beats {
    count: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Beats {
    fn begin() -> Beats {
        let beats = Beats { count: Arc::default(), over: Arc::default() };
        let (count, over) = (Arc::clone(&beats.count), Arc::clone(&beats.over));
        thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                thread::sleep(BEAT);
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        beats
    }

    fn passed(&self) -> Duration {
        BEAT * u32::try_from(self.count.load(Ordering::Relaxed)).unwrap()
    }
}

impl Drop for Beats {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// The file under test, and how often it was saved.
struct Desk<'a> {
    place: &'a Place,
    file: Utf8PathBuf,
    saved: u32,
    /// What was saved last is good, and still there.
    good: bool,
}

impl Desk<'_> {
    /// The text of the next version; a good one bears its number as the firm's name.
    fn text(&mut self, good: bool) -> String {
        self.saved += 1;
        self.good = good;
        let name = format!("name = \"Version {}\"", self.saved);
        let text = self.place.file("30 3 * * *").replace("name = \"Acme Injury Law\"", &name);
        if good { text } else { text.replace("[clients]", "[cleints]") }
    }

    fn save(&mut self, way: Way, good: bool) {
        let (text, n, file) = (self.text(good), self.saved, self.file.clone());
        let (firms, root) = (file.parent().unwrap(), &self.place.root);
        match way {
            Way::InPlace => fs::write(&file, text).unwrap(),
            Way::Renamed => self.place.write("acme", &text),
            Way::WithBackup => {
                let backup = firms.join("acme.firm.toml~");
                let had = fs::rename(&file, &backup).is_ok();
                fs::write(&file, text).unwrap();
                if had {
                    fs::remove_file(backup).unwrap();
                }
            }
            Way::Linked => {
                fs::create_dir_all(root.join("elsewhere")).unwrap();
                let target = root.join(format!("elsewhere/{n}"));
                fs::write(&target, text).unwrap();
                turn(target.as_str(), &file);
            }
            Way::ConfigMap => {
                fs::create_dir(firms.join(format!("..v{n}"))).unwrap();
                fs::write(firms.join(format!("..v{n}/acme.firm.toml")), text).unwrap();
                turn(&format!("..v{n}"), &firms.join("..data"));
                let is_there = fs::read_link(&file).is_ok_and(|target| target.ends_with("..data/acme.firm.toml"));
                if !is_there {
                    turn("..data/acme.firm.toml", &file);
                }
            }
        }
    }

    async fn does(&mut self, step: Step, daemon: &Running, beats: &Beats) {
        match step {
            Step::Save(way, good) => self.save(way, good),
            Step::InTwoPieces => {
                let text = self.text(true);
                fs::write(&self.file, &text[..text.len() / 2]).unwrap();
                daemon.client.status().await.unwrap();
                fs::write(&self.file, text).unwrap();
            }
            Step::Delete => {
                // It may be gone already.
                drop(fs::remove_file(&self.file));
                self.good = false;
            }
            Step::FolderAnew => {
                let firms = self.file.parent().unwrap();
                fs::remove_dir_all(firms).unwrap();
                fs::create_dir(firms).unwrap();
                self.good = false;
            }
            Step::Look => drop(daemon.client.status().await.unwrap()),
            Step::Wait if self.good => self.is_in_use(daemon, beats).await,
            Step::Wait => {}
        }
    }

    /// Asks only for what the loop knows: a request for the firm would make it look at the folder.
    async fn is_in_use(&self, daemon: &Running, beats: &Beats) {
        let (name, begun) = (format!("Version {}", self.saved), beats.passed());
        let asking = async {
            let mut often = tokio::time::interval(BEAT);
            loop {
                let answer = daemon.client.status().await.unwrap();
                if answer.firms.iter().any(|firm| firm.name == name && firm.file.state == FileState::Current) {
                    return;
                }
                let waited = beats.passed() - begun;
                assert!(waited <= WITHIN, "{name} is not in use after {waited:?}: {answer:?}");
                often.tick().await;
            }
        };
        timeout(SOON, asking).await.unwrap();
    }
}

/// Makes a link, or lets one that is there lead elsewhere, in one step.
fn turn(target: &str, link: &Utf8Path) {
    let new = link.with_file_name("..turning");
    symlink(target, &new).unwrap();
    fs::rename(new, link).unwrap();
}

async fn the_last_good_version_is_in_use(steps: Vec<Step>) {
    let place = Place::new(now());
    let daemon = place.start().await;
    let beats = Beats::begin();
    let mut desk = Desk { place: &place, file: place.path("acme"), saved: 0, good: false };
    for step in steps {
        desk.does(step, &daemon, &beats).await;
    }
    desk.is_in_use(&daemon, &beats).await;
    // And what is broken or gone after it does not take its place.
    let in_use = daemon.status().await;
    let (last, way) = (desk.saved, [Way::InPlace, Way::Renamed, Way::WithBackup][desk.saved as usize % 3]);
    desk.save(way, false);
    let rejected = daemon.until("the broken one is rejected", |status| status.file.state == FileState::Rejected).await;
    assert_eq!((rejected.name, rejected.file.generation), (format!("Version {last}"), in_use.file.generation));
    daemon.stop().await;
}

/// A few sequences, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig { failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default() };
    if asked { default } else { ProptestConfig { cases: 5, ..default } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_stands_there_in_the_end_is_in_use_within_two_seconds(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(the_last_good_version_is_in_use(steps));
    }
}
