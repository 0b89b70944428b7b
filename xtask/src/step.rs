//! Steps that a person can follow: what runs, how long it took, what it printed when it failed.

use std::io::{self, Write as _};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Whether stdout is for a task's result alone.
static STDOUT_IS_KEPT: AtomicBool = AtomicBool::new(false);

/// From now on, what is told goes to stderr: a result that a program reads has stdout for itself.
pub fn keep_stdout() {
    STDOUT_IS_KEPT.store(true, Ordering::Relaxed);
}

/// Says what comes next.
pub fn announce(what: &str) {
    tell(&format!("\n── {what}"));
}

fn tell(line: &str) {
    if STDOUT_IS_KEPT.load(Ordering::Relaxed) {
        let _gone = writeln!(io::stderr(), "{line}");
    } else {
        println!("{line}");
    }
}

/// Runs a command with its output shown. Its failure is ours.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    announce(what);
    if STDOUT_IS_KEPT.load(Ordering::Relaxed) {
        command.stdout(io::stderr());
    }
    let started = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("{what}: {} ended with {status}", program(command));
    }
    tell(&format!("   {:.1} s", started.elapsed().as_secs_f32()));
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
