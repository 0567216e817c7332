//! The whole product on a stage: from the firm file to what reached the portal.

mod adoption;
mod brakes;
mod clients;
mod counted;
mod failing;
mod first;
mod look;
mod lost;
mod stage;
