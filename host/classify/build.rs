//! Lists the files under `detectors/`, so that adding a detector is adding its file. Sorted by path.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?).join("detectors");
    let mut files = Vec::new();
    for family in fs::read_dir(&root)? {
        for file in fs::read_dir(family?.path())? {
            files.push(file?.path());
        }
    }
    files.sort();
    let mut list = String::from("&[\n");
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
        writeln!(list, "    include_str!({:?}),", file.display().to_string()).map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    println!("cargo::rerun-if-changed=detectors");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("detectors.rs"), list)
}
