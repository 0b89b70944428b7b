//! Whether each browser finds this program.

use std::path::Path;

use super::{Check, State};
use crate::browsers::{Family, ROWS, Row, Scope};
use crate::install::{self, Manifest};
use crate::origin;
use crate::os::Env;

/// A check for each browser that is here or has a manifest.
pub(super) fn checks(env: &Env, program: &Path, development: &[String]) -> Vec<Check> {
    let mut checks: Vec<Check> =
        ROWS.iter().filter_map(|row| check(row, env, program, development)).collect();
    if checks.is_empty() {
        checks.extend(super::none_installed(env));
    }
    checks
}

fn check(row: &Row, env: &Env, program: &Path, development: &[String]) -> Option<Check> {
    let fix = format!("promptgate install --browser {}", row.name);
    let is_present = install::is_present(row, env);
    let mut fault = None;
    for scope in [Scope::User, Scope::System] {
        let Some(path) = row.manifest(env, scope) else { continue };
        match Manifest::read(&path) {
            Ok(None) => {}
            Ok(Some(manifest)) => match wrong(row, &manifest, program, development) {
                None => {
                    let what = format!("{} finds this program through {}", row.title, path.display());
                    return Some(Check::new(row.name, State::Ok, what));
                }
                // The person's manifest is the one the browser takes.
                Some(what) => {
                    fault = fault.or(Some(format!("{}: {what}", path.display())));
                }
            },
            Err(why) => fault = fault.or(Some(format!("{}: {}", path.display(), why.kind()))),
        }
    }
    match fault {
        Some(what) => Some(Check::wrong(row.name, what, fix)),
        None if is_present => {
            Some(Check::wrong(row.name, format!("{} is here and not protected", row.title), fix))
        }
        None => None,
    }
}

fn wrong(row: &Row, manifest: &Manifest, program: &Path, development: &[String]) -> Option<String> {
    if !manifest.path.is_file() {
        return Some(format!("names {}, which is not there", manifest.path.display()));
    }
    let is_this = match (manifest.path.canonicalize(), program.canonicalize()) {
        (Ok(named), Ok(this)) => named == this,
        _ => false,
    };
    if !is_this {
        return Some(format!("names another program, {}", manifest.path.display()));
    }
    let lacks = match row.family {
        Family::Chromium => {
            origin::chromium_origins(development).iter().any(|id| !manifest.allowed_origins.contains(id))
        }
        Family::Firefox => {
            origin::firefox_ids(development).iter().any(|id| !manifest.allowed_extensions.contains(id))
        }
    };
    lacks.then(|| "does not let the extension in".to_owned())
}
