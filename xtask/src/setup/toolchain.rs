//! Rust's targets. rustup adds them from rust-toolchain.toml when it installs the toolchain, but not to a
//! toolchain that is already there.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::Cannot;
use crate::{paths, step};

/// What runs in the browser.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Windows, as far as it can be linked for elsewhere.
pub const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// Systems the host is type-checked for on every run and run on by hand, if at all.
pub const OTHER_SYSTEMS: [&str; 2] = ["aarch64-apple-darwin", WINDOWS];

/// Adds the target when it is missing.
pub fn target(name: &str) -> Result<()> {
    let sysroot =
        step::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(paths::root()))?;
    let libraries = std::path::Path::new(sysroot.trim()).join("lib/rustlib").join(name).join("lib");
    if libraries.is_dir() {
        return Ok(());
    }
    step::run(
        &format!("adding Rust's target {name}"),
        Command::new("rustup").args(["target", "add", name]).current_dir(paths::root()),
    )
    .map_err(|_| {
        Cannot(format!("Rust's {name} target is missing and rustup cannot add it: install Rust by rustup"))
            .into()
    })
}

/// The target of what runs here.
pub fn native() -> Result<String> {
    let version = step::output(Command::new("rustc").arg("-vV").current_dir(paths::root()))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what it runs on")
}
