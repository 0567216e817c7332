//! Problems as people and machines read them: text with the line underlined, JSON, GitHub annotations.
//!
//! Quoted lines never show a secret: `mask` takes it out before anything is quoted.

mod mask;
#[cfg(test)]
mod tests;

use super::{Problem, Severity, SourceText};
use crate::domain::Ordered;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use mask::Masked;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Text for a terminal or a log: title, code, the line with its place underlined, help, one problem after another.
/// `sources` are the texts that problems may point into, by name; one that is not among them is named without its line.
pub fn text(problems: &[Problem], sources: &[SourceText], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let masked: BTreeMap<&str, Masked> = sources.iter().map(|source| (source.name.as_str(), Masked::of(&source.text))).ordered();
    let one = |problem: &Problem| renderer.render(&[group(problem, masked.get(problem.file.as_str()))]);
    let mut text: String = problems.iter().map(|problem| one(problem) + "\n\n").collect();
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn group<'a>(problem: &'a Problem, source: Option<&'a Masked>) -> Group<'a> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(problem.message.as_str()).id(problem.code);
    let mut group = match source.map(|source| source.line_of(&problem.span)) {
        Some((line, span)) if !line.is_empty() => title.element(
            Snippet::source(line.to_owned())
                .line_start(problem.line)
                .path(problem.file.as_str())
                .annotation(AnnotationKind::Primary.span(span)),
        ),
        _ => title.element(Origin::path(problem.file.as_str()).line(problem.line)),
    };
    if !problem.help.is_empty() {
        group = group.element(Level::HELP.message(problem.help.as_str()));
    }
    group
}

/// One line for how it went, e.g. `2 files: 1 error, 2 warnings`.
pub fn summary(files: usize, problems: &[Problem]) -> String {
    let count = |severity: Severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let words = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let said: Vec<String> =
        kinds.iter().filter(|(severity, _)| count(*severity) > 0).map(|(severity, word)| words(count(*severity), word)).collect();
    let said = if said.is_empty() { "no problems".to_owned() } else { said.join(", ") };
    format!("{}: {said}", words(files, "file"))
}

/// The answer of `check --format json`: `{files, problems: [{file, line, column, severity, code, message, help}]}`.
pub fn json(files: &[String], problems: &[Problem]) -> Value {
    json!({ "files": files, "problems": problems })
}

/// Annotations for GitHub's checks, one line each.
pub fn github(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        let level = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let help = if problem.help.is_empty() { String::new() } else { format!("\n{}", problem.help) };
        let (file, code) = (property(&problem.file), property(problem.code));
        let message = data(&format!("{}{help}", problem.message));
        format!("::{level} file={file},line={},col={},title={code}::{message}\n", problem.line, problem.column)
    };
    problems.iter().map(line).collect()
}

/// Text as GitHub's workflow commands want it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
