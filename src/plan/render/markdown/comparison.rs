//! Two versions of a firm file as a comment, in the look of a plan.

use super::page::{Page, escape, sentence};
use crate::plan::render::comparison::facts::{self, Row};
use crate::plan::render::comparison::{counted, verdict};
use crate::plan::render::words::{capital, plural};
use crate::plan::{Comparison, EditLimit, LimitLine};

/// The whole comment, ending in a newline.
pub fn comparison_markdown(compared: &Comparison) -> String {
    let mut page = Page::default();
    page.paragraph(&format!("### casebridge: what this edit of `{}` would do", compared.file.replace('`', "'")));
    page.paragraph(&format!("**{}**", sentence(&verdict(compared))));
    for warning in &compared.warnings {
        page.paragraph(&format!("> {}.", sentence(&capital(warning))));
    }
    if let Some(effect) = &compared.effect {
        page.table("| | Cases | Limit |", "|---|---:|---|", &rows(compared));
        let moves: Vec<String> = effect.moves.iter().map(|one| escape(&facts::moved(one))).collect();
        page.fold(&plural(effect.moving(), "case would move", "cases would move"), &moves, usize::MAX);
        let asks: Vec<String> = effect
            .attention
            .iter()
            .map(|(reason, cases)| {
                format!("{}: {} &rarr; {}", plural(*cases, "case", "cases"), sentence(&reason.text), sentence(&reason.fix))
            })
            .collect();
        let asking = effect.attention.iter().map(|(_, cases)| cases).sum();
        page.fold(&plural(asking, "case would need attention", "cases would need attention"), &asks, usize::MAX);
    }
    let said: Vec<String> =
        compared.change.differences.iter().map(|difference| escape(&format!("[{}] {}", difference.section, difference.what))).collect();
    page.fold(&plural(said.len(), "change in the file", "changes in the file"), &said, usize::MAX);
    if !compared.cannot_see.is_empty() {
        page.paragraph("**What cannot be counted here**");
        page.items(&compared.cannot_see.iter().map(|said| sentence(&capital(said))).collect::<Vec<_>>(), usize::MAX);
    }
    page.paragraph(&format!("<sub>{}</sub>", sentence(&counted(compared))));
    page.end()
}

/// What would happen to how many, each with what its limit makes of it.
fn rows(compared: &Comparison) -> Vec<String> {
    let row = |Row { words, cases, limit }: Row<'_>| format!("| {words} | {cases} | {} |", limit.map(limited).unwrap_or_default());
    facts::rows(compared).into_iter().map(row).collect()
}

fn limited(EditLimit { line: LimitLine { limit, planned, exceeded, .. }, by_edit }: &EditLimit) -> String {
    let Some(limit) = limit else { return "none".to_owned() };
    let others = if planned == by_edit { String::new() } else { format!(" ({planned} with what is due anyway)") };
    let over = if *exceeded { ", **over the limit: waits for approval**" } else { "" };
    format!("{limit}{others}{over}")
}
