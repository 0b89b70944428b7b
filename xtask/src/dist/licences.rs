//! The notices that the licences of linked crates want beside the program: every text once, under the names of the
//! crates that carry it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::crates::{Crates, Id};

/// How files with a licence or a notice begin.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// All notices as one text.
pub fn write(crates: &Crates) -> Result<String> {
    let foreign = crates.all.iter().filter(|(_, found)| found.package_hash.is_some());
    let mut list = String::new();
    let mut texts: BTreeMap<String, BTreeSet<&Id>> = BTreeMap::new();
    for (id, found) in foreign {
        let place = found.repository.as_deref().unwrap_or("crates.io");
        writeln!(list, "{} {}: {}; {place}", id.0, id.1, found.licence)?;
        let read = fs::read_dir(&found.folder);
        for entry in read.with_context(|| format!("the source of {} {}", id.0, id.1))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_uppercase();
            if !path.is_file() || !NAMES.iter().any(|begin| name.starts_with(begin)) {
                continue;
            }
            let text = String::from_utf8_lossy(&fs::read(&path)?).replace("\r\n", "\n");
            texts.entry(text.trim().to_owned()).or_default().insert(id);
        }
    }
    let mut whole = format!("Promptgate is linked with these crates:\n\n{list}");
    for (text, ids) in texts.iter().filter(|(text, _)| !text.is_empty()) {
        let names: Vec<String> = ids.iter().map(|(name, version)| format!("{name} {version}")).collect();
        write!(whole, "\n{}\n{}\n\n{text}\n", "-".repeat(80), names.join(", "))?;
    }
    Ok(whole)
}
