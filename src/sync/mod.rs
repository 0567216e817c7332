//! Scaffold until the lead's arrives.
mod report;
pub use report::{Failure, Outcome, ReportCounts, Requests, RunReport, Trigger};
