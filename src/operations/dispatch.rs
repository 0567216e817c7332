//! From a request to the function that answers it.

use super::{
    Answer, ApproveAsk, Ask, Caller, OperationError, SyncAsk, care, carry, catalog, connect, connecting, counts, disconnect, explain,
    history, plan, runs, stage_map, status, waiting,
};
use crate::domain::{CaseId, Kinds, Ordered, PlanName};
use crate::plan::Reach;
use crate::plan::guard::Filter;
use crate::store::{AccountMyCase, FirstRunDone, LookbackFirst, Pause, PlanSlot, PortalKeyRefused, Selected};
use crate::sync::{self, ApprovalAsk, CarryAsk, Engine, Hands, Progress, RunAsk, RunReport, Trigger};
use jiff::Timestamp;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Answers one request for one firm.
pub async fn answer(engine: &Engine, ask: Ask, by: &Caller, progress: &Progress) -> Result<Answer, OperationError> {
    match ask {
        Ask::Plan(ask) => plan::plan(engine, ask, progress).await,
        Ask::Sync(ask) if ask.documents || ask.messages => carry::by_hand(engine, &ask, progress).await,
        Ask::Sync(ask) => by_hand(engine, ask, progress).await,
        Ask::Approve(ask) => approve(engine, ask, by, progress).await,
        Ask::Reject { plan } => reject(engine, &PlanName(plan)),
        Ask::Reset => reset(engine),
        Ask::Pause { reason, until } => pause(engine, reason, until, by),
        Ask::Resume => resume(engine),
        ask @ (Ask::SecretSet { .. } | Ask::Disconnect) => answer_on_state(&engine.hands, ask).await,
        Ask::Rebind => {
            sync::rebind(engine)?;
            Ok(done("the state now belongs to the accounts that the file names; the next run compares everything and waits for one yes"))
        }
        Ask::ConnectBegin => connect::begin(engine),
        Ask::ConnectEnd { redirected } => connect::end(engine, &redirected).await,
        Ask::Status => Ok(Answer::Status(Box::new(status::status(&engine.firm, engine.store(), engine.hands.clock.now())?))),
        Ask::Explain(ask) => explain::explain(engine, ask).await,
        Ask::History(ask) => history::history(engine, ask),
        Ask::Catalog(ask) => catalog::catalog(engine, &ask, progress).await,
        Ask::Online => catalog::online(engine).await,
        Ask::Counts => counts::counts(engine),
        ask @ (Ask::Backup | Ask::Handover | Ask::Release) => answer_on_state(&engine.hands, ask).await,
        Ask::ConnectHow => Ok(connecting::view(engine)),
        Ask::Runs { last } => runs::runs(engine, last),
        Ask::Waiting { show_names } => waiting::waiting(engine, show_names),
        Ask::StageMap => stage_map::stage_map(engine),
        Ask::Exceptions => Ok(Answer::Exceptions(carry::attention(engine.store(), true)?)),
    }
}

/// Whether a request needs a firm's state and no good file: a new firm's secrets are set before its file is finished, and what
/// is there can be given up or carried away at any time.
pub fn needs_only_state(ask: &Ask) -> bool {
    matches!(ask, Ask::SecretSet { .. } | Ask::Disconnect | Ask::Backup | Ask::Handover)
}

/// Answers a request that needs only the state.
pub async fn answer_on_state(hands: &Arc<Hands>, ask: Ask) -> Result<Answer, OperationError> {
    match ask {
        Ask::SecretSet { name, value } => keep_secret(hands, &name, &value),
        Ask::Disconnect => disconnect::disconnect(hands).await,
        Ask::Backup => care::backup(hands).await,
        Ask::Handover => care::handover(hands).await,
        _ => Err(OperationError::Asked("this needs a firm whose file is good".to_owned())),
    }
}

/// What the daemon starts by itself.
pub async fn scheduled(engine: &Engine, trigger: Trigger, progress: &Progress) -> RunReport {
    let carry = CarryAsk { whole: false, by_hand: false };
    match trigger {
        Trigger::Documents => return sync::carry_documents(engine, carry, progress).await,
        Trigger::Messages => return sync::carry_messages(engine, carry, progress).await,
        Trigger::Changes => return sync::changes(engine, progress).await,
        Trigger::Schedule | Trigger::Verify | Trigger::ByHand | Trigger::Approval | Trigger::ContactHours => {}
    }
    let verify = trigger == Trigger::Verify;
    sync::run(engine, RunAsk { trigger, reach: everything(engine), verify, rewrite: false }, progress).await
}

/// Everything, or while `[testing]` names cases, these.
fn everything(engine: &Engine) -> Reach {
    if engine.firm.testing.is_empty() { Reach::Everything } else { Reach::Cases(engine.firm.testing.clone()) }
}

async fn by_hand(engine: &Engine, ask: SyncAsk, progress: &Progress) -> Result<Answer, OperationError> {
    let reach = reach(engine, &ask.cases)?;
    if let Reach::Cases(cases) = &reach
        && engine.firm.cases.selected_only
        && engine.firm.testing.is_empty()
    {
        // Asked for once, wanted until linked: also when this run's creates have to wait for approval.
        let mut selected = engine.store().meta::<Selected>()?.unwrap_or_default();
        selected.0.extend(cases);
        engine.store().write(|w| w.put_meta(&selected))?;
    }
    let trigger = if ask.verify { Trigger::Verify } else { Trigger::ByHand };
    let report = sync::run(engine, RunAsk { trigger, reach, verify: ask.verify, rewrite: ask.rewrite }, progress).await;
    Ok(Answer::Run(Box::new(report)))
}

async fn approve(engine: &Engine, ask: ApproveAsk, by: &Caller, progress: &Progress) -> Result<Answer, OperationError> {
    let except = cases(engine, &ask.except)?;
    let only = (!ask.only.is_empty()).then(|| ask.only.iter().copied().collect::<Kinds>());
    let filter = Filter { only, practice_area: ask.practice_area, except };
    let ask = ApprovalAsk { plan: PlanName(ask.plan), filter, who: by.who.clone(), now: ask.now };
    Ok(Answer::Run(Box::new(sync::approve(engine, ask, progress).await)))
}

fn reject(engine: &Engine, plan: &PlanName) -> Result<Answer, OperationError> {
    for slot in [PlanSlot::Waiting, PlanSlot::Preview] {
        if engine.store().plan_head(slot)?.is_some_and(|saved| saved.name == *plan) {
            engine.store().write(|w| w.remove_plan(slot))?;
            return Ok(done(&format!("plan {plan} is dropped; what still differs is planned again by the next run")));
        }
    }
    Err(OperationError::Asked(format!("there is no plan {plan}; `casebridge status {}` shows what waits", engine.firm.id)))
}

fn reset(engine: &Engine) -> Result<Answer, OperationError> {
    engine.store().write(|w| {
        w.put_meta(&LookbackFirst(true))?;
        w.remove_meta::<FirstRunDone>()
    })?;
    Ok(done("the next run looks back lookback.first again and, as a first run, waits for one yes"))
}

fn pause(engine: &Engine, reason: String, until: Option<Timestamp>, by: &Caller) -> Result<Answer, OperationError> {
    let now = engine.hands.clock.now();
    if reason.trim().is_empty() {
        return Err(OperationError::Asked("a pause needs a reason, so that others know why nothing runs: --reason \"...\"".to_owned()));
    }
    if until.is_some_and(|until| until <= now) {
        return Err(OperationError::Asked("the pause would end in the past".to_owned()));
    }
    engine.store().write(|w| w.put_meta(&Pause { reason, since: now, until, who: Some(by.who.clone()) }))?;
    Ok(done("paused: nothing runs by itself"))
}

fn resume(engine: &Engine) -> Result<Answer, OperationError> {
    let was = engine.store().meta::<Pause>()?.is_some();
    engine.store().write(|w| w.remove_meta::<Pause>())?;
    Ok(done(if was { "resumed" } else { "was not paused" }))
}

/// Seals a secret in a firm's state; the firm's file need not be good, or finished, for that.
fn keep_secret(hands: &Hands, name: &str, value: &super::Secret) -> Result<Answer, OperationError> {
    let value = value.0.trim_end_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(OperationError::Asked("the secret is empty".to_owned()));
    }
    let secret = SecretString::from(value.to_owned());
    hands.store.write(|w| {
        w.put_secret(name, &secret)?;
        // What was refused was the old one, if it was this; the next look at the portal says how the new one does.
        w.remove_meta::<PortalKeyRefused>()
    })?;
    Ok(done(&format!("secret {name:?} of {} is sealed in the firm's state", hands.firm)))
}

/// Which cases: those typed, or all.
pub(crate) fn reach(engine: &Engine, typed: &[String]) -> Result<Reach, OperationError> {
    if typed.is_empty() { Ok(everything(engine)) } else { Ok(Reach::Cases(cases(engine, typed)?)) }
}

/// The cases typed, each of this firm; every problem at once.
pub(super) fn cases(engine: &Engine, typed: &[String]) -> Result<BTreeSet<CaseId>, OperationError> {
    let known = engine.store().meta::<AccountMyCase>()?.map(|account| account.url);
    let site = engine.firm.mycase.web_url.as_ref().map(|url| url.to_string()).or(known);
    let parsed = typed.iter().map(|text| text.parse::<crate::domain::CaseRef>().and_then(|case| case.within(site.as_deref())));
    let (good, bad): (Vec<_>, Vec<_>) = parsed.partition(Result::is_ok);
    if bad.is_empty() {
        return Ok(good.into_iter().flatten().ordered());
    }
    let words: Vec<String> = bad.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
    Err(OperationError::Asked(words.join("\n")))
}

/// Done, with one sentence.
pub(super) fn done(text: &str) -> Answer {
    Answer::Done { text: text.to_owned() }
}
