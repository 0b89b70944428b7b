//! The crates that are in a shipped thing: those that are linked into it on its system, and nothing that only builds or
//! tests it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{paths, step};

/// A name and a version.
pub type Id = (String, String);

/// One crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crate {
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// What it says of itself.
    pub description: String,
    /// Where its source is kept.
    pub repository: Option<String>,
    /// SHA-256 of its package, where it comes from a registry. Ours do not.
    pub package_hash: Option<String>,
    /// The folder of its source.
    pub folder: PathBuf,
    /// What it is linked with.
    pub uses: BTreeSet<Id>,
}

/// A shipped thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crates {
    /// Which of them is the thing itself.
    pub root: Id,
    /// All of them.
    pub all: BTreeMap<Id, Crate>,
}

impl Crates {
    /// Those of one of our packages on a target.
    pub fn of(package: &str, target: &str) -> Result<Self> {
        let mut tree = paths::cargo();
        tree.args(["tree", "--locked", "--package", package, "--target", target]);
        tree.args(["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "\t{p}"]);
        let (root, edges) = read_tree(&step::output(&mut tree)?)?;
        let mut metadata = paths::cargo();
        metadata.args(["metadata", "--locked", "--format-version", "1", "--filter-platform", target]);
        let metadata: Value = serde_json::from_str(&step::output(&mut metadata)?)?;
        let hashes = package_hashes()?;
        let mut all = BTreeMap::new();
        for package in metadata["packages"].as_array().into_iter().flatten() {
            let text = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
            let id = (text("name"), text("version"));
            let Some(uses) = edges.get(&id) else { continue };
            let folder = PathBuf::from(text("manifest_path"));
            let found = Crate {
                licence: expression(&text("license")),
                description: text("description").split_whitespace().collect::<Vec<_>>().join(" "),
                repository: package["repository"].as_str().map(str::to_owned),
                package_hash: hashes.get(&id).cloned(),
                folder: folder.parent().map(PathBuf::from).unwrap_or_default(),
                uses: uses.clone(),
            };
            all.insert(id, found);
        }
        for id in edges.keys() {
            all.get(id).with_context(|| format!("cargo metadata does not know {} {}", id.0, id.1))?;
        }
        Ok(Self { root, all })
    }
}

/// `DEPTH\tNAME vVERSION (where, or that it stood here before)`, and a crate below the last line of less depth.
fn read_tree(text: &str) -> Result<(Id, BTreeMap<Id, BTreeSet<Id>>)> {
    let mut edges: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let parts = line.split_once('\t').and_then(|(depth, rest)| {
            let mut words = rest.split(' ');
            let id = (words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned());
            Some((depth.parse::<usize>().ok()?, id))
        });
        let (depth, id) = parts.with_context(|| format!("cargo tree printed `{line}`"))?;
        above.truncate(depth);
        if let Some(user) = above.last() {
            edges.entry(user.clone()).or_default().insert(id.clone());
        }
        edges.entry(id.clone()).or_default();
        above.push(id);
    }
    let root = above.into_iter().next().context("cargo tree printed nothing")?;
    Ok((root, edges))
}

/// Older crates write `MIT/Apache-2.0`.
fn expression(licence: &str) -> String {
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

/// What the lock file says.
fn package_hashes() -> Result<BTreeMap<Id, String>> {
    let lock: toml::Table = std::fs::read_to_string(paths::root().join("Cargo.lock"))?.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    Ok(packages
        .filter_map(|package| {
            let text = |name: &str| Some(package.get(name)?.as_str()?.to_owned());
            Some(((text("name")?, text("version")?), text("checksum")?))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{expression, read_tree};

    fn id(name: &str) -> (String, String) {
        (name.to_owned(), "1.0.0".to_owned())
    }

    #[test]
    fn a_tree_becomes_edges() {
        let text = "0\ta v1.0.0 (/x y)\n1\tb v1.0.0\n2\tc v1.0.0\n1\tc v1.0.0 (*)\n";
        let (root, edges) = read_tree(text).unwrap();
        assert_eq!(root, id("a"));
        assert_eq!(edges[&id("a")], [id("b"), id("c")].into());
        assert_eq!(edges[&id("b")], [id("c")].into());
        assert!(edges[&id("c")].is_empty());
        assert!(read_tree("").is_err() && read_tree("x\ty").is_err());
    }

    #[test]
    fn old_licences_are_expressions() {
        assert_eq!(expression("MIT/Apache-2.0"), "MIT OR Apache-2.0");
        assert_eq!(expression("MIT AND ISC"), "MIT AND ISC");
    }
}
