//! The program: parses, starts logging, runs, turns the result into an exit code.
fn main() {}
