//! Builds the host with its viewer's opener, and the extension's two folders, under target/.
//!
//! One source serves both browsers.

mod extension;
mod opener;
pub mod reproducible;

use std::path::{Path, PathBuf};

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

pub use extension::folder as extension_folder;
#[cfg(test)]
pub use extension::manifest as extension_manifest;

use crate::{paths, setup, step};

/// All crates but this one, for cargo. One selection for every build and test: cargo builds a dependency again
/// for each selection that wants other features of it.
pub const EVERYTHING: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// What links for Windows elsewhere.
const MINGW: &str = "x86_64-w64-mingw32-gcc";

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

/// The host, the opener of its viewer, and both extensions.
pub fn all(profile: Profile) -> Result<Built> {
    setup::toolchain::target(setup::toolchain::WASM)?;
    let opener = opener::build(profile)?;
    let host = host(profile, &opener)?;
    Ok(Built { host, extensions: extensions(profile)? })
}

/// The host for Windows, as shipped, linked by mingw-w64.
pub fn for_windows() -> Result<PathBuf> {
    use setup::toolchain::WINDOWS;
    setup::toolchain::target(WINDOWS)?;
    if setup::system::find(MINGW).is_none() {
        let fix = "Debian has it in gcc-mingw-w64-x86-64";
        return Err(setup::Cannot(format!("{MINGW} links for Windows and is not here: {fix}")).into());
    }
    let opener = opener::build(Profile::Release)?;
    let mut cargo = paths::cargo();
    // A program for Windows holds the time of its linking, unless the linker is told otherwise.
    reproducible::set(&mut cargo, &["-Clink-arg=-Wl,--no-insert-timestamp"])?;
    cargo.args(["build", "--quiet", "--package", "host-agent", "--release", "--target", WINDOWS]);
    step::run("building the host for Windows", cargo.env("PROMPTGATE_OPENER", opener))?;
    Ok(paths::target().join(WINDOWS).join("release/promptgate.exe"))
}

/// The programs that drive browsers, quick to build; a development build of the host comes along.
pub fn programs() -> Result<()> {
    setup::toolchain::target(setup::toolchain::WASM)?;
    host(Profile::Dev, &opener::build(Profile::Dev)?).map(drop)
}

/// Both extensions; the folder they are in.
pub fn extensions(profile: Profile) -> Result<PathBuf> {
    setup::toolchain::target(setup::toolchain::WASM)?;
    extension::build(profile)
}

/// The WASM of one of our crates.
fn wasm(package: &str, profile: Profile) -> Result<PathBuf> {
    let mut cargo = paths::cargo();
    let profile = match profile {
        Profile::Dev => "wasm-dev",
        Profile::Release => {
            reproducible::set(&mut cargo, &[])?;
            "wasm"
        }
    };
    cargo.args(["build", "--quiet", "--package", package, "--target", "wasm32-unknown-unknown"]);
    step::run(&format!("building the WASM of {package}"), cargo.args(["--profile", profile]))?;
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(paths::target().join("wasm32-unknown-unknown").join(profile).join(file))
}

/// A WASM with the script that loads it, as `NAME.js` and `NAME_bg.wasm`.
fn bindgen(wasm: &Path, out: &Path, name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).web(true)?.typescript(false).out_name(name);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(out)
}

fn host(profile: Profile, opener: &Path) -> Result<PathBuf> {
    let mut cargo = paths::cargo();
    cargo.args(["build", "--quiet"]);
    let folder = match profile {
        Profile::Dev => {
            cargo.args(EVERYTHING).arg("--bins");
            "debug"
        }
        Profile::Release => {
            reproducible::set(&mut cargo, &[])?;
            // What is shipped has the opener inside; a build for development reads it from the target folder.
            cargo.args(["--package", "host-agent", "--release"]).env("PROMPTGATE_OPENER", opener);
            "release"
        }
    };
    step::run("building the host", &mut cargo)?;
    Ok(paths::target().join(folder).join(format!("promptgate{}", std::env::consts::EXE_SUFFIX)))
}
