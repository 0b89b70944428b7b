//! How good the classifier's model is: builds the measuring program and hands over to it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{paths, step};

/// `cargo xtask eval [--data DIR] [--json] [--wrong] [--custom] [--peers] [--only FAMILY|TOPIC|KIND]`
///
/// The options are the program's own. With data, the curves in `models/` are drawn anew. Peers are installed into the cached
/// tools folder.
pub fn run(options: &[&str]) -> Result<()> {
    if options.contains(&"--json") {
        step::keep_stdout();
    }
    let mut eval = Command::new("cargo");
    eval.current_dir(paths::root())
        .args(["run", "--release", "--quiet", "-p", "models-eval", "--"])
        .args(options);
    if options.contains(&"--peers") {
        step::announce("measuring; what others wrote is installed once, 8 GB, and asked, up to 20 minutes");
        eval.arg("--tools").arg(paths::tools()?);
    } else {
        step::announce("measuring; with data, eight models are trained, which takes a minute or two");
        if options.contains(&"--data") && !options.contains(&"--curves") && !options.contains(&"--only") {
            eval.args(["--curves", "models"]);
        }
    }
    let status = eval.status()?;
    if !status.success() {
        bail!("the measuring program ended with {status}");
    }
    Ok(())
}
