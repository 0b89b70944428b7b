//! `policy init`: a bundle folder to begin with.
//!
//! INVARIANT: nothing that is there is written over. A folder that holds something already is left as it is, whole.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_policy::{Files, Pack, packs, schema_text};
use serde_json::json;
use shared_protocol::Topic;

use super::folder::{Folder, SCHEMA};
use super::looked::Looked;
use crate::exit::Exit;
use crate::out;

/// Where, and with what.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A folder that is new or empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What to begin with: starter, finance, healthcare, software, monitor-only.
    #[arg(long, default_value = "starter", value_parser = pack)]
    pack: Pack,
    /// Only writes the schema of a folder that is there again, with the topics it has now.
    #[arg(long = "schema", conflicts_with = "pack")]
    schema_only: bool,
}

fn pack(name: &str) -> Result<Pack, String> {
    packs().iter().find(|pack| pack.name == name).copied().ok_or_else(|| {
        let known: Vec<&str> = packs().iter().map(|pack| pack.name).collect();
        format!("there is no pack of this name; there are {}", known.join(", "))
    })
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    let root = &args.folder;
    if args.schema_only {
        return only_schema(root, json);
    }
    if root.symlink_metadata().is_ok() {
        let mut inside = fs::read_dir(root)
            .with_context(|| format!("{} is there and is no folder that can be read", root.display()))?;
        if inside.next().is_some() {
            bail!(
                "{} holds files already and stays as it is; name a folder that is new or empty",
                root.display()
            );
        }
    }
    let mut files = args.pack.files();
    write(root, &files)?;
    // The topics of the pack stand in the schema, so that an editor completes them.
    let schema = schema(root)?;
    let generated = Files::from([(SCHEMA.to_owned(), schema.into_bytes())]);
    write(root, &generated)?;
    files.extend(generated);
    if json {
        let told = json!({
            "folder": root.display().to_string(), "pack": args.pack.name,
            "files": files.keys().collect::<Vec<_>>(),
        });
        out::line(&told.to_string());
        return Ok(Exit::Done);
    }
    out::line(&format!("{} ({}): {}", root.display(), args.pack.name, args.pack.about));
    files.keys().for_each(|path| {
        out::line(&format!("  {path}"));
    });
    out::line("");
    out::line("Next: edit the policies, then");
    for step in ["check", "test"] {
        out::line(&format!("  promptgate policy {step} {}", root.display()));
    }
    out::line("  promptgate policy keygen");
    out::line(&format!(
        "  promptgate policy build {} --version 1 --key promptgate-policy.key -o bundle.tar.gz",
        root.display()
    ));
    Ok(Exit::Done)
}

/// Generated, so nobody's words are lost.
fn only_schema(root: &Path, json: bool) -> Result<Exit> {
    let text = schema(root)?;
    write(root, &Files::from([(SCHEMA.to_owned(), text.into_bytes())]))?;
    let place = root.join(SCHEMA).display().to_string();
    if json {
        out::line(&json!({ "folder": root.display().to_string(), "files": [SCHEMA] }).to_string());
    } else {
        out::line(&format!("{place} is written again"));
    }
    Ok(Exit::Done)
}

fn schema(root: &Path) -> Result<String> {
    let Some(guardrails) = Looked::at(&Folder::read(root)?).guardrails else {
        bail!("{} holds errors: `promptgate policy check {}` tells them", root.display(), root.display());
    };
    let topics = guardrails.topics;
    let names: Vec<String> = topics
        .into_keys()
        .filter_map(|topic| if let Topic::Custom(name) = topic { Some(name) } else { None })
        .collect();
    Ok(schema_text(names.iter().map(String::as_str)))
}

fn write(root: &Path, files: &Files) -> Result<()> {
    for (path, bytes) in files {
        let place = root.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        fs::write(&place, bytes).with_context(|| format!("{} cannot be written", place.display()))?;
    }
    Ok(())
}
