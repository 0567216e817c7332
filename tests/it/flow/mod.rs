//! The whole product on a stage: from the firm file to what reached the portal.

mod absent;
mod accounts;
mod adoption;
mod brakes;
mod carried_once;
mod changes;
mod clients;
mod connection;
mod counted;
mod disconnect;
mod documents;
mod drift;
mod explain;
mod failing;
mod first;
mod given;
mod history;
mod hours;
mod lives;
mod look;
mod looked_at;
mod lost;
mod messages;
mod moved;
mod renames;
mod stage;
