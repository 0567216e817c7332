//! One request, one answer, for one firm's engine. The control socket and the command line without a daemon call the same
//! [`answer()`]: same commands, same answers.

mod accept;
mod answer;
mod ask;
pub mod care;
mod carry;
mod catalog;
mod connect;
mod connecting;
mod counts;
mod disconnect;
mod dispatch;
mod due;
mod error;
mod explain;
mod explained;
mod history;
mod house;
mod meaning;
mod plan;
mod runs;
mod stage_map;
mod status;
mod waiting;
mod waits;
mod write;

pub use crate::http::Clock;
pub use crate::store::StoreError;
pub use crate::sync::{Connection, ConnectionView, Engine, Hands, KeptAlive, LastSuccess, connection_view, keep_alive};
pub use accept::Accepted;
pub use answer::{
    Answer, Attention, ConnectEnded, Connected, FileState, FileView, FirmStatus, NextRuns, PauseView, PlanAnswer, ReconnectView, RunState,
    Running, problem_values,
};
pub use ask::{ApproveAsk, Ask, Caller, CatalogAsk, ExplainAsk, HistoryAsk, PlanAsk, Secret, SyncAsk};
pub use care::{BackedUp, Handover};
pub use catalog::CatalogAnswer;
pub use connecting::ConnectView;
pub use counts::case_counts;
pub use dispatch::{answer, answer_on_state, needs_only_state, scheduled};
pub use due::{Due, overdue};
pub use error::OperationError;
pub use explained::{Explained, FieldState, FieldView, InMyCase, ReasonView, SentView, Standing, WaitView};
pub use history::{History, HistoryLine};
pub use house::{FileVerdict, FolderView, House, HouseError, hex};
pub use meaning::{AT_THE_NEXT_RUN, Meaning};
pub use runs::Runs;
pub use stage_map::{AreaMap, FromStage, StageMap, StageRule, ToStage};
pub use status::{attention, status};
pub use waiting::{Counted, Moved, WaitingCase, WaitingPlan};
pub use write::write_whole;
