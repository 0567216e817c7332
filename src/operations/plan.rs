//! `plan`: what a run would do, in every form, saved under a name.

use super::{Answer, OperationError, PlanAnswer, PlanAsk, dispatch::reach};
use crate::plan::render;
use crate::store::PlanSlot;
use crate::sync::{self, Engine, Progress};

/// Plans, saves the plan under its name, and renders it.
pub(crate) async fn plan(engine: &Engine, ask: PlanAsk, progress: &Progress) -> Result<Answer, OperationError> {
    let reach = reach(engine, &ask.cases)?;
    let preview = sync::preview(engine, reach.clone(), ask.verify, progress).await?;
    let plan = preview.plan();
    let saved = sync::save_preview(engine, &preview, &reach, ask.verify)?;
    debug_assert!(engine.store().plan(PlanSlot::Preview)?.is_some_and(|plan| plan.name == saved));
    let options = render::Options {
        show_values: ask.show_values,
        show_names: ask.show_names,
        names: preview.names().clone(),
        site: engine.firm.mycase.web_url.as_ref().map(|url| url.to_string()).or(engine.store().account_mycase()?.map(|account| account.url)),
        profile: engine.firm.portal.profile.clone(),
    };
    let on_a_terminal = render::Options { show_names: true, ..options.clone() };
    Ok(Answer::Plan(Box::new(PlanAnswer {
        has_changes: !plan.changes.is_empty(),
        json: render::json(plan, &saved, &preview.judged, &options),
        text: render::text(plan, &saved, &preview.judged, &on_a_terminal),
        markdown: render::markdown(plan, &saved, &preview.judged, &options),
        plan: saved,
    })))
}
