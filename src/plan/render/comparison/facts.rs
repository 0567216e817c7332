//! The numbers and words of a comparison that all its forms share.

use crate::domain::Kind;
use crate::plan::render::words::{self, capital, plural};
use crate::plan::{Closing, Comparison, EditLimit, Move};

/// What is said where a person would say when.
pub(in crate::plan::render) const NEXT: &str = "at the next run";

/// A move: `from Demand to Negotiation (Personal Injury): 12 cases`.
pub(in crate::plan::render) fn moved(one: &Move) -> String {
    let Move { from, to, cases } = one;
    let side = |side: &'_ crate::plan::Side| (side.practice_area.clone(), side.stage.clone());
    let ((from_area, from_stage), (to_area, to_stage)) = (side(from), side(to));
    let moved = words::moved((from_area.as_deref(), from_stage.as_deref()), (to_area.as_deref(), to_stage.as_deref()));
    format!("{}: {}", moved.unwrap_or_default(), plural(*cases, "case", "cases"))
}

/// The comparison in one line.
pub(in crate::plan::render) fn verdict(compared: &Comparison) -> String {
    let Comparison { against, change, effect, .. } = compared;
    let Some(effect) = effect else {
        return match against {
            Some(_) if change.is_empty() => "The two mean the same.".to_owned(),
            Some(_) => "The two differ; without counts it is not known how many cases that concerns.".to_owned(),
            None => "There is no version before it: everything in it is new.".to_owned(),
        };
    };
    if effect.is_empty() {
        return match (against, effect.linked) {
            (Some(_), _) if change.is_empty() => "The two mean the same.".to_owned(),
            (_, 0) => "No case is linked yet, so none is concerned.".to_owned(),
            (_, _) => "No linked case would move, close or need attention by it.".to_owned(),
        };
    }
    let attention: usize = effect.attention.iter().map(|(_, cases)| cases).sum();
    let asks = (attention > 0).then(|| format!("{} would need attention", plural(attention, "case", "cases")));
    let over = (effect.attention_over > 0)
        .then(|| format!("{} would lose a reason for attention", plural(effect.attention_over, "case", "cases")));
    let said = effect.doings(NEXT).into_iter().chain(asks).chain(over);
    said.map(|sentence| format!("{}.", capital(&sentence))).collect::<Vec<_>>().join(" ")
}

/// Where the counts come from.
pub(in crate::plan::render) fn counted(compared: &Comparison) -> String {
    match (&compared.counts, &compared.effect) {
        (Some(used), Some(effect)) => format!(
            "Counted: {}, {} of them open in the portal; {}, as of {}.",
            plural(effect.linked, "linked case", "linked cases"),
            effect.open,
            used.source,
            used.taken_at.strftime("%Y-%m-%d %H:%M UTC")
        ),
        _ => format!(
            "Nothing is counted: there are no counts of linked cases. `casebridge state export --for-plan {firm}` on the firm's machine writes them; beside the firm file as {firm}.counts.json they are found.",
            firm = compared.firm
        ),
    }
}

/// One thing that would happen.
pub(in crate::plan::render) struct Row<'a> {
    pub(in crate::plan::render) words: &'static str,
    /// To how many.
    pub(in crate::plan::render) cases: usize,
    /// The limit on it.
    pub(in crate::plan::render) limit: Option<&'a EditLimit>,
}

/// Everything that would happen to somebody.
pub(in crate::plan::render) fn rows(compared: &Comparison) -> Vec<Row<'_>> {
    let Some(effect) = &compared.effect else { return Vec::new() };
    let limit = |kind| effect.limits.iter().find(|limit| limit.line.kind == kind);
    let close = |why| effect.close.get(&why).copied().unwrap_or(0);
    let attention = effect.attention.iter().map(|(_, cases)| cases).sum();
    let rows = [
        ("Would move", effect.moving(), limit(Kind::Stage)),
        ("Would close: closed in MyCase", close(Closing::Closed), limit(Kind::Close)),
        ("Would close: left out by [cases]", close(Closing::LeftOut), limit(Kind::Close)),
        ("Would close: gone from MyCase", close(Closing::Gone), limit(Kind::Close)),
        ("Would open again", effect.reopen, limit(Kind::Reopen)),
        ("Would have changed and now stay", effect.stay, None),
        ("Would need attention", attention, None),
        ("Would lose a reason for attention", effect.attention_over, None),
    ];
    let rows = rows.into_iter().map(|(words, cases, limit)| Row { words, cases, limit });
    rows.filter(|row| row.cases > 0).collect()
}
