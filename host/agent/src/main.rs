//! The binary `promptgate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    host_agent::run()
}
