//! A bundle folder on disk: its files as they will be packed, and the sheet that says how.
//!
//! INVARIANT: a folder is read whole and once, so that what was checked is what is built. Links are refused: what they
//! lead to is nobody's file. It judges nothing that a file says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use host_policy::{Files, Problem, bundle};

use super::sources;

/// The sheet's name.
pub(crate) const SHEET: &str = "bundle.toml";
/// Written for editors, generated from the topics.
pub(crate) const SCHEMA: &str = "promptgate.cedarschema";

/// Deeper than any file of a bundle stands.
const DEPTH: u8 = 4;

/// A folder, read.
pub(crate) struct Folder {
    /// Where it is.
    pub(crate) root: PathBuf,
    /// Its files but the sheet.
    pub(crate) files: Files,
    /// The text of the sheet.
    pub(crate) sheet: Option<String>,
    /// The sheets of tables and fingerprints, which stay here: tables made of what they name are among `files` instead.
    pub(crate) sheets: BTreeMap<String, String>,
    /// What is wrong with those sheets and their sources.
    pub(crate) problems: Vec<Problem>,
}

impl Folder {
    /// Reads it.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        if !root.is_dir() {
            bail!("{} is no folder; `promptgate policy init {}` makes one", root.display(), root.display());
        }
        let mut files = Files::new();
        walk(root, "", DEPTH, &mut files)?;
        let sheet = files.remove(SHEET).map(String::from_utf8).transpose();
        let sheet = sheet.map_err(|_| anyhow!("{} is no text", root.join(SHEET).display()))?;
        let mut folder = Self { root: root.to_owned(), sheet, ..Self::of(files) };
        sources::compile(&mut folder)?;
        Ok(folder)
    }

    /// Files that came otherwise.
    pub(crate) fn of(files: Files) -> Self {
        let (root, sheets) = (PathBuf::new(), BTreeMap::new());
        Self { root, files, sheet: None, sheets, problems: Vec::new() }
    }

    /// The sheet that a table is made of.
    pub(crate) fn made_of(&self, table: &str) -> Option<&str> {
        let (folder, name) = table.split_once('/')?;
        let sheet = format!("{folder}/{}.toml", name.split('.').next()?);
        self.sheets.get_key_value(&sheet).map(|(path, _)| path.as_str())
    }

    /// The folder that a file belongs to, and its path in it.
    pub(crate) fn around(file: &Path) -> Option<(PathBuf, String)> {
        let whole = fs::canonicalize(file).ok()?;
        let root = whole.ancestors().skip(1).find(|folder| folder.join(SHEET).is_file())?;
        let inside = whole.strip_prefix(root).ok()?;
        let names: Option<Vec<&str>> = inside.iter().map(|name| name.to_str()).collect();
        Some((root.to_owned(), names?.join("/")))
    }

    /// The text of one of its files, for showing a line of it.
    pub(crate) fn text(&self, path: &str) -> &str {
        if path == SHEET {
            return self.sheet.as_deref().unwrap_or_default();
        }
        if let Some(sheet) = self.sheets.get(path) {
            return sheet;
        }
        self.files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Hidden files and built archives are no part of a folder: version control and editors leave the one, `build` the other.
fn is_part(name: &str) -> bool {
    !name.starts_with('.') && !name.ends_with('~') && !name.ends_with(".tar.gz")
}

fn walk(folder: &Path, below: &str, depth: u8, files: &mut Files) -> Result<()> {
    let cannot = |path: &Path| format!("{} cannot be read", path.display());
    let entries = fs::read_dir(folder).with_context(|| cannot(folder))?;
    for entry in entries {
        let entry = entry.with_context(|| cannot(folder))?;
        let place = entry.path();
        let name = entry.file_name();
        let name = name.to_str().with_context(|| format!("{} is no name in UTF-8", place.display()))?;
        if !is_part(name) {
            continue;
        }
        let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        let kind = entry.file_type().with_context(|| cannot(&place))?;
        if kind.is_symlink() {
            bail!("{} is a link: put the file itself there", place.display());
        }
        if kind.is_dir() {
            if depth == 0 {
                bail!("{} stands too deep: a bundle has folders of one level", place.display());
            }
            walk(&place, &path, depth - 1, files)?;
            continue;
        }
        if entry.metadata().with_context(|| cannot(&place))?.len()
            > u64::try_from(bundle::MAX_FILE).unwrap_or(u64::MAX)
        {
            bail!("{} is larger than a bundle may be", place.display());
        }
        files.insert(path, fs::read(&place).with_context(|| cannot(&place))?);
        if files.len() > bundle::MAX_MEMBERS {
            bail!(
                "{} holds more than {} files: name the folder of one bundle",
                folder.display(),
                bundle::MAX_MEMBERS
            );
        }
    }
    Ok(())
}
