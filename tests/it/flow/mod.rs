//! The whole product on a stage: from the firm file to what reached the portal.

mod absent;
mod accounts;
mod adoption;
mod brakes;
mod changes;
mod clients;
mod connection;
mod counted;
mod drift;
mod failing;
mod first;
mod hours;
mod lives;
mod look;
mod lost;
mod moved;
mod renames;
mod stage;
