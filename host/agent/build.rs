//! Puts the opener of sealed text into the program: the folder that `PROMPTGATE_OPENER` names (`cargo xtask build
//! --release` makes it), or nothing.

use std::path::PathBuf;
use std::{env, fs, io};

/// What the folder holds.
const FILES: [&str; 2] = ["opener.js", "opener_bg.wasm"];

fn main() -> io::Result<()> {
    const VARIABLE: &str = "PROMPTGATE_OPENER";
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let folder = env::var_os(VARIABLE).map(PathBuf::from);
    for name in FILES {
        let bytes = match &folder {
            None => Vec::new(),
            Some(folder) => {
                println!("cargo::rerun-if-changed={}", folder.join(name).display());
                fs::read(folder.join(name))?
            }
        };
        fs::write(out.join(name), bytes)?;
    }
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
