//! Builds the host and the extension's two folders, under target/.
//!
//! One source serves both browsers.

mod extension;
mod net;

use std::path::PathBuf;

use anyhow::Result;

pub use extension::folder as extension_folder;

use crate::{paths, setup, step};

/// All crates but this one, for cargo. One selection for every build and test: cargo builds a dependency again
/// for each selection that wants other features of it.
pub const EVERYTHING: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// How host and extension are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// As shipped.
    Release,
}

/// What was built.
pub struct Built {
    /// The host program.
    pub host: PathBuf,
    /// The folder with `chromium` and `firefox` in it.
    pub extensions: PathBuf,
}

/// The host and both extensions.
pub fn all(profile: Profile) -> Result<Built> {
    let host = host(profile)?;
    Ok(Built { host, extensions: extensions(profile)? })
}

/// The programs that drive browsers, quick to build; a development build of the host comes along.
pub fn programs() -> Result<()> {
    host(Profile::Dev).map(drop)
}

/// Both extensions; the folder they are in.
pub fn extensions(profile: Profile) -> Result<PathBuf> {
    setup::toolchain::target(setup::toolchain::WASM)?;
    extension::build(profile)
}

fn host(profile: Profile) -> Result<PathBuf> {
    let mut cargo = paths::cargo();
    cargo.args(["build", "--quiet"]);
    let folder = match profile {
        Profile::Dev => {
            cargo.args(EVERYTHING).arg("--bins");
            "debug"
        }
        Profile::Release => {
            cargo.args(["--package", "host-agent", "--release"]);
            "release"
        }
    };
    step::run("building the host", &mut cargo)?;
    Ok(paths::target().join(folder).join(format!("promptgate{}", std::env::consts::EXE_SUFFIX)))
}
