//! `casebridge plan FIRM [CASE ...]`: what a run would do, and why. Writes nothing to a portal.

use super::against;
use super::args::{Format, PlanArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, unexpected};
use crate::operations::{Answer, Ask, PlanAsk};

/// Shows the plan, saved under a name.
pub(super) async fn plan(args: &PlanArgs, desk: &Desk) -> Result<Exit, Failure> {
    if let Some(old) = &args.against {
        return against::against(args, old, desk).await;
    }
    let firm = firm::reach(&args.firm, desk).await?;
    let ask = PlanAsk { cases: args.cases.clone(), verify: args.verify, show_values: args.show_values, show_names: args.show_names };
    let Answer::Plan(plan) = firm.ask(Ask::Plan(ask), desk).await? else { return Err(unexpected()) };
    match desk.output.format {
        Format::Json => desk.output.json(&plan.json),
        Format::Markdown => desk.output.answer(&plan.markdown),
        Format::Text | Format::Github => desk.output.text(&plan.text),
    }
    Ok(if args.exit_code && plan.has_changes { Exit::Changes } else { Exit::Done })
}
