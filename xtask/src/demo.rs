//! The product at work: builds everything, then hands over to the demo program, which starts the stand-in
//! sites, opens the browser, plays the prompts and prints the records.

use std::process::Command;

use anyhow::{Result, bail};

use crate::setup::{self, Needs, cargo_tools};
use crate::{build, paths, step};

/// `cargo xtask demo [--browser chromium|firefox|both]`
pub fn run(options: &[&str]) -> Result<()> {
    let browser = match options {
        [] => "chromium",
        ["--browser", browser @ ("chromium" | "firefox" | "both")] => browser,
        _ => bail!("demo takes --browser chromium, firefox or both"),
    };
    setup::all(Needs {
        chromium: browser != "firefox",
        firefox: browser != "chromium",
        linters: false,
        receivers: false,
    })?;
    let built = build::all(build::Profile::Dev)?;
    step::announce(&format!("demo in {browser}"));
    let mut demo = Command::new(paths::target().join("debug/demo"));
    demo.args(["--browser", browser, "--out"]).arg(paths::target().join("demo"));
    environment(&mut demo, &built)?;
    let status = demo.current_dir(paths::root()).status()?;
    if !status.success() {
        bail!("the demo ended with {status}");
    }
    Ok(())
}

/// What programs that drive browsers are told.
pub fn environment(command: &mut Command, built: &build::Built) -> Result<()> {
    command.env("PROMPTGATE_BIN", &built.host);
    command.env("PROMPTGATE_EXTENSION", &built.extensions);
    command.env("PROMPTGATE_GECKODRIVER", cargo_tools::GECKODRIVER.path()?);
    Ok(())
}
