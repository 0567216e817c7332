//! `casebridge init FIRM --stage-map`: a stage map proposed from the live names, or where nobody can be asked, from the catalog.

use crate::cli::args::Format;
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::firm::{self, unexpected};
use crate::cli::setting::Setting;
use crate::config::{Catalog, SourceText, StageMap};
use crate::domain::FirmId;
use crate::operations::{Answer, Ask, CatalogAsk};
use fs_err as fs;
use serde_json::json;

/// Prints the proposal; writes nothing.
pub(super) async fn stage_map(firm: &FirmId, desk: &Desk) -> Result<Exit, Failure> {
    let setting = Setting::read(&desk.common)?;
    let path = setting.paths.firms.join(format!("{firm}.firm.toml"));
    let text = fs::read_to_string(&path).map_err(|error| {
        Failure::failed(format!("a stage map needs the firm's file: {error}")).with_hint(format!("casebridge init {firm}"))
    })?;
    let beside = setting.paths.firms.join(format!("{firm}.catalog.toml"));
    let kept = fs::read_to_string(&beside).ok().and_then(|text| Catalog::parse(&SourceText::new(beside.as_str(), text)).0);
    let source = SourceText::new(path.as_str(), text);
    let names = match (live(firm, StageMap::lists_portal(&source), desk).await, kept) {
        (Ok(mut names), kept) => {
            kept.iter().for_each(|kept| names.remember(kept));
            names
        }
        (Err(failure), Some(kept)) => {
            let day = kept.taken_at.strftime("%Y-%m-%d");
            desk.output.warning(&format!("MyCase could not be asked ({}); these are the names of {day}, from {beside}", failure.text));
            kept
        }
        (Err(failure), None) => return Err(failure),
    };
    let map = StageMap::propose(&source, &names);
    if desk.output.format == Format::Json {
        desk.output.json(&json!({
            "firm": firm,
            "lines": map.lines,
            "covered": map.covered,
            "same_name": map.by_itself,
            "portal_stages": map.portal,
            "toml": map.to_string(),
        }));
    } else {
        desk.output.answer(&map.to_string());
    }
    Ok(Exit::Done)
}

/// MyCase's names now, and the portal's where the file does not list them.
async fn live(firm: &FirmId, listed: bool, desk: &Desk) -> Result<Catalog, Failure> {
    match firm::reach(firm.as_str(), desk).await?.ask(Ask::Catalog(CatalogAsk { without_portal: listed }), desk).await? {
        Answer::Catalog(answer) => Ok(answer.catalog),
        _ => Err(unexpected()),
    }
}
