//! How good the classifier's model is: builds the measuring program and hands over to it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{paths, step};

/// `cargo xtask eval [--data DIR] [--json] [--wrong] [--custom] [--only FAMILY|TOPIC]`
///
/// The options are the program's own. With data, the curves in `models/` are drawn anew.
pub fn run(options: &[&str]) -> Result<()> {
    if options.contains(&"--json") {
        step::keep_stdout();
    }
    step::announce("measuring; with data, eight models are trained, which takes a minute or two");
    let mut eval = Command::new("cargo");
    eval.current_dir(paths::root())
        .args(["run", "--release", "--quiet", "-p", "models-eval", "--"])
        .args(options);
    if options.contains(&"--data") && !options.contains(&"--curves") && !options.contains(&"--only") {
        eval.args(["--curves", "models"]);
    }
    let status = eval.status()?;
    if !status.success() {
        bail!("the measuring program ended with {status}");
    }
    Ok(())
}
