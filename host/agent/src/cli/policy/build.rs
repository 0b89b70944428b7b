//! `policy build`: a folder becomes a signed archive.
//!
//! INVARIANT: the same files, sheet, version, moment and key give the same bytes. What `check` refuses is not built.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_policy::bundle::{self, Manifest, Signer};
use jiff::{Timestamp, Zoned};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::folder::{Folder, SCHEMA};
use super::looked::Looked;
use super::{place, signing, test};
use crate::cli::log::filter;
use crate::cli::table;
use crate::exit::Exit;
use crate::native::now;
use crate::out;

/// What to build.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The bundle folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The archive.
    #[arg(short, long, value_name = "FILE", default_value = "bundle.tar.gz")]
    out: PathBuf,
    #[command(flatten)]
    key: signing::Given,
    /// Its version, in place of that of bundle.toml. It never goes back.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    version: Option<u64>,
    /// When it was issued, in place of now: a time, for an archive that comes out the same again.
    #[arg(long, value_name = "WHEN")]
    issued: Option<String>,
    /// Nothing acts, all is recorded as it would be: to switch every machine to watching.
    #[arg(long)]
    monitor: bool,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    let folder = Folder::read(&args.folder)?;
    let looked = Looked::at(&folder);
    if looked.is_refused() {
        return Ok(test::refused(&looked, &folder, json));
    }
    let Some(sheet) = looked.sheet else { bail!("there is no bundle.toml in {}", args.folder.display()) };
    let Some(version) = args.version.or(sheet.version) else {
        bail!("which version is this? Add --version NUMBER, or `version = NUMBER` to bundle.toml");
    };
    let issued = match &args.issued {
        Some(when) => filter::time(when, &Zoned::now())?,
        None => now(),
    };
    let mut manifest = sheet.manifest(version, i64::try_from(issued / 1_000).unwrap_or(i64::MAX));
    manifest.monitor |= args.monitor;
    let signer = args.key.open()?;
    let mut files = folder.files;
    // For editors; the program has its own.
    files.remove(SCHEMA);
    let archive = bundle::build(&files, &manifest, signer.as_ref())?;
    place::replace(&args.out, &archive)
        .with_context(|| format!("{} cannot be written", args.out.display()))?;
    tell(args, &files, &manifest, signer.as_ref(), &archive, json);
    Ok(Exit::Done)
}

fn tell(
    args: &Args,
    files: &bundle::Files,
    manifest: &Manifest,
    signer: &dyn Signer,
    archive: &[u8],
    json: bool,
) {
    let digest = digest(archive);
    if json {
        let sizes: serde_json::Map<_, _> =
            files.iter().map(|(path, bytes)| (path.clone(), bytes.len().into())).collect();
        let told = json!({
            "file": args.out.display().to_string(), "digest": digest, "bytes": archive.len(),
            "name": manifest.name, "version": manifest.version, "audience": manifest.audience,
            "issued": manifest.issued, "expires": manifest.expires, "monitor": manifest.monitor,
            "key_id": signer.key().id(), "files": sizes,
        });
        out::line(&told.to_string());
        return;
    }
    for line in [
        format!("bundle   {} {}", manifest.name, manifest.version),
        format!("file     {} ({} bytes)", args.out.display(), archive.len()),
        format!("digest   {digest}"),
        format!("signed   by key {}", signer.key().id()),
        format!("expires  {}", day(manifest.expires)),
    ] {
        out::line(&line);
    }
    if let Some(audience) = &manifest.audience {
        out::line(&format!("for      machines whose settings name the audience `{audience}`"));
    }
    if manifest.monitor {
        out::line("mode     monitor: nothing acts, all is recorded as it would be");
    }
    let rows: Vec<_> =
        files.iter().map(|(path, bytes)| vec![bytes.len().to_string(), path.clone()]).collect();
    out::line("");
    table::align(&["BYTES", "FILE"], &rows).iter().for_each(|line| {
        out::line(line);
    });
}

/// `sha256:…` of the whole archive.
pub(super) fn digest(archive: &[u8]) -> String {
    let hash: String = Sha256::digest(archive).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hash}")
}

/// A moment in unix seconds, to the day, in UTC.
pub(super) fn day(at: i64) -> String {
    Timestamp::from_second(at).map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// The archive in a file, bounded.
pub(super) fn archive(path: &Path) -> Result<Vec<u8>> {
    let length = std::fs::metadata(path)
        .with_context(|| format!("{} cannot be read; `promptgate policy build` makes one", path.display()))?
        .len();
    let most = u64::try_from(bundle::MAX_ARCHIVE).unwrap_or(u64::MAX);
    if length > most {
        bail!("{} has {length} bytes; a bundle has {most} at most", path.display());
    }
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        bail!("{} is no bundle; `promptgate policy build` makes one", path.display());
    }
    Ok(bytes)
}
