//! `promptgate fleet`: the browsers' own policies that put the extension on every machine and keep it there, as files for
//! whoever hands them out.
//!
//! INVARIANT: writes below the folder that was named and nowhere else: who may set policies decides for whole machines.

mod apple;
pub(super) mod browser;
mod registry;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use self::browser::Extension;
use super::table;
use crate::browsers::ROWS;
use crate::exit::Exit;
use crate::origin::CHROMIUM_ID;
use crate::os::Os;
use crate::out;

/// Where to write, and what is handed out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to write into; made where it is not there.
    folder: PathBuf,
    /// Where the extension's files lie, such as `https://extensions.acme.example`: what
    /// `cargo xtask dist` made.
    #[arg(long, value_name = "URL", default_value = browser::SOURCE)]
    source: String,
    /// The id of the extension in Chrome, Chromium, Edge and Brave, where it is signed with a key of your own.
    #[arg(long, value_name = "ID", default_value = CHROMIUM_ID)]
    chromium_id: String,
    /// Leaves private windows open to who lets the extension into them, instead of closing them (Edge has no such
    /// policy: there they are left as they are).
    #[arg(long)]
    private_windows: bool,
}

/// One file, and what is done with it.
struct File {
    path: String,
    text: Vec<u8>,
    goes: String,
}

#[derive(Serialize)]
struct Told<'a> {
    file: &'a str,
    goes: &'a str,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    let is_id =
        args.chromium_id.len() == 32 && args.chromium_id.bytes().all(|byte| (b'a'..=b'p').contains(&byte));
    if !is_id {
        bail!(
            "`{}` is no extension id: 32 letters from a to p, as chrome://extensions shows",
            args.chromium_id
        );
    }
    let source = args.source.trim_end_matches('/');
    if !source.starts_with("https://") || source.contains(['"', '<', '>', '&', ' ', '\\']) {
        bail!("`{source}` is no address that browsers take an extension from: one that begins with https://");
    }
    let extension =
        Extension { source, chromium_id: &args.chromium_id, closes_private: !args.private_windows };
    let files = files(&extension);
    for file in &files {
        write(&args.folder.join(&file.path), &file.text)?;
    }
    if json {
        for File { path, goes, .. } in &files {
            out::line(&serde_json::to_string(&Told { file: path, goes })?);
        }
        return Ok(Exit::Done);
    }
    let rows: Vec<_> = files.iter().map(|file| vec![file.path.clone(), file.goes.clone()]).collect();
    table::align(&["FILE", "WHERE IT GOES"], &rows).iter().for_each(|line| {
        out::line(line);
    });
    out::line(&format!(
        "\nwritten into {}; README.txt there says what each switch closes",
        args.folder.display()
    ));
    if source == browser::SOURCE {
        out::line("the address in them is an example: name yours with --source, then write them anew");
    }
    Ok(Exit::Done)
}

fn files(extension: &Extension<'_>) -> Vec<File> {
    let mut files = Vec::new();
    for row in &ROWS {
        let place = browser::place(row.name, Os::Linux);
        let policy = extension.policy(row);
        let text = serde_json::to_string_pretty(&policy).unwrap_or_default() + "\n";
        files.push(File { path: format!("linux{place}"), text: text.into(), goes: place });
        files.push(File {
            path: format!("windows/{}.reg", row.name),
            text: registry::file(row, extension),
            goes: "group policy preferences, a script of Intune, or `reg import`".to_owned(),
        });
        files.push(File {
            path: format!("macos/{}.mobileconfig", row.name),
            text: apple::profile(row, extension).into(),
            goes: "Jamf or Intune: a custom configuration profile for computers".to_owned(),
        });
    }
    files.push(File {
        path: "windows/intune.json".to_owned(),
        text: registry::catalog(extension).into(),
        goes: "Intune: the settings catalogue, each value under its name".to_owned(),
    });
    let readme = include_str!("fleet/README.txt");
    files.push(File {
        path: "README.txt".to_owned(),
        text: readme.into(),
        goes: "read this first".to_owned(),
    });
    files
}

fn write(path: &Path, text: &[u8]) -> Result<()> {
    let folder = path.parent().context("no folder to write into")?;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
