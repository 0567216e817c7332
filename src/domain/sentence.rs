//! An error with everything below it, as one line for people.

use std::error::Error;

/// The error and its causes, with colons between them.
pub fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
