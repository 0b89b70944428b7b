//! `promptgate install` and `promptgate uninstall`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::Serialize;

use super::table;
use crate::browsers::{ROWS, Row, Scope};
use crate::exit::Exit;
use crate::install::{self, Done};
use crate::os::Env;
use crate::out;
use crate::settings::Configured;

/// Which browsers, and for whom.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which browser; `all` means those that are on this machine.
    #[arg(long, value_enum, default_value_t = Which::All)]
    browser: Which,
    /// For everybody on this machine (needs the rights to write there).
    #[arg(long)]
    system: bool,
    /// The root of a system that does not run yet, such as an image: the program that lies in it is the one to run.
    #[arg(long, requires = "system", value_name = "DIR")]
    root: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    Chrome,
    Chromium,
    Edge,
    Brave,
    Firefox,
    All,
}

#[derive(Serialize)]
struct Told {
    browser: &'static str,
    done: Done,
    manifest: Option<String>,
}

pub(super) fn install(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let env = &args.meant(env)?;
    let program = args.program()?;
    let development = Configured::load(env).extensions;
    let rows = args.rows(|| install::present(env));
    if rows.is_empty() {
        out::note("no browser found here; name one, such as `promptgate install --browser chromium`");
        return Ok(Exit::NotFound);
    }
    each(&rows, args, env, json, |row, scope| install::install(row, env, scope, &program, &development))
}

pub(super) fn uninstall(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let env = &args.meant(env)?;
    // Also for a browser that is gone: its manifest may have stayed.
    let rows = args.rows(|| ROWS.iter().collect());
    each(&rows, args, env, json, |row, scope| install::uninstall(row, env, scope))
}

impl Args {
    fn rows(&self, all: impl Fn() -> Vec<&'static Row>) -> Vec<&'static Row> {
        let name = match self.browser {
            Which::All => return all(),
            Which::Chrome => "chrome",
            Which::Chromium => "chromium",
            Which::Edge => "edge",
            Which::Brave => "brave",
            Which::Firefox => "firefox",
        };
        ROWS.iter().filter(|row| row.name == name).collect()
    }

    /// The environment of the system that is meant.
    fn meant(&self, env: &Env) -> Result<Env> {
        Ok(match self.root()? {
            None => env.clone(),
            Some(root) => env.clone().under(root),
        })
    }

    fn root(&self) -> Result<Option<PathBuf>> {
        let Some(root) = &self.root else { return Ok(None) };
        let found = root.canonicalize();
        Ok(Some(
            found.with_context(|| {
                format!("`{}`: name the folder that is the system's root", root.display())
            })?,
        ))
    }

    /// This program's path, as the system that is meant will know it.
    fn program(&self) -> Result<PathBuf> {
        let program = std::env::current_exe().context("this program's own path is not known")?;
        let Some(root) = self.root()? else { return Ok(program) };
        let inside = program.strip_prefix(&root).ok().with_context(|| {
            format!("this program does not lie in `{}`: run the one that does", root.display())
        })?;
        Ok(Path::new("/").join(inside))
    }

    fn scope(&self) -> Scope {
        if self.system { Scope::System } else { Scope::User }
    }
}

fn each(
    rows: &[&'static Row],
    args: &Args,
    env: &Env,
    json: bool,
    act: impl Fn(&Row, Scope) -> std::io::Result<Done>,
) -> Result<Exit> {
    let mut exit = Exit::Done;
    let mut told = Vec::new();
    for row in rows {
        let manifest = row.manifest(env, args.scope()).map(|path| path.display().to_string());
        match act(row, args.scope()) {
            Ok(done) => told.push(Told { browser: row.name, done, manifest }),
            Err(fault) => {
                let next = match fault.kind() {
                    ErrorKind::PermissionDenied if args.system => "; run it with the rights to write there",
                    ErrorKind::PermissionDenied => "; make that folder writable for this user",
                    _ => "",
                };
                let place = manifest.unwrap_or_default();
                out::note(&format!("{}: {place}: {fault}{next}", row.name));
                exit = Exit::Fault;
            }
        }
    }
    if json {
        out::line(&serde_json::to_string(&told)?);
    } else if !told.is_empty() {
        let cells = |told: &Told| {
            let word = serde_json::to_value(told.done).ok()?.as_str()?.to_owned();
            Some(vec![told.browser.to_owned(), word, told.manifest.clone().unwrap_or_default()])
        };
        let rows: Vec<_> = told.iter().filter_map(cells).collect();
        for line in table::align(&["BROWSER", "DONE", "MANIFEST"], &rows) {
            out::line(&line);
        }
    }
    Ok(exit)
}
