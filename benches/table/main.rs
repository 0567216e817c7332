//! What casebridge costs, as one table in Markdown: `cargo bench` runs every scene, `cargo bench -- planner firms` some of them.
//!
//! Each scene is this program once more, and so is each thing that is measured in it: what a process held at most and what it
//! took of the processor are then its own. Times on the wall are only printed; where a count is a promise (no write where
//! nothing changed, two requests of a quiet tick) a scene ends with a panic when it is broken.
//!
//! Start with [`scenes::SCENES`]; a figure and its goal are a [`row::Row`].

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

mod cases;
mod check;
mod desk;
mod documents;
mod firms;
mod links;
mod planner;
mod process;
mod row;
mod run;
mod scenes;
mod stand;

use std::error::Error;

/// What a scene, or a piece of one, ends with.
type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    // `cargo bench` adds words of its own, which begin with a dash.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [scenes::ONE, name] => scenes::one(name),
        [links::FILL, path, cases] => links::fill(path.as_ref(), cases.parse()?),
        [links::MORE, path, cases] => links::fill_and_keep_more(path.as_ref(), cases.parse()?),
        [planner::LOOK, path, cases] => planner::look(path.as_ref(), cases.parse()?),
        [run::RUN, root, what] => run::one_run(root.as_ref(), what),
        names => scenes::all(names),
    }
}
