//! The wasm target. rustup adds it from rust-toolchain.toml when it installs the toolchain, but not to a
//! toolchain that is already there.

use std::process::Command;

use anyhow::Result;

use super::Cannot;
use crate::{paths, step};

const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target when it is missing.
pub fn wasm_target() -> Result<()> {
    let sysroot =
        step::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(paths::root()))?;
    let libraries = std::path::Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib");
    if libraries.is_dir() {
        return Ok(());
    }
    step::run(
        "adding Rust's wasm target",
        Command::new("rustup").args(["target", "add", TARGET]).current_dir(paths::root()),
    )
    .map_err(|_| {
        Cannot(format!("Rust's {TARGET} target is missing and rustup cannot add it: install Rust by rustup"))
            .into()
    })
}
