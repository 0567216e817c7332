//! Prints a plan, and a comparison of two versions of a firm file: for a terminal, as the JSON contract (design:
//! commands.md), and for a pull request.
//!
//! Personal values only when asked for; stages, practice areas and open or closed are no client data. Names of cases
//! come from the caller, which alone may know them.

mod comparison;
mod json;
mod markdown;
mod text;
mod words;

pub use comparison::{ComparisonAnswer, comparison_json, comparison_text};
pub use json::{ChangeAnswer, ExceptionAnswer, PlanAnswer, ReasonAnswer, json};
pub use markdown::{comparison_markdown, markdown};
pub use text::text;
pub(super) use words::group;
pub use words::{Options, headline, one_line, plural};
