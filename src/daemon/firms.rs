//! The firms as the daemon keeps them: the file in use, the hands on the state, what the last look at the folder said.
//!
//! All of the house's calls stand here; when to make them is the loop's and the machine's. A firm is its own failure
//! domain: whatever goes wrong with one is kept in its place and leaves the others alone.

mod kept;
mod last_look;
mod memory;
mod numbers;
mod opening;
mod texts;
mod view;

use super::machine::{Event, FirmSpec, LaneName, Machine, News, Rules};
use super::message::{FileReport, Refusal, Verdict};
use super::own_file::OwnFile;
use super::report;
use super::status_text::StatusTexts;
use super::when;
use crate::config::{Problem, Severity};
use crate::domain::{FirmId, Ordered};
use crate::load::{self, FileText, FolderText, Paths};
use crate::operations::{AT_THE_NEXT_RUN, Accepted, Attention, FileState, FirmStatus, House, Meaning, Secret, problem_values};
use crate::sync::{Engine, Hands, RunReport, Trigger};
use jiff::Timestamp;
use kept::Kept;
use last_look::LastLook;
pub(super) use numbers::Sheet;
pub(super) use opening::{Opened, Opening};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

/// Every firm that ever had a file since the start.
pub(super) struct Firms {
    /// Shared with states that are being opened.
    house: Arc<House>,
    /// In boxes: a map's nodes are half empty.
    kept: BTreeMap<FirmId, Box<Kept>>,
    last: Option<LastLook>,
    profiles: BTreeMap<String, [u8; 32]>,
    /// Something else than the folder changed what the files mean.
    recheck: bool,
    own_file: OwnFile,
    texts: StatusTexts,
    /// Firms without a file that have a text because of a file with a wrong name.
    told_strays: BTreeSet<FirmId>,
    /// What concerns no one firm.
    problems: Vec<Problem>,
}

/// What a look read.
#[derive(Debug)]
pub(super) struct Seen {
    /// The firms folder.
    pub(super) folder: FolderText,
    /// `casebridge.toml`, when there is one.
    pub(super) own_file: Option<FileText>,
    /// The profiles of one's own.
    pub(super) profiles: BTreeMap<String, FileText>,
}

impl Seen {
    /// Reads everything that can change while the daemon runs.
    pub(super) fn read(paths: &Paths) -> Seen {
        let own_file = load::read_daemon_file(&paths.config_dir);
        Seen { folder: load::read_folder(paths), own_file, profiles: load::read_profiles(&paths.profiles) }
    }
}

/// What a look at the folder came to.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// For the machine, in order.
    pub(super) events: Vec<Event>,
    /// States that are to be opened now.
    pub(super) openings: Vec<Opening>,
    /// A file was caught while it was written: look again soon.
    pub(super) again: bool,
    /// Firms whose file means something else now; said once the machine knows when they run next.
    accepted: BTreeSet<FirmId>,
    /// Firms whose file was rejected and was not before, or not for this; with the errors.
    pub(super) rejected: BTreeMap<FirmId, Vec<Problem>>,
    /// Errors that concern all firms and were not there at the last look.
    pub(super) of_all: Vec<Problem>,
}

impl Firms {
    pub(super) fn new(house: House) -> Firms {
        let own_file = OwnFile::default();
        Firms {
            house: Arc::new(house),
            kept: BTreeMap::new(),
            last: None,
            profiles: BTreeMap::new(),
            recheck: false,
            own_file,
            texts: StatusTexts::default(),
            told_strays: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn house(&self) -> &House {
        &self.house
    }

    /// What `casebridge.toml` says about when.
    pub(super) fn rules(&self) -> Rules {
        let daemon = &self.house.daemon;
        Rules { firms_at_once: daemon.firms_at_once, spread: daemon.spread, edit_settle: daemon.edit_settle }
    }

    /// Takes in what a look at the folder found. Compared by content and meaning: a touched file changes nothing.
    pub(super) fn take(&mut self, seen: Seen, now: Timestamp) -> Look {
        let known = self.errors_of_all();
        let mut look = self.take_in(seen, now);
        look.of_all = self.errors_of_all().into_iter().filter(|problem| !known.contains(problem)).collect();
        look
    }

    /// What is wrong for all firms: `casebridge.toml`, a profile, the folder itself.
    pub(super) fn errors_of_all(&self) -> Vec<Problem> {
        let all = self.own_file.problems().iter().chain(&self.problems);
        all.filter(|problem| problem.severity == Severity::Error).cloned().collect()
    }

    fn take_in(&mut self, seen: Seen, now: Timestamp) -> Look {
        let Seen { folder, own_file, profiles } = seen;
        let mut look = Look { again: folder.moving, ..Look::default() };
        if let Some(daemon) = self.own_file.take(own_file.as_ref(), &self.house.daemon) {
            tracing::info!("casebridge.toml has changed and is in use");
            Arc::make_mut(&mut self.house).daemon = daemon;
            look.events.push(Event::Rules(self.rules()));
            // What firm files may reach has perhaps changed.
            self.recheck = true;
        }
        let profiles: BTreeMap<String, [u8; 32]> = profiles.into_iter().map(|(name, file)| (name, file.hash)).ordered();
        if profiles != self.profiles {
            self.profiles = profiles;
            self.recheck = true;
        }
        if let Some(why) = &folder.unreadable {
            // A mount that is gone for a moment must not stop every firm: what was read stays in use.
            self.folder_lost(why);
            return look;
        }
        let mut changed = BTreeSet::new();
        let mut alters = BTreeSet::new();
        let found = LastLook::of(&folder);
        let same = self.last.as_ref().is_some_and(|last| last.says_the_same(&found));
        if !same || std::mem::take(&mut self.recheck) {
            self.recheck = false;
            let view = self.house.check_folder(&folder, now);
            self.problems = report::only_new(&self.problems, view.stray);
            for (id, verdict) in view.firms {
                let kept = self.kept.entry(id.clone()).or_default();
                if kept.verdict.as_ref().is_some_and(|old| old.hash != verdict.hash) {
                    changed.insert(id.clone());
                }
                kept.verdict = Some(verdict);
                if kept.hands.is_none() {
                    look.openings.extend(self.opening(&id, now));
                } else if self.settle(&id, None, false, now, &mut look) {
                    alters.insert(id);
                }
            }
        }
        self.last = Some(found);
        // The machine has to know a firm before it hears how the firm stands.
        look.events.insert(0, Event::Folder(self.news(&changed, &alters)));
        look
    }

    /// Tries a state again that another process held.
    pub(super) fn retry(&mut self, id: &FirmId, now: Timestamp) -> Option<Opening> {
        self.kept.get(id).is_some_and(|kept| kept.hands.is_none()).then(|| self.opening(id, now))?
    }

    /// Says what the edits of a look mean and when that takes effect, once the machine has heard of them.
    pub(super) fn say(&mut self, look: &Look, machine: &Machine, now: Timestamp) {
        for id in &look.accepted {
            let Some(kept) = self.kept.get_mut(id) else { continue };
            let next = machine.next_runs(id, now).of_all_cases();
            let zone = kept.zone();
            let when = next.map_or_else(|| AT_THE_NEXT_RUN.to_owned(), |next| when::soon(next, now, &zone));
            kept.notes = kept.meaning.notes(&when);
            if let Some(next) = next {
                kept.notes.push(format!("the next run is at {}", next.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z")));
            }
            report::accepted(id, kept.view.as_ref().map_or(0, |view| view.generation), &kept.notes);
        }
    }

    /// A run has ended. True when it says something the last one of its kind did not: an error that is new, or over.
    pub(super) fn ran(&mut self, report: &RunReport) -> bool {
        let Some(kept) = self.kept.get_mut(&report.firm) else { return true };
        kept.memory.ended(report);
        if report.error.is_none() && LaneName::of(report.trigger) == LaneName::Cases && report.trigger != Trigger::Changes {
            // What the last edit would do is done.
            (kept.meaning, kept.notes) = (Meaning::default(), Vec::new());
        }
        kept.memory.is_news(report)
    }

    /// The causes of attention that were not there at the last look.
    pub(super) fn new_causes(&mut self, id: &FirmId, now: Timestamp) -> Vec<Attention> {
        self.kept.get_mut(id).map(|kept| kept.new_causes(now)).unwrap_or_default()
    }

    /// What people call the firm.
    pub(super) fn name(&self, id: &FirmId) -> String {
        let firm = self.kept.get(id).and_then(|kept| kept.firm.as_ref());
        firm.map_or_else(|| id.to_string(), |firm| firm.name.clone())
    }

    /// The firm's file is gone for good. Its state stays, and nothing is closed anywhere.
    pub(super) fn gone(&mut self, id: &FirmId, now: Timestamp) {
        let Some(kept) = self.kept.get_mut(id) else { return };
        kept.verdict = None;
        kept.last = Some(Verdict::Removed);
        if let Some(view) = &mut kept.view {
            (view.state, view.since, view.problems) = (FileState::Removed, Some(now), Vec::new());
        }
        tracing::warn!(firm = %id, "{id}: its file is gone; nothing runs for it any more, its state is kept, and nothing was closed");
    }

    /// Closes the state of a firm whose file is gone, and forgets the firm. `busy`: something is under way for it.
    pub(super) fn release(&mut self, id: &FirmId, busy: bool) -> Result<String, Refusal> {
        match self.kept.get(id) {
            Some(kept) if kept.last != Some(Verdict::Removed) => {
                let text = format!("{id} has a file in {}, so the daemon works on its state", self.house.paths.firms);
                Err(Refusal::new("in-use", format!("{text}: move the file away first; `casebridge status {id}` says when it is gone")))
            }
            Some(_) if busy => Err(Refusal::new("busy", format!("something is still under way for {id}: ask again in a moment"))),
            Some(_) => {
                self.kept.remove(id);
                tracing::info!(firm = %id, "{id}: its state is closed because somebody asked for that");
                Ok(format!("the daemon has closed the state of {id}"))
            }
            None => Ok(format!("the daemon does not have the state of {id} open")),
        }
    }

    /// An engine for a run that begins now; the run keeps it.
    pub(super) fn engine(&self, id: &FirmId) -> Result<Engine, Refusal> {
        let Some(kept) = self.kept.get(id) else { return Err(self.no_such_firm(id)) };
        if kept.last == Some(Verdict::Removed) {
            return Err(Refusal::new("no-such-firm", format!("the file of {id} is gone from the folder; its state is kept")));
        }
        let (Some(hands), Some(firm)) = (&kept.hands, &kept.firm) else {
            return Err(match kept.not_open() {
                Some(why) => Refusal::new("busy", why),
                None => Refusal::new("no-file", format!("no version of {id}.firm.toml was good yet; {}", kept.first_problem())),
            });
        };
        self.house.engine(hands, firm.clone()).map_err(|error| Refusal::new(error.code(), error.to_string()))
    }

    /// Returns when no firm's tokens are being renewed: an answer that is cut off would end its connection.
    pub(super) async fn settled(&self) {
        for hands in self.kept.values().filter_map(|kept| kept.hands.as_ref()) {
            hands.settled().await;
        }
    }

    /// What the firm has open, whatever its file is like.
    pub(super) fn hands(&self, id: &FirmId) -> Option<Arc<Hands>> {
        self.kept.get(id)?.hands.clone()
    }

    /// Which firm waits for a redirect from MyCase that bears this state.
    pub(super) fn connecting(&self, state: &Secret) -> Option<FirmId> {
        let waits = |kept: &Kept| kept.hands.as_ref().is_some_and(|hands| hands.waits_for(&state.0));
        self.kept.iter().find(|(_, kept)| waits(kept)).map(|(id, _)| id.clone())
    }

    /// What the firm's state says, for the machine; after everything that may have changed it.
    pub(super) fn standing(&self, id: &FirmId, now: Timestamp) -> Option<Event> {
        let kept = self.kept.get(id)?;
        let hands = kept.hands.as_ref().filter(|_| kept.firm.is_some())?;
        match view::standing_of(hands, &kept.memory, now) {
            Ok(standing) => Some(Event::Standing(id.clone(), Box::new(standing))),
            Err(error) => {
                tracing::error!(firm = %id, %error, "{id}: how the firm stands cannot be read from its state");
                None
            }
        }
    }

    /// What the last look made of every firm file.
    pub(super) fn verdicts(&self) -> Vec<(&FirmId, Verdict)> {
        self.kept.iter().filter_map(|(id, kept)| Some((id, kept.last?))).collect()
    }

    /// The same with what there is to say of each.
    pub(super) fn reports(&self) -> Vec<FileReport> {
        let reports = self.kept.iter().filter_map(|(id, kept)| {
            let file = format!("{id}.firm.toml");
            let verdict = kept.last?;
            let problems = kept.verdict.as_ref().map(|verdict| problem_values(&verdict.problems)).unwrap_or_default();
            let generation = kept.view.as_ref().map_or(0, |view| view.generation);
            let notes = match verdict {
                Verdict::Waiting => kept.not_open().map(str::to_owned).into_iter().collect(),
                // What an earlier edit means does not belong to this one.
                Verdict::Rejected | Verdict::Removed => Vec::new(),
                Verdict::Accepted | Verdict::Unchanged => kept.notes.clone(),
            };
            Some(FileReport { firm: id.clone(), file, verdict, generation, problems, notes })
        });
        reports.collect()
    }

    /// What concerns no one firm.
    pub(super) fn problems(&self) -> Vec<serde_json::Value> {
        [problem_values(self.own_file.problems()), problem_values(&self.problems)].concat()
    }

    /// How a firm stands.
    pub(super) fn status(&self, machine: &Machine, id: &FirmId, now: Timestamp) -> Result<FirmStatus, Refusal> {
        let Some(kept) = self.kept.get(id) else { return Err(self.no_such_firm(id)) };
        let mut status = kept.status(id, machine, now);
        status.file.commit = self.last.as_ref().and_then(|last| last.commit.clone());
        Ok(status)
    }

    /// The firms that come after one, or all of them.
    pub(super) fn ids(&self, after: Option<&FirmId>) -> impl Iterator<Item = &FirmId> {
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.kept.range((begin, Bound::Unbounded)).map(|(id, _)| id)
    }

    /// Every firm in numbers, as far as the loop knows them.
    pub(super) fn sheets(&self, machine: &Machine, now: Timestamp) -> Vec<Sheet> {
        self.kept.iter().map(|(id, kept)| kept.sheet(id, machine, now)).collect()
    }

    fn no_such_firm(&self, id: &FirmId) -> Refusal {
        let known: Vec<&str> = self.kept.keys().map(FirmId::as_str).collect();
        let text = match known.as_slice() {
            [] => format!("there is no firm {id}: {} has no firm files", self.house.paths.firms),
            known => format!("there is no firm {id}; the folder has {}", known.join(", ")),
        };
        Refusal::new("no-such-firm", text)
    }

    fn folder_lost(&mut self, why: &str) {
        let folder = &self.house.paths.firms;
        let message = format!("the firms folder {folder} cannot be read ({why}); what was read last stays in use");
        let (file, help) = (folder.to_string(), String::new());
        let problem = Problem { file, line: 1, column: 1, severity: Severity::Error, code: "folder", message, help, span: 0..0 };
        self.problems = report::only_new(&self.problems, vec![problem]);
        self.recheck = true;
    }

    /// The firms with a file in the folder, for the machine.
    fn news(&self, changed: &BTreeSet<FirmId>, alters: &BTreeSet<FirmId>) -> BTreeMap<FirmId, News> {
        let present = self.last.iter().flat_map(|last| &last.firms);
        let news = |id: &FirmId| {
            // First heard of when its state is open: whether an edit was accepted just before a restart stands there.
            let kept = self.kept.get(id).filter(|kept| !kept.opening || kept.trouble.is_some())?;
            let spec = kept.firm.as_deref().map(FirmSpec::of);
            let (changed, alters) = (changed.contains(id), alters.contains(id));
            // A rejected file says since when it is rejected; only an accepted one says when it was accepted.
            let view = kept.view.as_ref().filter(|view| view.state == FileState::Current);
            Some((id.clone(), News { spec, changed, alters, accepted_at: view.and_then(|view| view.since) }))
        };
        present.filter_map(news).ordered()
    }

    /// Settles what the file on disk comes to, once the state is open; `accepted` is what the house made of it, where it was
    /// asked already, and `first` says that the state was opened just now. True when an edit alters what clients see.
    fn settle(&mut self, id: &FirmId, accepted: Option<Accepted>, first: bool, now: Timestamp, look: &mut Look) -> bool {
        let Some(kept) = self.kept.get_mut(id) else { return false };
        let (Some(hands), Some(verdict)) = (&kept.hands, &mut kept.verdict) else { return false };
        let accepted = match accepted.map_or_else(|| self.house.accept(hands, verdict, now), Ok) {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::error!(firm = %id, %error, "{id}: the file could not be taken into use; what ran goes on");
                return false;
            }
        };
        verdict.forget_texts();
        let alters = kept.takes(id, accepted, first);
        if std::mem::take(&mut kept.rejected_anew) {
            look.rejected.insert(id.clone(), kept.errors());
        }
        kept.learn_causes(now);
        if kept.last == Some(Verdict::Accepted) {
            look.accepted.insert(id.clone());
        }
        look.events.extend(self.standing(id, now));
        alters
    }
}
