//! Puts the manifests where browsers look, and takes them away again.
//!
//! INVARIANT: a manifest is whole or not there (temporary file, then rename); doing it twice changes nothing;
//! taking away removes only a manifest that names our host.
//! It deliberately writes nothing but manifests and, on Windows, the keys that name them.

mod registry;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::browsers::{Family, ROWS, Row, Scope};
use crate::origin::{self, HOST_NAME};
use crate::os::Env;

/// A manifest of a native-messaging host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The host's name.
    pub(crate) name: String,
    /// For people.
    pub(crate) description: String,
    /// The program.
    pub(crate) path: PathBuf,
    /// Always `stdio`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Who may call, in the Chromium family.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed_origins: Vec<String>,
    /// Who may call, in Firefox.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed_extensions: Vec<String>,
}

impl Manifest {
    /// The manifest that lets our extension, and those under development, start `program`.
    pub(crate) fn new(family: Family, program: &Path, development: &[String]) -> Self {
        let (allowed_origins, allowed_extensions) = match family {
            Family::Chromium => (origin::chromium_origins(development), Vec::new()),
            Family::Firefox => (Vec::new(), origin::firefox_ids(development)),
        };
        Self {
            name: HOST_NAME.to_owned(),
            description: "Promptgate reads prompts on this device before they leave the browser".to_owned(),
            path: program.to_owned(),
            kind: "stdio".to_owned(),
            allowed_origins,
            allowed_extensions,
        }
    }

    /// Reads one; `None` when there is none.
    pub(crate) fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(fault) if matches!(fault.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// What was done for one browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Done {
    /// Written, or replaced by what should stand there.
    Written,
    /// It stood there already.
    Unchanged,
    /// Taken away.
    Removed,
    /// There was nothing to take away.
    Absent,
    /// A file that does not name our host: left alone.
    NotOurs,
    /// This browser has no such place on this system.
    NoPlace,
}

/// Whether this browser is on this machine.
pub(crate) fn is_present(row: &Row, env: &Env) -> bool {
    row.traces(env).iter().any(|path| path.exists())
        || row.program_key(env).is_some_and(|key| registry::exists(&key))
}

/// The browsers that are on this machine.
pub(crate) fn present(env: &Env) -> Vec<&'static Row> {
    ROWS.iter().filter(|row| is_present(row, env)).collect()
}

/// Installs for one browser.
pub(crate) fn install(
    row: &Row,
    env: &Env,
    scope: Scope,
    program: &Path,
    development: &[String],
) -> io::Result<Done> {
    let Some(path) = row.manifest(env, scope) else { return Ok(Done::NoPlace) };
    let manifest = Manifest::new(row.family, program, development);
    // A file that is no manifest is replaced: its name is ours.
    let is_same = Manifest::read(&path).ok().flatten().as_ref() == Some(&manifest);
    if !is_same {
        let mut text = serde_json::to_string_pretty(&manifest)?;
        text.push('\n');
        write_whole(&path, text.as_bytes())?;
    }
    let Some(key) = row.registry_key(env, scope) else {
        return Ok(if is_same { Done::Unchanged } else { Done::Written });
    };
    let pointed = registry::value(&key).is_some_and(|value| Path::new(&value) == path);
    if !pointed {
        registry::set(&key, &path)?;
    }
    Ok(if is_same && pointed { Done::Unchanged } else { Done::Written })
}

/// Takes away what [`install`] wrote for one browser.
pub(crate) fn uninstall(row: &Row, env: &Env, scope: Scope) -> io::Result<Done> {
    let Some(path) = row.manifest(env, scope) else { return Ok(Done::NoPlace) };
    if let Some(key) = row.registry_key(env, scope)
        && registry::value(&key).is_some_and(|value| Path::new(&value) == path)
    {
        registry::remove(&key)?;
    }
    match Manifest::read(&path) {
        Ok(None) => Ok(Done::Absent),
        Ok(Some(manifest)) if manifest.name == HOST_NAME => {
            fs::remove_file(&path)?;
            remove_empty_folders(&path, env);
            Ok(Done::Removed)
        }
        Ok(Some(_)) => Ok(Done::NotOurs),
        Err(fault) if fault.kind() == ErrorKind::PermissionDenied => Err(fault),
        Err(_) => Ok(Done::NotOurs),
    }
}

/// The folders that installing may have made: `remove_dir` takes empty ones only.
fn remove_empty_folders(path: &Path, env: &Env) {
    let keep = [
        env.config(),
        env.var("HOME").map(PathBuf::from),
        env.var("CHROME_CONFIG_HOME").map(PathBuf::from),
        // The system's own, although it is often empty.
        Some(env.system("/etc/opt")),
    ];
    for folder in path.ancestors().skip(1).take(3) {
        let is_kept = keep.iter().flatten().any(|kept| kept == folder);
        if is_kept || fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// Writes a file whole: readers see the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = folder.join(name);
    let written = File::create(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // Best effort: the first fault is the one to tell.
        let _left = fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
mod tests;
