//! What every problem of every file must be: about a file that was given, at a place inside it, in words.

use casebridge::config::{Problem, SourceText, render};

/// Panics when a problem points nowhere, or when one of its forms cannot be made.
pub fn are_placed(problems: &[Problem], sources: &[SourceText]) {
    for problem in problems {
        let source = sources.iter().find(|source| source.name == problem.file);
        let source = source.unwrap_or_else(|| panic!("{} is in no file that was given: {}", problem.code, problem.file));
        let span = &problem.span;
        assert!(source.text.get(span.clone()).is_some(), "{}: {span:?} is no piece of the text", problem.code);
        assert_eq!((problem.line, problem.column), source.place(span.start), "{}", problem.code);
        assert!(!problem.message.trim().is_empty() && !problem.code.is_empty(), "{problem:?}");
    }
    let text = render::text(problems, sources, false);
    assert_eq!(text.is_empty(), problems.is_empty());
    let annotations = render::github(problems);
    assert_eq!(annotations.lines().count(), problems.len(), "one line for each: {annotations}");
    assert_eq!(render::json(&[], problems)["problems"].as_array().map(Vec::len), Some(problems.len()));
}
