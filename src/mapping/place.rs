//! Where a file's maps put a case, from the names of its practice area and stage alone: what an edit is measured with.

use super::StageWish;
use super::stages;
use crate::config::Firm;

/// Where the portal would show a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The portal's practice area; `None` when it is not decided or stays.
    pub practice_area: Option<String>,
    /// The portal's stage, when [`StageWish::Set`].
    pub stage: Option<String>,
    /// What to do about the stage.
    pub wish: StageWish,
    /// Whether `[cases]` leaves the practice area or the stage out.
    pub left_out: bool,
}

/// Where the firm's file puts a case that stands in this practice area and stage in MyCase.
pub fn place(firm: &Firm, practice_area: Option<&str>, stage: Option<&str>) -> Place {
    let area = stages::area(firm, practice_area);
    let stage = stages::stage(firm, &area, stage);
    Place { left_out: area.out.is_some() || stage.skipped, practice_area: area.to, stage: stage.to, wish: stage.wish }
}
