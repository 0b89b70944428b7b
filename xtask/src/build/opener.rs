//! The opener of the record's viewer: `shared/opener` to WASM, under `target/view`, from where a build for development
//! reads it and a release takes it in.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use super::Profile;
use crate::{paths, step};

/// Builds it; gives back the folder.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let wasm = super::wasm("shared-opener", profile)?;
    step::announce("the opener of the record's viewer");
    let out = paths::target().join("view");
    fs::create_dir_all(&out)?;
    super::bindgen(&wasm, &out, "opener")?;
    Ok(out)
}
