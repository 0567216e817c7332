//! The program: hands what was typed to the library and turns the result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    casebridge::cli::run(std::env::args_os()).into()
}
