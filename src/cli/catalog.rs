//! `casebridge catalog pull|diff FIRM`: the names of a firm's accounts in `<firm>.catalog.toml` beside its file. The daemon, or
//! the state itself, is asked what the names are; the file is read and written here.

use super::args::{CatalogArgs, CatalogCommand, CatalogDiffArgs, Format};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, unexpected};
use super::setting::Setting;
use crate::config::{Catalog, CatalogDiff, SourceText};
use crate::operations::{Answer, Ask, CatalogAnswer, CatalogAsk, write_whole};
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use serde_json::{Value, json};
use std::io::ErrorKind;

/// Pulls, or says what a pull would change.
pub(super) async fn catalog(command: &CatalogCommand, desk: &Desk) -> Result<Exit, Failure> {
    match command {
        CatalogCommand::Pull(args) => pull(args, desk).await,
        CatalogCommand::Diff(args) => diff(args, desk).await,
    }
}

async fn pull(args: &CatalogArgs, desk: &Desk) -> Result<Exit, Failure> {
    let pulled = Pulled::of(args, desk).await?;
    let Pulled { path, old, new, diff, answer } = &pulled;
    let stays = old.as_ref().is_some_and(|old| old.stands_for(new));
    if !stays {
        write_whole(path, &new.to_toml()).map_err(|error| {
            Failure::failed(format!("{path} cannot be written: {error}"))
                .with_hint("run it as somebody who may write there, or write it elsewhere with --output FILE")
        })?;
    }
    if desk.output.format == Format::Json {
        desk.output.json(&pulled.json(args, Some(!stays)));
        return Ok(Exit::Done);
    }
    answer.notes.iter().for_each(|note| desk.output.say(note));
    let text = match old {
        Some(old) if stays => format!("{path}: nothing changed; the file of {} stays as it is\n", day(old)),
        Some(_) if diff.is_empty() => format!("{path}: nothing changed; only its date is new\n"),
        Some(_) => format!("{path}: {}\n{diff}", counts(new)),
        None => format!("{path}: {}\n", counts(new)),
    };
    desk.output.answer(&text);
    if old.is_none() {
        desk.output.say("Commit it beside the firm's file: `casebridge check` now resolves every name of MyCase's offline.");
    }
    Ok(Exit::Done)
}

async fn diff(args: &CatalogDiffArgs, desk: &Desk) -> Result<Exit, Failure> {
    let pulled = Pulled::of(&args.of, desk).await?;
    let Pulled { path, old, new, diff, answer } = &pulled;
    if desk.output.format == Format::Json {
        desk.output.json(&pulled.json(&args.of, None));
    } else {
        answer.notes.iter().for_each(|note| desk.output.say(note));
        desk.output.answer(&match old {
            Some(old) if diff.is_empty() => format!("{path} says what MyCase and the portal say (read on {})\n", day(old)),
            Some(_) => diff.to_string(),
            None => format!("{path} is not there yet; a pull would write {}\n", counts(new)),
        });
    }
    Ok(if args.exit_code && !diff.is_empty() { Exit::Changes } else { Exit::Done })
}

/// What the accounts say now beside what the file says.
struct Pulled {
    path: Utf8PathBuf,
    old: Option<Catalog>,
    new: Catalog,
    diff: CatalogDiff,
    answer: CatalogAnswer,
}

impl Pulled {
    async fn of(args: &CatalogArgs, desk: &Desk) -> Result<Pulled, Failure> {
        let reached = firm::reach(&args.firm, desk).await?;
        let Answer::Catalog(answer) = reached.ask(Ask::Catalog(CatalogAsk { without_portal: args.no_portal }), desk).await? else {
            return Err(unexpected());
        };
        let path = match &args.output {
            Some(path) => path.clone(),
            None => Setting::read(&desk.common)?.paths.firms.join(format!("{}.catalog.toml", args.firm)),
        };
        let old = read(&path, desk)?;
        let mut new = answer.catalog.clone();
        old.iter().for_each(|old| new.remember(old));
        let diff = CatalogDiff::between(old.as_ref(), &new);
        Ok(Pulled { path, old, new, diff, answer: *answer })
    }

    /// `written`: whether the file was, when that was asked for.
    fn json(&self, args: &CatalogArgs, written: Option<bool>) -> Value {
        let Pulled { path, old, new, diff, answer } = self;
        let mut value = json!({
            "firm": args.firm,
            "file": path,
            "exists": old.is_some(),
            "changed": !diff.is_empty(),
            "taken_at": new.taken_at,
            "lists": diff.lists,
            "notes": answer.notes,
            "requests": answer.requests,
        });
        if let Some(written) = written {
            value["written"] = json!(written);
        }
        value
    }
}

/// The catalog that is there. One that cannot be read (a merge that went wrong) is said and replaced: all it knew that MyCase
/// does not is what things were called before.
fn read(path: &Utf8Path, desk: &Desk) -> Result<Option<Catalog>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::failed(format!("{path} cannot be read: {error}"))),
    };
    let (catalog, problems) = Catalog::parse(&SourceText::new(path.as_str(), text));
    if let Some(problem) = problems.first().filter(|_| catalog.is_none()) {
        let words = format!("{path}:{} cannot be used ({}): nothing is compared with it", problem.line, problem.message);
        desk.output.warning(&words);
    }
    Ok(catalog)
}

fn day(catalog: &Catalog) -> String {
    catalog.taken_at.strftime("%Y-%m-%d").to_string()
}

fn counts(catalog: &Catalog) -> String {
    let Catalog { taken_at: _, stages, practice_areas, custom_fields, people_groups, staff_types, portal_stages } = catalog;
    let portal: usize = portal_stages.values().map(Vec::len).sum();
    let counts = [
        (stages.len(), "stages"),
        (practice_areas.len(), "practice areas"),
        (custom_fields.len(), "custom fields"),
        (people_groups.len(), "people groups"),
        (staff_types.len(), "staff types"),
        (portal, "stages of the portal"),
    ];
    let said: Vec<String> = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    said.join(", ")
}
