//! Scaffold until the lead's arrives.
mod answer;
mod ask;
pub use answer::{Answer, Attention, Connected, Connection, FileState, FileView, FirmStatus, NextRuns, PauseView, PlanAnswer, RunState};
pub use ask::{ApproveAsk, Ask, Caller, PlanAsk, Secret, SyncAsk};
mod house_scaffold;
pub use house_scaffold::*;
