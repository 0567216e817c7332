//! Scaffold until the lead's arrives.
mod progress;
mod report;
pub use progress::{Progress, Step};
pub use report::{Failure, Outcome, ReportCounts, Requests, RunFailure, RunReport, Trigger};
