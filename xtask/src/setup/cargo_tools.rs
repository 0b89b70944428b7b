//! Programs that cargo builds from the registry into the cached tools folder, once.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::Cannot;
use crate::{paths, step};

/// One such program.
pub struct CargoTool {
    name: &'static str,
    version: &'static str,
    /// Features that are not on by themselves.
    features: &'static str,
    minutes: &'static str,
}

/// Firefox's WebDriver.
pub const GECKODRIVER: CargoTool =
    CargoTool { name: "geckodriver", version: "0.37.1", features: "", minutes: "1 to 3" };
/// Licences, duplicate and unwanted crates.
pub const CARGO_DENY: CargoTool =
    CargoTool { name: "cargo-deny", version: "0.20.2", features: "", minutes: "1 to 3" };
/// An S3-compatible store over a folder, which checks signatures.
pub const S3S_FS: CargoTool =
    CargoTool { name: "s3s-fs", version: "0.14.1", features: "binary", minutes: "1 to 2" };

impl CargoTool {
    /// A folder for each version, so that work trees of different age can share the cache.
    fn root(&self) -> Result<PathBuf> {
        Ok(paths::tools()?.join(format!("{}-{}", self.name, self.version)))
    }

    /// The program's path.
    pub fn path(&self) -> Result<PathBuf> {
        Ok(self.root()?.join("bin").join(self.name))
    }

    /// Builds it when it is missing.
    pub fn install(&self) -> Result<()> {
        if self.path()?.is_file() {
            return Ok(());
        }
        let Self { name, version, features, minutes } = self;
        let what = format!("building {name} {version}, once, {minutes} minutes on two cores");
        let mut cargo = paths::cargo();
        cargo.args(["install", "--quiet", "--locked", name, "--version", version, "--features", features]);
        quick_to_build(cargo.arg("--root").arg(self.root()?))?;
        step::run(&what, &mut cargo).map_err(|error| {
            Cannot(format!(
                "{name} {version} cannot be built here ({error}): install it and put it at {}",
                self.path().map(|path| path.display().to_string()).unwrap_or_default()
            ))
            .into()
        })
    }
}

/// Programs that run for seconds: what counts is how soon they are built. They share what they are built of, outside
/// the work tree.
pub fn quick_to_build(cargo: &mut Command) -> Result<()> {
    cargo.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    cargo.env("CARGO_TARGET_DIR", paths::tools()?.join("building"));
    Ok(())
}
