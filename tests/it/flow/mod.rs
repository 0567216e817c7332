//! The whole product on a stage: from the firm file to what reached the portal.

mod first;
mod stage;
