//! `policy check`: what is wrong with a bundle folder, or with one file, as a compiler says it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_policy::{Policy, Problem};
use serde_json::json;
use shared_protocol::Mode;

use super::folder::Folder;
use super::looked::Looked;
use super::shown;
use crate::exit::Exit;
use crate::out;

/// What to check.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A bundle folder, or a file of one; a Cedar file may also stand alone.
    #[arg(value_name = "DIR|FILE")]
    place: PathBuf,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    if args.place.is_dir() {
        let folder = Folder::read(&args.place)?;
        let looked = Looked::at(&folder);
        return Ok(told(&looked.problems, &folder, &args.place, json));
    }
    match Folder::around(&args.place) {
        // The whole is checked, since one file speaks of others; what is told is this file's.
        Some((root, inside)) => {
            let folder = Folder::read(&root)?;
            let mut problems = Looked::at(&folder).problems;
            problems.retain(|problem| problem.file == inside);
            Ok(told(&problems, &folder, &root, json))
        }
        None if args.place.extension().is_some_and(|ending| ending == "cedar") => alone(&args.place, json),
        None => bail!(
            "{} is neither a bundle folder nor a file in one (its bundle.toml says which is one); only a Cedar file may \
             stand alone",
            args.place.display()
        ),
    }
}

/// A policy file outside of any folder.
fn alone(path: &Path, json: bool) -> Result<Exit> {
    let text = fs::read_to_string(path).with_context(|| {
        format!("{} cannot be read; name a bundle folder or a file of one", path.display())
    })?;
    let problems = match Policy::parse(&text, Mode::Enforce) {
        Ok(policy) => policy.warnings().to_vec(),
        Err(fault) => fault.problems,
    };
    if !json {
        shown::show(&problems, |_| path.display().to_string(), |_| &text);
    }
    Ok(ended(&problems, &path.display().to_string(), json))
}

fn told(problems: &[Problem], folder: &Folder, root: &Path, json: bool) -> Exit {
    if !json {
        shown::show(problems, |file| root.join(file).display().to_string(), |file| folder.text(file));
    }
    ended(problems, &root.display().to_string(), json)
}

fn ended(problems: &[Problem], place: &str, json: bool) -> Exit {
    let (errors, warnings) = shown::counted(problems);
    if json {
        let told = json!({
            "ok": errors == 0, "errors": errors, "warnings": warnings, "problems": shown::json(problems),
        });
        out::line(&told.to_string());
    } else if problems.is_empty() {
        out::line(&format!("{place}: nothing is wrong"));
    } else {
        out::line(&format!("{place}: {}", shown::sum(problems)));
    }
    if errors == 0 { Exit::Done } else { Exit::Fault }
}
