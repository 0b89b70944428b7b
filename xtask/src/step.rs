//! Steps that a person can follow: what runs, how long it took, what it printed when it failed.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Says what comes next.
pub fn announce(what: &str) {
    println!("\n── {what}");
}

/// Runs a command with its output shown. Its failure is ours.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    announce(what);
    let started = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("{what}: {} ended with {status}", program(command));
    }
    println!("   {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// Runs a command and gives back what it printed on stdout.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", program(command)))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", program(command), output.status, stderr.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
