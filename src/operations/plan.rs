//! `plan`: what a run would do, in every form, saved under a name.

use super::{Answer, OperationError, PlanAnswer, PlanAsk, dispatch::reach};
use crate::plan::render;
use crate::store::AccountMyCase;
use crate::sync::{self, Engine, Progress};

/// A terminal shows this many cases of a group; the rest is counted, and `--format json` has all.
const MOST_ON_A_TERMINAL: usize = 12;

/// Plans, saves the plan under its name, and renders it.
pub(crate) async fn plan(engine: &Engine, ask: PlanAsk, progress: &Progress) -> Result<Answer, OperationError> {
    let reach = reach(engine, &ask.cases)?;
    let preview = sync::preview(engine, reach.clone(), ask.verify, progress).await?;
    let plan = preview.plan();
    let saved = sync::save_preview(engine, &preview, &reach, ask.verify)?;
    let site = engine.firm.mycase.web_url.as_ref().map(|url| url.to_string());
    let options = render::Options {
        plan: saved.to_string(),
        show_values: ask.show_values,
        names: ask.show_names.then(|| preview.names().clone()),
        web_url: site.or(engine.store().meta::<AccountMyCase>()?.map(|account| account.url)),
        most: None,
    };
    let on_a_terminal = render::Options { names: Some(preview.names().clone()), most: Some(MOST_ON_A_TERMINAL), ..options.clone() };
    Ok(Answer::Plan(Box::new(PlanAnswer {
        has_changes: !plan.changes.is_empty(),
        json: serde_json::to_value(render::json(plan, &preview.judged, &options))
            .map_err(|error| OperationError::Asked(error.to_string()))?,
        text: render::text(plan, &preview.judged, &on_a_terminal),
        markdown: render::markdown(plan, &preview.judged, &options),
        plan: saved,
    })))
}
