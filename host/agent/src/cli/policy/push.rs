//! `policy push`: a bundle to where machines get it: a folder, a web server that takes PUT, an S3-compatible store.
//!
//! INVARIANT: a folder never holds half a bundle. What is no archive is not pushed; with `--trust` what those keys did not
//! sign is not either. The places do not trust each other: who gets a bundle checks it again.

mod s3;
mod web;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use host_policy::bundle::{self, PublicKey, Trust};
use serde_json::json;

use super::{build, place};
use crate::exit::Exit;
use crate::native::now;
use crate::os::Env;
use crate::out;

/// The name that machines look for in a folder.
const NAME: &str = "bundle.tar.gz";

/// What, and where to.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The archive.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// A folder, https://HOST/PATH, or s3://BUCKET/KEY.
    #[arg(value_name = "TO")]
    to: String,
    /// Refuses a bundle that none of these keys signed; may be given several times.
    #[arg(long, value_name = "KEY")]
    trust: Vec<PublicKey>,
    /// A file with the server's write token.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A PEM file of the authorities that count, in place of the system's.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// An HTTP proxy, in place of the environment's.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// The S3-compatible store; without it that of AWS in the region.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The store's region.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let archive = build::archive(&args.bundle)?;
    if !args.trust.is_empty() {
        let at = i64::try_from(now() / 1_000).unwrap_or(i64::MAX);
        let trust = Trust {
            keys: &args.trust,
            audience: None,
            agent: env!("CARGO_PKG_VERSION"),
            newest: None,
            now: at,
        };
        // An audience is the machines' business: whoever pushes for one names no other.
        bundle::open(&archive, &trust).map_err(|refused| {
            anyhow::anyhow!("{} was not pushed ({}): {refused}", args.bundle.display(), refused.code())
        })?;
    }
    let to = match args.to.as_str() {
        to if to.starts_with("s3://") => s3::put(args, to, &archive, env)?,
        to if to.starts_with("https://") || to.starts_with("http://") => web::put(args, to, &archive)?,
        to => folder(Path::new(to), &archive)?,
    };
    let digest = build::digest(&archive);
    if json {
        out::line(&json!({ "to": to, "bytes": archive.len(), "digest": digest }).to_string());
    } else {
        out::line(&format!("{digest} is at {to}"));
    }
    Ok(Exit::Done)
}

fn folder(to: &Path, archive: &[u8]) -> Result<String> {
    let file = if to.is_dir() { to.join(NAME) } else { to.to_owned() };
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_named = file.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".tar.gz"));
    if !parent.is_dir() || !is_named {
        bail!("{} is no folder; make it first, or name a file in a folder, such as {NAME}", to.display());
    }
    place::replace(&file, archive).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(file.display().to_string())
}
