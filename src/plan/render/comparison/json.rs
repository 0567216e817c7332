//! Two versions of a firm file as the JSON answer of `plan --against`. Keys may be added, not changed; the shape stands at
//! `plan::Comparison`.

use super::facts;
use crate::config::changes::Difference;
use crate::domain::{FirmId, Kind, Reason, ReasonCode};
use crate::plan::{Closing, Comparison, CountsUsed, EditLimit, Effect, LimitLine, Move};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonAnswer {
    firm: FirmId,
    file: String,
    against: Option<String>,
    counts: Option<CountsAnswer>,
    differences: Vec<Difference>,
    widened: bool,
    account: bool,
    effect: Option<EffectAnswer>,
    /// What the edit does, in sentences.
    says: Vec<String>,
    cannot_see: Vec<String>,
    warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct CountsAnswer {
    source: String,
    taken_at: Timestamp,
    linked: usize,
    open: usize,
    stale: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct EffectAnswer {
    linked: usize,
    open: usize,
    moves: Vec<Move>,
    close: BTreeMap<Closing, usize>,
    reopen: usize,
    stay: usize,
    attention: Vec<Asks>,
    attention_over: usize,
    limits: Vec<Limited>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Asks {
    code: ReasonCode,
    text: String,
    fix: String,
    cases: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Limited {
    kind: Kind,
    limit: Option<u32>,
    planned: usize,
    exceeded: bool,
    by_edit: usize,
}

/// The answer for a comparison.
pub fn comparison_json(compared: &Comparison) -> ComparisonAnswer {
    let Comparison { firm, file, against, change, effect, counts, cannot_see, warnings } = compared.clone();
    let numbers = |used: CountsUsed, effect: &Effect| CountsAnswer {
        source: used.source,
        taken_at: used.taken_at,
        linked: effect.linked,
        open: effect.open,
        stale: used.stale,
    };
    ComparisonAnswer {
        firm,
        file,
        against,
        counts: counts.zip(effect.as_ref()).map(|(used, effect)| numbers(used, effect)),
        differences: change.differences,
        widened: change.widened,
        account: change.account,
        says: effect.as_ref().map(|effect| effect.sentences(facts::NEXT)).unwrap_or_default(),
        effect: effect.map(effect_answer),
        cannot_see,
        warnings,
    }
}

fn effect_answer(effect: Effect) -> EffectAnswer {
    let Effect { linked, open, moves, close, reopen, stay, attention, attention_over, limits } = effect;
    let asks = |(Reason { code, text, fix, .. }, cases)| Asks { code, text, fix, cases };
    let limited = |EditLimit { line, by_edit }| {
        let LimitLine { kind, limit, planned, exceeded } = line;
        Limited { kind, limit, planned, exceeded, by_edit }
    };
    let limits = limits.into_iter().map(limited).collect();
    EffectAnswer { linked, open, moves, close, reopen, stay, attention: attention.into_iter().map(asks).collect(), attention_over, limits }
}
