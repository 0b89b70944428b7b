//! How fast the product is: builds it as it is shipped, then hands over to the measuring program, which drives the
//! real browsers with and without it. Measures only: nothing here fails because something is slow.

use std::process::Command;

use anyhow::{Result, bail};

use crate::setup::{self, Needs};
use crate::{build, demo, paths, step};

/// The program's word for options that it does not know; it has said so.
const USAGE_FAULT: i32 = 2;

/// What there is to say before anything is built.
const USAGE: &str =
    "usage: cargo xtask bench [--browser chromium|firefox|both] [--only NAME]... [--n N] [--json]
NAME: send, asleep, host-start, stream, load, memory, transport, push";

/// `cargo xtask bench [--browser chromium|firefox|both] [--only NAME]... [--n N] [--json]`
///
/// The options are the program's own; only what has to be set up is looked for here.
pub fn run(options: &[&str]) -> Result<()> {
    if options.contains(&"--help") {
        println!("{USAGE}");
        return Ok(());
    }
    if options.contains(&"--json") {
        step::keep_stdout();
    }
    let browser = options.iter().position(|word| *word == "--browser");
    let browser = browser.and_then(|at| options.get(at + 1)).copied().unwrap_or("both");
    let (chromium, firefox) = (browser != "firefox", browser != "chromium");
    setup::all(Needs { chromium, firefox, linters: false, receivers: false })?;
    build::programs()?;
    let built = build::all(build::Profile::Release)?;
    step::announce("measuring; all of it takes about an hour, on a machine that is left alone");
    let mut bench = Command::new(paths::target().join("debug/bench"));
    bench.args(options);
    demo::environment(&mut bench, &built)?;
    let status = bench.current_dir(paths::root()).status()?;
    match status.code() {
        Some(0) => Ok(()),
        Some(USAGE_FAULT) => Err(setup::Cannot("nothing was measured".to_owned()).into()),
        _ => bail!("the measuring program ended with {status}"),
    }
}
