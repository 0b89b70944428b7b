//! Where the built product and the browsers are, and what to do when they are not.

use crate::browser::Browser;
use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};

/// The native host's binary: `PROMPTGATE_BIN`, or the one in the target folder.
pub fn host() -> Result<PathBuf> {
    if let Some(path) = env::var_os("PROMPTGATE_BIN") {
        return existing(PathBuf::from(path), "PROMPTGATE_BIN");
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    let built = ["debug", "release"].map(|profile| target.join(profile).join("promptgate"));
    let Some(path) = built.into_iter().find(|path| path.is_file()) else {
        bail!("the native host is not built: run `cargo xtask test`, or set PROMPTGATE_BIN")
    };
    Ok(path)
}

/// The unpacked extension for a browser: `PROMPTGATE_EXTENSION` (a folder with one folder for each browser, or the
/// extension itself), or the one in the target folder.
pub fn extension(browser: Browser) -> Result<PathBuf> {
    let folder = match env::var_os("PROMPTGATE_EXTENSION") {
        Some(path) => PathBuf::from(path),
        None => workspace().join("target/extension"),
    };
    let places = [folder.join(browser.id()), folder];
    let Some(path) = places.into_iter().find(|path| path.join("manifest.json").is_file()) else {
        bail!("the extension for {browser} is not built: run `cargo xtask test`, or set PROMPTGATE_EXTENSION")
    };
    Ok(path)
}

/// A program: the one the environment variable names, else the first of `names` on the path.
pub(crate) fn tool(variable: &str, names: &[&str]) -> Result<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return existing(PathBuf::from(path), variable);
    }
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let Some(path) = places.into_iter().find(|path| path.is_file()) else {
        bail!("no {} found: run `cargo xtask test`, or set {variable}", names.join(" or "))
    };
    Ok(path)
}

fn existing(path: PathBuf, variable: &str) -> Result<PathBuf> {
    if path.exists() {
        return Ok(path);
    }
    bail!("{variable} names {}, which is not there: run `cargo xtask test`", path.display())
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}
