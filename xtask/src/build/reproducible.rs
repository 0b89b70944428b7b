//! Compiled files that say nothing of where they were compiled: every place of this machine stands under a name that is
//! the same on each.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{paths, step};

/// Places of this machine that end up in panics and assertions, and what stands for them. The last that fits counts.
pub fn places() -> Result<Vec<(PathBuf, String)>> {
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from);
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(home?.join(".cargo")));
    let cargo = cargo.context("neither CARGO_HOME nor HOME is set")?;
    let mut places = vec![(cargo.clone(), "cargo".to_owned())];
    // The folder's name says which mirror the crates came from.
    for folder in std::fs::read_dir(cargo.join("registry/src")).into_iter().flatten() {
        places.push((folder?.path(), "crates".to_owned()));
    }
    let sysroot =
        step::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(paths::root()))?;
    places.push((PathBuf::from(sysroot.trim()), "rust".to_owned()));
    places.push((paths::root(), "promptgate".to_owned()));
    if !paths::target().starts_with(paths::root()) {
        places.push((paths::target(), "promptgate/target".to_owned()));
    }
    Ok(places)
}

/// Tells rustc, with these flags besides, and the C compilers that crates call.
pub fn set(cargo: &mut Command, also: &[&str]) -> Result<()> {
    // What is not there yet has no folder to be named.
    step::run("fetching crates", paths::cargo().args(["fetch", "--locked", "--quiet"]))?;
    let places = places()?;
    let mut rust: Vec<String> = match env::var("CARGO_ENCODED_RUSTFLAGS") {
        Ok(flags) => flags.split('\x1f').map(str::to_owned).collect(),
        Err(_) => env::var("RUSTFLAGS").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    };
    let map = |(place, name): &(PathBuf, String)| format!("{}={name}", Path::display(place));
    rust.extend(places.iter().map(|place| format!("--remap-path-prefix={}", map(place))));
    rust.extend(also.iter().map(|flag| (*flag).to_owned()));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\x1f"));
    for name in ["CFLAGS", "CXXFLAGS"] {
        let mut flags: Vec<String> = env::var(name).ok().into_iter().collect();
        flags.extend(places.iter().map(|place| format!("-ffile-prefix-map={}", map(place))));
        cargo.env(name, flags.join(" "));
    }
    Ok(())
}
