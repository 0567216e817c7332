//! Markdown for a comment on a pull request: counts first, details folded, no client data and no case unless asked for.
//! `page` knows what GitHub makes of text and how much of it a comment takes; `plan` and `comparison` say what stands on it.

mod comparison;
mod page;
mod plan;

pub use comparison::comparison_markdown;
pub use plan::markdown;
