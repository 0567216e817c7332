//! Why one case stands as it does, for a person who asks: left out and by which setting, not imported and why, waiting for
//! something to have stood long enough, or left open or closed on purpose. It only puts into words what `fate`,
//! `closure` and `stages` decide; what needs attention says its own reasons.

use super::closure::{self, Door};
use super::compare::Holding;
use super::context::Context;
use super::fate::{self, Fate};
use super::memory::{self, Since};
use crate::config::{OutOfScopeRule, Rule};
use crate::domain::Link;
use crate::mapping::{OutOfScope, Scope, SeenStatus, StageWish, Wanted};
use jiff::Timestamp;
use std::time::Duration;

/// One cause, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// A word for machines, e.g. `out-of-scope`.
    pub code: &'static str,
    /// One sentence without personal data.
    pub text: String,
    /// The setting that decided.
    pub rule: Option<Rule>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// Everything to be said of a case that MyCase shows, the weightiest first; empty for a linked case that nothing holds.
pub fn standing(context: &Context, wanted: &Wanted, link: Option<&Link>) -> Vec<Told> {
    match (wanted.scope, link) {
        (Scope::Never, _) => vec![told("never", "the firm's file says never to touch this case", Rule::of("cases", "never"))],
        (Scope::Out(why), link) => vec![out(context, why, link)],
        (Scope::In, None) => new(context, wanted).into_iter().collect(),
        (Scope::In, Some(link)) => linked(context, wanted, link),
    }
}

fn out(context: &Context, why: OutOfScope, link: Option<&Link>) -> Told {
    let (text, rule) = match why {
        OutOfScope::Testing => ("the firm is testing with other cases", Rule::of("testing", "cases")),
        OutOfScope::PracticeAreaNotListed => ("its practice area is not among those that are synced", Rule::of("cases", "practice_areas")),
        OutOfScope::PracticeAreaSkipped => ("its practice area is left out", Rule::of("cases", "skip_practice_areas")),
        OutOfScope::StageSkipped => ("cases in its stage are left out", Rule::of("cases", "skip_stages")),
        OutOfScope::NotEnabled => ("what switches a case on is not true for it", Rule::of("cases", "enabled_by")),
    };
    let then = match (link, context.firm.closure.out_of_scope) {
        (None, _) => "so it is not in the portal",
        (Some(link), _) if !link.open => "and its portal record is closed",
        (Some(_), _) if why == OutOfScope::Testing => "so its portal record stays as it is",
        (Some(_), OutOfScopeRule::Report) => "so its portal record stays as it is, and a person should look",
        (Some(_), OutOfScopeRule::Close) => "so its portal record is closed",
    };
    told("out-of-scope", &format!("{text}, {then}"), rule)
}

fn new(context: &Context, wanted: &Wanted) -> Option<Told> {
    let firm = &context.firm;
    match fate::of(context, None, wanted) {
        Fate::Nothing if wanted.state == SeenStatus::Closed && !firm.closure.import_closed => {
            let text = "it was closed before it was ever in the portal, and closed cases are not brought in";
            Some(told("closed-before", text, Rule::of("closure", "import_closed")))
        }
        Fate::Nothing if firm.cases.selected_only => {
            let text = format!("only cases that somebody asks for are brought in: casebridge sync {} {}", firm.id, wanted.case);
            Some(told("not-selected", &text, Rule::of("cases", "import")))
        }
        Fate::Nothing => {
            let key = if context.first { "first" } else { "later" };
            let ask = format!("casebridge sync {} {} brings it in", firm.id, wanted.case);
            Some(told(
                "too-old",
                &format!("it last changed in MyCase before the time the firm looks back to; {ask}"),
                Rule::of("lookback", key),
            ))
        }
        Fate::Attention(_) => Some(told("not-created", "it is not in the portal, and cannot be made there yet", None)),
        Fate::Create(_) | Fate::Adopt(_) => Some(told("new", "it is not in the portal yet", None)),
    }
}

fn linked(context: &Context, wanted: &Wanted, link: &Link) -> Vec<Told> {
    let (firm, now) = (&context.firm, context.now);
    let held = Holding::by(&wanted.reasons);
    let since = Since::of(wanted, Some(&link.seen), now);
    let door = closure::door(firm, wanted, link.open, held.state, &since, now);
    let opened = |settle: Duration| until(since.open, settle, now);
    let rule = &firm.closure;
    let mut all = Vec::new();
    match (door, wanted.state) {
        (Door::Rests, SeenStatus::Closed) => {
            let text = "closed in MyCase and in the portal: nothing is sent until it is open again";
            all.push(told("closed", text, None));
            return all;
        }
        (Door::Rests, _) if !rule.reopen => {
            all.push(told(
                "reopening-ignored",
                "open in MyCase, but what is closed in the portal stays closed",
                Rule::of("closure", "reopened"),
            ));
            return all;
        }
        (Door::Rests, SeenStatus::Open) if opened(rule.settle).is_some() => {
            let text = "opened again in MyCase, which must have stood for a while before the portal is told";
            all.push(Told { until: opened(rule.settle), ..told("settling", text, Rule::of("closure", "settle")) });
            return all;
        }
        (Door::StaysOpen, SeenStatus::Closed) if !rule.close => {
            all.push(told("closing-ignored", "closed in MyCase, but its portal record stays open", Rule::of("closure", "closed")));
        }
        (Door::StaysOpen, SeenStatus::Closed) if opened(rule.settle).is_some() => {
            let text = "closed in MyCase, which must have stood for a while before the portal is told";
            all.push(Told { until: opened(rule.settle), ..told("settling", text, Rule::of("closure", "settle")) });
        }
        (Door::ByHand, _) => {
            all.push(told("closed-by-hand", "closed in MyCase in a stage whose cases a person closes", Rule::of("closure", "by_hand")));
        }
        (Door::Rests | Door::StaysOpen | Door::Closes | Door::Opens, _) => {}
    }
    let moves = wanted.stage == StageWish::Set && !held.stage && wanted.record.stage != link.stage;
    if let Some(at) = until(since.stage, firm.stages.settle, now).filter(|_| moves && door != Door::Closes) {
        let text = "its stage must have stood for a while before clients see it";
        all.push(Told { until: Some(at), ..told("settling", text, Rule::of("stages", "settle")) });
    }
    all
}

/// When what began then has stood long enough; `None` when it has.
fn until(since: Timestamp, settle: Duration, now: Timestamp) -> Option<Timestamp> {
    if memory::stood(since, settle, now) { None } else { since.checked_add(settle).ok() }
}

fn told(code: &'static str, text: &str, rule: impl Into<Option<Rule>>) -> Told {
    Told { code, text: text.to_owned(), rule: rule.into(), until: None }
}
