//! web-ext, the linter and packager of extensions: installed from its lock file into the cached tools folder,
//! driven by web-ext.config.js at the root.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::Cannot;
use crate::{build, paths, step};

const VERSION: &str = "9.4.0";

fn folder() -> Result<PathBuf> {
    Ok(paths::tools()?.join(format!("web-ext-{VERSION}")))
}

/// Installs it when it is missing.
pub fn install() -> Result<()> {
    let folder = folder()?;
    if folder.join("installed").is_file() {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        let from = paths::root().join("xtask/web-ext").join(file);
        fs::copy(&from, folder.join(file)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
    step::run(&format!("installing web-ext {VERSION} for Node.js, once"), &mut npm).map_err(|error| {
        anyhow::Error::from(Cannot(format!("web-ext {VERSION} cannot be installed here ({error})")))
    })?;
    // Written last: a broken installation is done again.
    fs::write(folder.join("installed"), VERSION)?;
    Ok(())
}

/// `node web-ext.config.js COMMAND` over the Firefox build.
pub fn command(command: &str) -> Result<Command> {
    let mut node = Command::new("node");
    node.arg("web-ext.config.js").arg(command).current_dir(paths::root());
    node.env("PROMPTGATE_WEB_EXT", folder()?.join("node_modules/web-ext/index.js"));
    node.env("PROMPTGATE_EXTENSION", build::extension_folder("firefox"));
    Ok(node)
}

/// Sets up, builds, and runs web-ext.
pub fn run(what: &str) -> Result<()> {
    super::all(super::Needs { chromium: false, firefox: what == "run", linters: true, receivers: false })?;
    build::all(build::Profile::Dev)?;
    step::run(&format!("web-ext {what}"), &mut command(what)?)
}
