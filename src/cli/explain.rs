//! `casebridge explain FIRM CASE`: one case, field by field. A terminal shows client data, since a person asked for this very
//! case; json only with `--show-values`.

use super::args::{ExplainArgs, Format};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::explain_text;
use super::firm::{self, unexpected};
use crate::operations::{Answer, Ask, ExplainAsk};

/// Explains one case.
pub(super) async fn explain(args: &ExplainArgs, desk: &Desk) -> Result<Exit, Failure> {
    let json = desk.output.format == Format::Json;
    let firm = firm::reach(&args.firm, desk).await?;
    let ask = ExplainAsk { case: args.case.clone(), show_values: args.show_values || !json };
    let Answer::Explained(explained) = firm.ask(Ask::Explain(ask), desk).await? else { return Err(unexpected()) };
    if json {
        desk.output.json(&explained);
    } else {
        desk.output.text(&explain_text::text(&explained, desk.output.colour_answers()));
    }
    Ok(Exit::Done)
}
