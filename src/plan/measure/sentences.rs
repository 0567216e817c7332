//! What an edit does, in sentences for people: one for each kind, right for one case and for many, with what the limits mean
//! for it.

use super::effect::{Closing, EditLimit, Effect};
use crate::domain::Kind;
use crate::plan::LimitLine;
use crate::plan::render::plural;

impl Effect {
    /// One sentence each, without a full stop; `when` is the next run, e.g. `tonight 17:15` or `at the next run`. Empty when
    /// no linked case is concerned.
    pub fn sentences(&self, when: &str) -> Vec<String> {
        let Effect { attention, attention_over, .. } = self;
        let cases = |count: usize| plural(count, "case", "cases");
        let mut said = self.doings(when);
        for (reason, count) in attention {
            said.push(format!("{} would need attention: {}", cases(*count), reason.text));
        }
        if *attention_over > 0 {
            said.push(format!("{} would lose a reason for attention", cases(*attention_over)));
        }
        said
    }

    /// What would happen in the portal, and what would no longer.
    pub(in crate::plan) fn doings(&self, when: &str) -> Vec<String> {
        let Effect { close, reopen, stay, .. } = self;
        let cases = |count: usize| plural(count, "case", "cases");
        let mut said = Vec::new();
        if self.moving() > 0 {
            said.push(format!("{} would move {when}{}", cases(self.moving()), self.held(Kind::Stage)));
        }
        let last = close.keys().next_back();
        for (why, count) in close {
            let held = if last == Some(why) { self.held(Kind::Close) } else { String::new() };
            said.push(format!("{} {} would close in the portal {when}{held}", cases(*count), why.words(*count)));
        }
        if *reopen > 0 {
            let open = if *reopen == 1 { "that is open in MyCase" } else { "that are open in MyCase" };
            said.push(format!("{} {open} would open again in the portal {when}{}", cases(*reopen), self.held(Kind::Reopen)));
        }
        if *stay > 0 {
            let stays = if *stay == 1 { "as it is" } else { "as they are" };
            said.push(format!("{} that would have changed in the portal would stay {stays} there", cases(*stay)));
        }
        said
    }

    /// What the limit on a kind does to the edit, as the end of a sentence; nothing while the edit is within it.
    fn held(&self, kind: Kind) -> String {
        let found = self.limits.iter().find(|limit| limit.line.kind == kind && limit.line.exceeded);
        let Some(EditLimit { line: LimitLine { limit: Some(limit), planned, .. }, by_edit }) = found else { return String::new() };
        let others = match planned.saturating_sub(*by_edit) {
            0 => "that".to_owned(),
            others => format!("with {} that would anyway, that", plural(others, "case", "cases")),
        };
        let wait = if *planned == 1 { "it will wait" } else { "they will wait" };
        format!("; {others} is more than the limit of {limit}, so {wait} for approval")
    }

    /// That everything is within the limits, when there is a limit on something that the edit does.
    pub fn within_limits(&self) -> Option<String> {
        let (limited, held) =
            (self.limits.iter().any(|limit| limit.line.limit.is_some()), self.limits.iter().any(|limit| limit.line.exceeded));
        (limited && !held).then(|| "all of it is within the limits, so nothing would wait for approval".to_owned())
    }
}

impl Closing {
    /// Which cases, after their number.
    pub(in crate::plan) fn words(self, count: usize) -> &'static str {
        match (self, count) {
            (Closing::Closed, 1) => "that is closed in MyCase",
            (Closing::Closed, _) => "that are closed in MyCase",
            (Closing::LeftOut, _) => "that [cases] leaves out",
            (Closing::Gone, 1) => "that is gone from MyCase",
            (Closing::Gone, _) => "that are gone from MyCase",
        }
    }
}
