//! One story from its seed to its end: firms, a process that may die, deeds at their times, and then calm, in which everything
//! has to come right.

use crate::chance::Chance;
use crate::deeds::{self, Deed, LASTS};
use crate::disk::Disk;
use crate::ending;
use crate::firm::{Firm, Portal};
use crate::judge::{Broken, Promise};
use crate::life::{Ended, Life, Place};
use crate::log;
use crate::net::Net;
use casebridge::domain::Kind;
use casebridge::operations::{Answer, ApproveAsk, Ask, Connection, ExplainAsk, SyncAsk};
use casebridge::plan::ChangeKey;
use casebridge::sandbox::World;
use casebridge::sync::{RunReport, Trigger};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// When every story begins.
const START: &str = "2026-03-02T06:00:00Z";
/// Firms of a story.
pub(crate) const FIRMS: usize = 3;
/// Rounds of the calm until nothing moves any more.
const ROUNDS: usize = 10;

/// How a story is told.
#[derive(Clone, Copy, Default)]
pub(crate) struct Telling {
    /// Keep the words of the trace.
    pub(crate) told: bool,
    /// Listen to the log.
    pub(crate) heard: bool,
}

/// What a story came to.
pub(crate) struct Outcome {
    pub(crate) broken: Vec<Broken>,
    /// The trace's number and how many lines.
    pub(crate) sum: (u64, u64),
    pub(crate) words: Vec<String>,
    pub(crate) runs: u64,
    pub(crate) faults: u64,
    pub(crate) kinds: BTreeMap<&'static str, u64>,
}

/// Tells the story of a seed.
pub(crate) fn tell(seed: u64, telling: Telling) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let heard = telling.heard.then(log::Heard::default);
    let guard = heard.as_ref().map(|heard| tracing::subscriber::set_default(heard.clone()));
    let (story, mut outcome) = runtime.block_on(async {
        let mut story = Story::new(seed, telling);
        story.troubles().await;
        story.calm().await;
        let outcome = story.outcome();
        (story, outcome)
    });
    drop(guard);
    if let Some(heard) = heard {
        outcome.broken.extend(story.overheard(&heard));
    }
    drop(story);
    outcome
}

pub(crate) struct Story {
    net: Arc<Net>,
    places: Vec<Place>,
    chance: Chance,
    schedule: Vec<(Duration, usize, Deed)>,
    pub(crate) life: Life,
    base: Timestamp,
    began: Instant,
    leap: &'static AtomicI64,
    number: u64,
    /// The yes that is under way at each firm.
    said: BTreeMap<usize, Vec<(u64, ChangeKey)>>,
    runs: u64,
    writes: u64,
}

impl Story {
    fn new(seed: u64, telling: Telling) -> Story {
        let mut chance = Chance::new(seed);
        let base: Timestamp = START.parse().expect("a time");
        let place = |place| {
            let firm = Firm::new(place, &mut chance, base);
            Place { firm: Arc::new(Mutex::new(firm)), disk: Disk::default() }
        };
        let places: Vec<Place> = (0..FIRMS).map(place).collect();
        let net = Net::new(chance.fork(), FIRMS, telling.told);
        let leap: &'static AtomicI64 = Box::leak(Box::default());
        let schedule = deeds::schedule(FIRMS, &mut chance);
        let life = Life::begin(&net, &places, base, leap);
        let began = Instant::now();
        Story { net, places, chance, schedule, life, base, began, leap, number: 0, said: BTreeMap::new(), runs: 0, writes: 0 }
    }

    /// The days in which everything goes wrong.
    async fn troubles(&mut self) {
        self.net.lock().troubled = true;
        let schedule = std::mem::take(&mut self.schedule);
        for (when, place, deed) in schedule {
            self.until(self.began + when).await;
            if !self.net.lock().judge.broken.is_empty() {
                return;
            }
            self.deed(place, deed);
        }
        self.until(self.began + LASTS).await;
    }

    /// Lets the process work until then; another one begins when it dies.
    async fn until(&mut self, then: Instant) {
        loop {
            if self.life.doom.is_dead() {
                self.dies().await;
            }
            if std::mem::take(&mut self.life.wants_look) {
                self.life.look();
            }
            let wake = self.life.wake.map(|at| {
                let wait = self.life.clock.now().duration_until(at);
                Instant::now() + Duration::try_from(wait).unwrap_or_default()
            });
            let doom = self.life.doom.clone();
            tokio::select! {
                biased;
                () = doom.comes() => {}
                Some(ended) = self.life.tasks.join_next() => self.ended(ended),
                () = sleep_until(then) => return,
                () = sleep_until(wake.unwrap_or(then)), if wake.is_some() => self.life.handle(casebridge::daemon::machine::Event::Tick),
            }
        }
    }

    fn ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        if self.life.doom.is_dead() {
            return;
        }
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => return self.net.lock().judge.breaks(Promise::GoesOn, format!("a task failed: {error}")),
        };
        match &ended {
            Ended::Run { place, report, .. } => self.ran(*place, report),
            Ended::Asked { place, answer, .. } => {
                if let Err(error) = answer.as_ref() {
                    self.net.lock().note(&format!("{place} is answered: {error}"));
                }
                if let Ok(Answer::Connected(_)) = answer.as_ref() {
                    self.net.lock().excused.remove(place);
                }
                if let Ok(Answer::Run(report)) = answer.as_ref() {
                    let said = self.said.remove(place).filter(|_| report.trigger == Trigger::Approval && report.error.is_none());
                    let mut net = self.net.lock();
                    report.moved.iter().for_each(|case| net.note(&format!("{place} moved meanwhile: {case}")));
                    net.judge.moved(*place, report.moved.iter().map(|case| case.0));
                    let goes = said.into_iter().flatten().filter(|(case, _)| report.moved.iter().all(|moved| moved.0 != *case));
                    net.judge.took(*place, goes.collect());
                    drop(net);
                    self.ran(*place, report);
                }
            }
            Ended::Renewed { .. } => {}
        }
        self.life.ended(&ended);
    }

    /// What a run came to, for whoever reads the trace. For what the portal would not have a person may be asked again.
    fn ran(&mut self, place: usize, report: &RunReport) {
        self.runs += 1;
        let error = report.error.as_ref().map_or("", |error| error.code.as_str());
        let mut net = self.net.lock();
        net.note(&format!("{place} ran {} {:?} {} {error}", report.trigger.word(), report.outcome, report.written));
        for failure in &report.failures {
            net.note(&format!("{place} failed: {} {}", failure.case, failure.text));
            if !failure.text.contains("tried again") {
                net.judge.touched(place, Some(failure.case.0));
            }
        }
    }

    /// The process is dead: what it had not synced may be lost; a while later another begins.
    async fn dies(&mut self) {
        self.life.tasks.abort_all();
        self.said.clear();
        {
            let mut net = self.net.lock();
            net.forgets_tokens();
            net.fault("death");
            net.note("the process is dead");
            for (at, place) in self.places.iter().enumerate() {
                let lost = net.chance.per_mille(500);
                place.disk.crash(lost);
                let firm = place.firm();
                firm.sandbox.with(|world| net.judge.died(at, firm.portal, world));
            }
        }
        let pause = Duration::from_secs(self.chance.between(1, 1800));
        sleep(pause).await;
        let base = self.time();
        self.life = Life::begin(&self.net, &self.places, base, self.leap);
    }

    /// The time on a clock that nobody sets.
    fn time(&self) -> Timestamp {
        self.base + jiff::SignedDuration::try_from(self.began.elapsed()).unwrap_or_default()
    }

    pub(crate) fn deed(&mut self, place: usize, deed: Deed) {
        self.number += 1;
        let number = self.number;
        let firm = self.places[place].firm.clone();
        let mut firm = firm.lock().expect("no panic");
        match deed {
            Deed::Edit => {
                let map = firm.edited_map(&mut self.chance);
                let text = firm.file(&map);
                if text != firm.text && self.life.is_good(&firm.id, &text) {
                    (firm.map, firm.text) = (map, text);
                    self.edited(place, firm, "edit");
                }
            }
            Deed::BreakFile => {
                let spoiled = [
                    ("[stages]", "[stagse]"),
                    ("who = ", "whom = "),
                    ("time_zone = \"UTC\"", "time_zone = \"Utopia\""),
                    ("[limits]", "[limits"),
                ];
                let (from, to) = self.chance.pick(&spoiled).expect("one");
                firm.text = firm.file(&firm.map).replacen(from, to, 1);
                self.edited(place, firm, "break");
            }
            Deed::MendFile => {
                firm.text = firm.file(&firm.map);
                self.edited(place, firm, "mend");
            }
            Deed::Tend => {
                drop(firm);
                self.tend(place);
            }
            Deed::SyncNow => {
                drop(firm);
                self.life.ask(place, Ask::Sync(SyncAsk::default()));
            }
            Deed::Storm => {
                let (side, lasts, code, told) = deeds::storm(&firm, &mut self.chance);
                self.net.lock().storm(place, side, lasts, code, told);
            }
            Deed::DiskFull | Deed::DiskFree => {
                let full = deed == Deed::DiskFull;
                self.places[place].disk.set_full(full);
                let mut net = self.net.lock();
                let _known = if full { net.full.insert(place) } else { net.full.remove(&place) };
                firm.sandbox.with(|world| net.judge.died(place, firm.portal, world));
                net.fault("disk");
            }
            Deed::DieAtRequest => self.net.lock().dies = Some((self.chance.below(40), self.chance.per_mille(600))),
            Deed::DieAtSync => self.places[place].disk.dies_at(self.chance.below(30), self.chance.per_mille(500)),
            Deed::Die => self.life.doom.die(),
            Deed::ClockLeaps => {
                let by = self.chance.weighed(&[(3, 3600), (2, -1800), (2, 300), (1, -4 * 3600), (1, 26 * 3600), (3, 0)]);
                let mut net = self.net.lock();
                // A firm that is connected for the first time under a clock far ahead leaves files of the hours after alone.
                let by = if net.judge.all_began() { by } else { by.min(300) };
                self.leap.store(by, Ordering::Relaxed);
                net.fault("clock");
                net.note(&format!("the clock leaps to {by} seconds off"));
                net.judge.clock_leaps();
                drop(net);
                drop(firm);
                self.life.handle(casebridge::daemon::machine::Event::Tick);
            }
            in_systems => {
                let mut net = self.net.lock();
                let said = firm.sandbox.with(|world| {
                    net.judge.look(place, world);
                    let said = deeds::in_systems(in_systems, &firm, world, &mut self.chance, number);
                    net.judge.look(place, world);
                    said
                });
                if let Some(said) = said {
                    net.note(&format!("{place} {in_systems:?} {said}"));
                    let case = said.split(' ').next().and_then(|case| case.parse().ok());
                    net.judge.touched(place, case.filter(|_| in_systems != Deed::Phone));
                    if matches!(in_systems, Deed::ExpireRefresh | Deed::Revoke) {
                        net.excused.insert(place);
                    }
                    if matches!(in_systems, Deed::ExpireAccess | Deed::ExpireRefresh | Deed::Revoke | Deed::Lag | Deed::Hide) {
                        net.fault("tokens, lists, permissions");
                    }
                }
            }
        }
    }

    fn edited(&mut self, place: usize, firm: std::sync::MutexGuard<'_, Firm>, what: &str) {
        drop(firm);
        let mut net = self.net.lock();
        net.fault("edit");
        net.judge.touched(place, None);
        net.note(&format!("{place} {what}"));
        drop(net);
        self.life.look();
    }

    /// A person looks how the firm stands and does what it asks for.
    fn tend(&mut self, place: usize) {
        let Some(status) = self.life.status(place) else { return };
        if status.connection != Connection::Connected {
            let mut net = self.net.lock();
            if status.connection == Connection::Reconnect && !net.excused.contains(&place) {
                net.judge.breaks(Promise::ConnectionKept, format!("firm {place}: its connection is over, and MyCase did not end it"));
            }
            net.note(&format!("{place} connect"));
            drop(net);
            return self.life.connect(place);
        }
        if let Some(plan) = status.waiting_plan {
            self.approve(place, plan.to_string());
        }
    }

    /// Says yes to the plan that waits: to all of it, or to clients who are now others.
    fn approve(&mut self, place: usize, plan: String) {
        let Some(engine) = self.life.engine(place) else { return };
        let Ok(Some(saved)) = engine.store().plan(casebridge::store::PlanSlot::Waiting) else { return };
        let swaps = saved.changes.iter().all(|change| change.hold.is_some());
        let only = if swaps { vec![Kind::Contact] } else { Vec::new() };
        let meant = || saved.changes.iter().filter(|change| swaps || change.hold.is_none());
        let cases: Vec<(u64, Vec<Kind>)> = meant().map(|change| (change.case.0, change.kinds.iter().collect())).collect();
        let keys: Vec<(u64, ChangeKey)> = meant().map(|change| (change.case.0, change.key(&engine.hands.prints))).collect();
        let mut net = self.net.lock();
        net.note(&format!("{place} approve {plan} {}", cases.len()));
        net.judge.asked(place, &keys);
        net.judge.approved(place, cases);
        self.said.insert(place, keys);
        drop(net);
        self.life.ask(place, Ask::Approve(ApproveAsk { plan, only, practice_area: None, except: Vec::new(), now: true }));
    }

    /// All is well again: people say yes to everything, and the story goes on until nothing moves.
    async fn calm(&mut self) {
        if !self.net.lock().judge.broken.is_empty() {
            return;
        }
        self.net.lock().calm();
        for (at, place) in self.places.iter().enumerate() {
            place.disk.set_full(false);
            place.disk.calm();
            let mut firm = place.firm();
            firm.text = firm.file(&firm.map);
            let mut net = self.net.lock();
            firm.sandbox.with(|world| {
                well(world);
                net.judge.died(at, firm.portal, world);
            });
        }
        if self.life.doom.is_dead() {
            self.dies().await;
        }
        // A state that could not be opened is tried again by the machine's word.
        self.until(Instant::now() + Duration::from_secs(60)).await;
        self.idle().await;
        self.life.look();
        for round in 0..ROUNDS {
            self.noon().await;
            let before = (self.written(), self.net.lock().judge.broken.len());
            let waits = self.round().await;
            if round > 0 && !waits && before == (self.written(), self.net.lock().judge.broken.len()) {
                break;
            }
        }
        self.nights().await;
        for (at, place) in self.places.iter().enumerate() {
            let broken = {
                let firm = place.firm();
                firm.sandbox.with(|world| ending::judge(&firm, world))
            };
            for case in broken.iter().filter_map(|broken| broken.text.split("case ").nth(1)?.split(|c: char| !c.is_ascii_digit()).next()) {
                self.explained(at, case).await;
            }
            self.net.lock().judge.broken.extend(broken);
            // What the product itself says is wrong, for whoever reads the trace.
            for exception in self.life.hands(at).and_then(|hands| hands.store.exceptions().ok()).unwrap_or_default() {
                let reasons: Vec<&str> = exception.reasons.iter().map(|reason| reason.text.as_str()).collect();
                self.net.lock().note(&format!("{at} needs attention: {} {}", exception.case, reasons.join("; ")));
            }
        }
    }

    /// The next noon on the product's clock: clients may be contacted then, and what waited a day has waited.
    async fn noon(&self) {
        let now = self.life.clock.now();
        let past = (now.as_second() - 12 * 3600).rem_euclid(24 * 3600);
        sleep(Duration::from_secs((24 * 3600 - past) as u64)).await;
    }

    /// What the product says of a case, for whoever reads the trace.
    async fn explained(&self, at: usize, case: &str) {
        let Some(engine) = self.life.engine(at) else { return };
        let ask = Ask::Explain(ExplainAsk { case: case.to_owned(), show_values: false });
        let by = casebridge::operations::Caller { who: "somebody".to_owned() };
        let said = casebridge::operations::answer(&engine, ask, &by, &casebridge::sync::Progress::silent()).await;
        self.net.lock().note(&format!("{at} explained: {said:#?}"));
    }

    /// Every firm once: connected, everything compared, what waits approved, files and messages carried. Whether something waits.
    async fn round(&mut self) -> bool {
        let mut waits = false;
        for place in 0..FIRMS {
            if self.life.status(place).is_none_or(|status| status.connection != Connection::Connected) {
                self.life.connect(place);
                self.idle().await;
            }
            self.life.ask(place, Ask::Sync(SyncAsk { verify: true, ..SyncAsk::default() }));
            self.idle().await;
            waits |= self.agree(place).await;
            let carries = self.places[place].firm().portal == Portal::CaseStatus;
            for (documents, messages) in [(true, false), (false, true)].into_iter().filter(|_| carries) {
                self.life.ask(place, Ask::Sync(SyncAsk { documents, messages, ..SyncAsk::default() }));
                self.idle().await;
            }
            // MyCase ended it before, and nobody has noticed until now.
            waits |= self.life.status(place).is_some_and(|status| status.connection != Connection::Connected);
        }
        waits
    }

    /// Says yes to what waits: first to all of it, then to clients who are now others. Whether something waited.
    pub(crate) async fn agree(&mut self, place: usize) -> bool {
        let mut waits = false;
        for _ in 0..2 {
            if let Some(plan) = self.life.status(place).and_then(|status| status.waiting_plan) {
                waits = true;
                self.approve(place, plan.to_string());
                self.idle().await;
            }
        }
        waits
    }

    /// Waits until nothing is under way.
    pub(crate) async fn idle(&mut self) {
        let late = Instant::now() + Duration::from_secs(12 * 3600);
        while !self.life.tasks.is_empty() {
            tokio::select! {
                biased;
                Some(ended) = self.life.tasks.join_next() => self.ended(ended),
                () = sleep_until(late) => {
                    self.net.lock().judge.breaks(Promise::GoesOn, "something is under way for twelve hours".to_owned());
                    return;
                }
            }
        }
    }

    /// How much was written to portals and MyCase so far.
    fn written(&mut self) -> u64 {
        self.writes = self.net.lock().written;
        self.writes
    }

    fn outcome(&mut self) -> Outcome {
        let mut net = self.net.lock();
        Outcome {
            broken: std::mem::take(&mut net.judge.broken),
            sum: net.trace.sum(),
            words: net.trace.words(),
            runs: self.runs,
            faults: net.faults.values().sum(),
            kinds: net.faults.clone(),
        }
    }

    /// What was logged and must not be.
    fn overheard(&self, heard: &log::Heard) -> Vec<Broken> {
        let mut private: Vec<String> = self.net.lock().tokens.iter().cloned().collect();
        for place in &self.places {
            let firm = place.firm();
            private.extend([firm.handle("mycase", "client_secret"), firm.handle(firm.side(), "api_key")]);
            firm.sandbox.with(|world| private.extend(log::private(world)));
        }
        heard.said(&private).map(|line| Broken { promise: Promise::NothingLogged, text: line }).into_iter().collect()
    }
}

/// The vendors' side of calm.
fn well(world: &mut World) {
    world.switches.list_lag_seconds = 0;
    world.switches.mycase_lag_seconds = 0;
    for case in world.mycase.cases.values_mut() {
        case.hidden = false;
    }
}
