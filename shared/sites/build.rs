//! The sites' data as JSON for the program: a background that starts reads it while a request waits, and a reader of JSON
//! is there anyway and much shorter than one of TOML.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?).join("sites");
    let mut folders = fs::read_dir(&root)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    folders.sort();
    let mut sites = Vec::new();
    for file in folders.iter().map(|folder| folder.join("site.toml")) {
        let text = fs::read_to_string(&file)?;
        let told = |fault: toml::de::Error| io::Error::other(format!("{}: {fault}", file.display()));
        sites.push(toml::from_str::<serde_json::Value>(&text).map_err(told)?);
        println!("cargo::rerun-if-changed={}", file.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("sites.json"), serde_json::to_string(&sites)?)
}
