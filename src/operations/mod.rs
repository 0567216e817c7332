//! One request, one answer, for one firm's engine. The control socket and the command line without a daemon call the same
//! [`answer()`]: same commands, same answers.

mod accept;
mod answer;
mod ask;
mod carry;
mod connect;
mod connecting;
mod disconnect;
mod dispatch;
mod error;
mod explain;
mod explained;
mod history;
mod house;
mod plan;
mod runs;
mod stage_map;
mod status;
mod waiting;
mod waits;

pub use crate::http::Clock;
pub use crate::store::StoreError;
pub use crate::sync::{Connection, ConnectionView, Engine, Hands, KeptAlive, connection_view, keep_alive};
pub use accept::Accepted;
pub use answer::{
    Answer, Attention, ConnectEnded, Connected, FileState, FileView, FirmStatus, NextRuns, PauseView, PlanAnswer, ReconnectView, RunState,
};
pub use ask::{ApproveAsk, Ask, Caller, ExplainAsk, HistoryAsk, PlanAsk, Secret, SyncAsk};
pub use connecting::ConnectView;
pub use disconnect::disconnect;
pub use dispatch::{answer, keep_secret, scheduled};
pub use error::OperationError;
pub use explained::{Explained, FieldState, FieldView, InMyCase, ReasonView, SentView, Standing, WaitView};
pub use history::{History, HistoryLine};
pub use house::{FileVerdict, FolderView, House, HouseError};
pub use runs::Runs;
pub use stage_map::{AreaMap, FromStage, StageMap, StageRule, ToStage};
pub use status::{attention, status};
pub use waiting::{Counted, Moved, WaitingCase, WaitingPlan};
