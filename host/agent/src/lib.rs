//! The program `promptgate`: as a browser starts it the native-messaging host, else the command line.
//!
//! It assembles: the libraries decide nothing about each other, and the edge (files, clock, randomness,
//! threads, stdout) is here and nowhere else. A library so that its parsers of foreign bytes can be fuzzed; the binary
//! is one line.

mod browsers;
mod bundles;
mod cli;
mod clock;
mod drafts;
mod exit;
mod files;
pub mod foreign;
mod identity;
mod install;
mod judge;
mod keys;
mod lease;
mod live;
mod native;
mod neighbours;
mod origin;
mod os;
mod out;
mod preview;
mod profiles;
mod record;
mod retention;
mod risk;
mod settings;
mod ship;
mod ssf;
mod tails;

use std::process::ExitCode;

use origin::Caller;

/// Runs with the arguments and the environment of this process.
#[must_use]
pub fn run() -> ExitCode {
    let env = os::Env::current();
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some(exit) = files::work(&args) {
        return exit.into();
    }
    let words: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    match origin::caller(&words) {
        Caller::Extension(id) => native::run(&id, &env).into(),
        Caller::Person => cli::run(args, &env).into(),
    }
}
