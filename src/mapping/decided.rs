//! Which lines of the maps decide a case, for the coverage of a firm's own tests.

use super::Mapper;
use super::stages::How;
use crate::domain::SeenCase;

/// The lines of the firm file's maps that decide one case; `None` when another rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decided {
    /// Of `[practice_areas.map]`.
    pub practice_area: Option<u32>,
    /// Of `[stages.map]` or `[stages.for."AREA"]`.
    pub stage: Option<u32>,
}

impl Mapper {
    /// The lines that decide where the case stands.
    pub fn decided_by(&self, case: &SeenCase) -> Decided {
        let line = |how: How| match how {
            How::Map { line } | How::ForArea { line } => Some(line),
            How::SameName | How::Hidden | How::Keep | How::Absent | How::Undecided => None,
        };
        let (area, stage) = self.names.decide(case, &self.firm);
        Decided { practice_area: line(area.how), stage: line(stage.how) }
    }
}
