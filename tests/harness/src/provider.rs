//! The certified provider `oidc-provider` in a process of its own, whose forms a person fills in.
//!
//! Its script is the one of the host's own tests; certificates are made anew for each start.

use anyhow::{Context, Result, ensure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Where the set-up installs it, in the folder of tools.
const MODULE: &str = "oidc-provider-8.8.1/node_modules/oidc-provider/lib/index.js";

/// It runs until it is dropped.
pub struct Provider {
    child: Child,
    folder: TempDir,
    issuer: String,
}

impl Provider {
    /// Starts it; `None`, with a word, where the set-up did not install it.
    pub fn start() -> Result<Option<Provider>> {
        let cache = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/promptgate/tools"));
        let tools = env::var_os("PROMPTGATE_TOOLS").map(PathBuf::from);
        let Some(module) = tools.clone().or_else(cache).map(|tools| tools.join(MODULE)) else {
            return Ok(None);
        };
        if !module.is_file() {
            ensure!(tools.is_none(), "{} is missing, which the set-up installs", module.display());
            eprintln!("SKIPPED: {MODULE} is missing; `cargo xtask test` installs it");
            return Ok(None);
        }
        let folder = tempfile::Builder::new().prefix("promptgate-provider-").tempdir()?;
        certify(folder.path())?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/agent/tests/provider.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(module)
            .args([folder.path().join("certificate.pem"), folder.path().join("key.pem")])
            .arg("{}")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("node does not start")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        ensure!(line.starts_with("https://"), "the provider does not start");
        Ok(Some(Provider { child, folder, issuer: line.trim().to_owned() }))
    }

    /// The lines for a machine's settings, with more of `[identity…]`.
    pub fn settings(&self, more: &str) -> String {
        let ca = self.folder.path().join("ca.pem");
        format!(
            "[identity]\nissuer = \"{}\"\nclient_id = \"promptgate\"\nca = \"{}\"\nkey_store = \"file\"\n\
             scopes = [\"profile\", \"email\", \"groups\", \"offline_access\"]\n{more}\n",
            self.issuer,
            ca.display()
        )
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// An authority and a leaf for this machine's own name, as PEM files.
fn certify(folder: &Path) -> Result<()> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &authority)?;
    fs::write(folder.join("ca.pem"), authority.pem())?;
    fs::write(folder.join("certificate.pem"), leaf.pem())?;
    Ok(fs::write(folder.join("key.pem"), key.serialize_pem())?)
}
