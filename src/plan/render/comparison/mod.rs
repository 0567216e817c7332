//! Two versions of a firm file, compared: as text for a terminal and as the JSON contract. `facts` has the numbers and words
//! that all forms share.

pub(super) mod facts;
mod json;
mod text;

pub(super) use facts::{counted, verdict};
pub use json::{ComparisonAnswer, comparison_json};
pub use text::comparison_text;
