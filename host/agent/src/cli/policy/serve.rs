//! `policy serve`: a small server for bundles: whole answers with an ETag, and answers that wait for the next one.
//!
//! INVARIANT: an archive is served as it lies there, and only whole: one that opens with a trusted key, or, where none is
//! named, one that looks the same twice. Until then the last one stands.
//! INVARIANT: what is put here is opened with the configured keys first; nobody writes without the second token.
//! It changes and signs nothing, and knows no person.

mod answer;
mod door;
mod shelf;
mod socket;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use host_policy::bundle::PublicKey;
use serde_json::json;
use zeroize::Zeroizing;

use self::door::Door;
use self::shelf::Shelf;
use crate::exit::Exit;
use crate::out;

/// Fewest characters of a token.
const SHORTEST: usize = 16;

/// What, where, and for whom.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// One archive, or a folder: every *.tar.gz in it is served under its name.
    #[arg(value_name = "DIR|BUNDLE")]
    place: PathBuf,
    /// Where to listen. Off this machine only with a certificate.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8181")]
    listen: SocketAddr,
    /// The server's certificate with its chain, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A file with the token that machines show to read.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A file with another token: who shows it may put a bundle here, if one of the --trust keys signed it.
    #[arg(long, value_name = "FILE", requires = "trust")]
    write_token_file: Option<PathBuf>,
    /// A bundle that none of these keys signed is neither taken nor served; may be given several times.
    #[arg(long, value_name = "KEY")]
    trust: Vec<PublicKey>,
}

pub(super) fn run(args: &Args, json: bool) -> Result<Exit> {
    let read = args.token_file.as_deref().map(token).transpose()?;
    let write = args.write_token_file.as_deref().map(token).transpose()?;
    if write.is_some()
        && read.as_ref().map(|token| token.as_str()) == write.as_ref().map(|token| token.as_str())
    {
        bail!("the token for writing is that for reading: every machine could write; make another one");
    }
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => Some(tls::acceptor(certificate, key)?),
        _ => None,
    };
    if tls.is_none() && !args.listen.ip().is_loopback() {
        bail!(
            "{} can be reached from outside: add --tls-cert and --tls-key, or listen on 127.0.0.1 behind a server that \
             speaks TLS",
            args.listen
        );
    }
    let shelf = Arc::new(Shelf::open(&args.place, args.trust.clone())?);
    let door = Arc::new(Door::new(read, write));
    let scheme = if tls.is_some() { "https" } else { "http" };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = socket::bind(args.listen).await?;
        let address = listener.local_addr().context("the port is not known")?;
        let told = Told { base: format!("{scheme}://{address}"), json };
        told.begin(&shelf);
        shelf.watch(move |change| told.change(change));
        socket::until_interrupted(listener, tls, shelf, door).await?;
        Ok(Exit::Done)
    })
}

/// A token in a file, on its first line.
pub(super) fn token(path: &Path) -> Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.with_context(|| format!("the token in {} cannot be read", path.display()))?;
    let token = Zeroizing::new(text.lines().next().unwrap_or_default().trim().to_owned());
    if token.chars().count() < SHORTEST || !token.chars().all(|char| char.is_ascii_graphic()) {
        return Err(anyhow!(
            "the token in {} has {SHORTEST} letters and digits or more, without spaces, on its first line",
            path.display()
        ));
    }
    Ok(token)
}

/// What whoever started it sees.
struct Told {
    base: String,
    json: bool,
}

impl Told {
    fn begin(&self, shelf: &Shelf) {
        if self.json {
            out::line(&json!({ "address": self.base }).to_string());
        } else {
            out::line(&format!("{}: Ctrl-C ends it", self.base));
        }
        for change in shelf.now() {
            self.change(&change);
        }
    }

    fn change(&self, change: &shelf::Change) {
        let shelf::Change { name, tag, refused } = change;
        let address = format!("{}/{name}", self.base);
        if self.json {
            out::line(&json!({ "address": address, "etag": tag, "refused": refused }).to_string());
            return;
        }
        match (tag, refused) {
            (_, Some(why)) => out::note(&format!("{address}: what lies there is not served: {why}")),
            (Some(tag), None) => {
                out::line(&format!("{address} is {tag}"));
            }
            (None, None) => out::note(&format!("{address} is gone")),
        }
    }
}
