//! The command line for people: what exists, and nothing that does not exist yet.

mod doctor;
mod fleet;
mod identity;
mod install;
mod log;
mod policy;
mod risk;
mod scan;
mod ssf;
mod table;
mod way_in;
mod who;

pub(crate) use scan::question;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::exit::{EXIT_HELP, Exit};
use crate::os::Env;
use crate::out;

/// Reads every prompt before it leaves the browser, on this device.
///
/// Browsers start this program themselves; people use the commands below.
#[derive(Debug, Parser)]
#[command(name = "promptgate", version, after_help = EXIT_HELP, arg_required_else_help = true)]
struct Cli {
    /// Machine-readable output: one JSON value, or one per line for lists.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lets the browsers of this machine start Promptgate.
    Install(install::Args),
    /// Takes away what `install` wrote.
    Uninstall(install::Args),
    /// Shows what is installed, connected and protected, and a fix for each fault.
    Doctor(doctor::Args),
    /// Writes the browsers' policies that put the extension on many machines and keep it there.
    Fleet(fleet::Args),
    /// Signs in at the organisation's provider.
    Login(identity::login::Args),
    /// Signs out, here and at the provider.
    Logout(identity::logout::Args),
    /// Shows who is at the keyboard.
    Whoami(identity::whoami::Args),
    /// Binds you to this device, after a sign-in as the settings ask.
    Enrol(identity::enrol::Args),
    /// Tries text, a file or recorded traffic against the policy; sends and records nothing.
    Scan(scan::Args),
    /// Guardrails: makes, checks, tries, signs, hands out.
    #[command(subcommand)]
    Policy(policy::Command),
    /// How risky this person's use of assistants is, and why.
    #[command(subcommand)]
    Risk(risk::Command),
    /// Shares risk with an identity provider (OpenID Shared Signals).
    #[command(subcommand)]
    Ssf(ssf::Command),
    /// Reads the record.
    #[command(subcommand)]
    Log(log::Command),
}

/// Parses and runs. `args` without the program's name.
pub(crate) fn run(args: Vec<OsString>, env: &Env) -> Exit {
    let name = OsString::from("promptgate");
    let cli = match Cli::try_parse_from(std::iter::once(name).chain(args)) {
        Ok(cli) => cli,
        Err(told) => {
            out::told(&told.render().to_string(), told.use_stderr());
            return if told.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let done = match cli.command {
        Command::Install(args) => install::install(&args, env, cli.json),
        Command::Uninstall(args) => install::uninstall(&args, env, cli.json),
        Command::Doctor(args) => doctor::run(&args, env, cli.json),
        Command::Fleet(args) => fleet::run(&args, cli.json),
        Command::Login(args) => identity::login::run(&args, env, cli.json),
        Command::Logout(args) => identity::logout::run(&args, env, cli.json),
        Command::Whoami(args) => identity::whoami::run(&args, env, cli.json),
        Command::Enrol(args) => identity::enrol::run(&args, env, cli.json),
        Command::Scan(args) => scan::run(&args, env, cli.json),
        Command::Policy(command) => policy::run(&command, env, cli.json),
        Command::Risk(command) => risk::run(&command, env, cli.json),
        Command::Ssf(command) => ssf::run(&command, env, cli.json),
        Command::Log(command) => log::run(&command, env, cli.json),
    };
    done.unwrap_or_else(|fault| {
        out::note(&format!("{fault:#}"));
        Exit::of(&fault)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
