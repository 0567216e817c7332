//! `<firm>.txt` for people who only see the share, where `[paths] status` asks for it.

use super::{Firms, Kept};
use crate::daemon::machine::Machine;
use crate::daemon::message::Verdict;
use crate::daemon::status_text::{self, Text, Told};
use crate::daemon::when;
use crate::domain::{FirmId, Ordered};
use crate::operations::AT_THE_NEXT_RUN;
use crate::store::Accepted;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

impl Firms {
    /// Writes the texts of all firms, or of one, as far as they changed.
    pub(in crate::daemon) fn write_status_texts(&mut self, machine: &Machine, only: Option<&FirmId>, now: Timestamp) {
        // A firms folder that could never be read says of no file that it is gone.
        let (Some(folder), Some(_)) = (self.house.paths.status.clone(), &self.last) else { return };
        let mut texts = BTreeMap::new();
        let text = |body: String, zone: &TimeZone| Text { body, footer: status_text::footer(now, zone), instead: false };
        if self.texts.is_new() {
            // A file that went while no daemon ran: its text must not go on saying that it is in use.
            let gone = |id: &FirmId| Text { instead: true, ..text(status_text::gone(id), &TimeZone::UTC) };
            texts.extend(self.house.with_states().into_iter().map(|id| (id.clone(), gone(&id))));
        }
        let strays = self.strays();
        // Somebody whose only file bears a wrong name looks for a text, too.
        let without_file: BTreeMap<&FirmId, _> = strays.iter().filter(|(id, _)| !self.kept.contains_key(*id)).ordered();
        texts.extend(without_file.iter().map(|(id, said)| ((*id).clone(), text(said.join("\n") + "\n", &TimeZone::UTC))));
        let mended = self.told_strays.iter().filter(|id| !without_file.contains_key(id) && !self.kept.contains_key(*id));
        texts.extend(mended.map(|id| (id.clone(), text(status_text::nothing(id), &TimeZone::UTC))));
        let told_strays = without_file.into_keys().cloned().ordered();
        for (id, kept) in self.kept.iter().filter(|(id, _)| only.is_none_or(|only| only == *id)) {
            let strays = strays.get(id).cloned().unwrap_or_default();
            texts.extend(kept.text(id, machine, strays, now).map(|body| (id.clone(), text(body, &kept.zone()))));
        }
        self.told_strays = told_strays;
        self.texts.put(&folder, texts);
    }

    /// What is said of files whose names look like a mistake, by the firm that is likely meant.
    fn strays(&self) -> BTreeMap<FirmId, Vec<String>> {
        let mut found: BTreeMap<FirmId, Vec<String>> = BTreeMap::new();
        for (name, meant) in self.last.iter().flat_map(|last| &last.strays) {
            if let Some(firm) = meant.split(".firm.toml").next().and_then(|stem| stem.parse().ok()) {
                found.entry(firm).or_default().push(status_text::stray(name, meant));
            }
        }
        found
    }
}

impl Kept {
    /// The firm's text; `None` before the first look at its file.
    fn text(&self, id: &FirmId, machine: &Machine, strays: Vec<String>, now: Timestamp) -> Option<String> {
        let verdict = self.last?;
        let zone = self.zone();
        let status = Some(self.status(id, machine, now)).filter(|status| self.firm.is_some() && status.state_error.is_none());
        let accepted = self.hands.as_ref().and_then(|hands| hands.store.meta::<Accepted>().ok().flatten());
        let next = machine.next_runs(id, now).of_all_cases();
        let when = next.map_or_else(|| AT_THE_NEXT_RUN.to_owned(), |next| when::soon(next, now, &zone));
        let told = Told {
            firm: id,
            verdict,
            accepted_at: accepted.filter(|_| self.firm.is_some()).map(|accepted| accepted.at),
            problems: self.verdict.as_ref().map(|verdict| verdict.problems.as_slice()).unwrap_or_default(),
            // What an earlier edit means does not belong to a rejected one.
            consequences: if verdict == Verdict::Rejected { Vec::new() } else { self.meaning.consequences(&when) },
            strays,
            trouble: self.not_open(),
            status: status.as_ref(),
            zone: &zone,
            now,
        };
        Some(status_text::body(&told))
    }
}
