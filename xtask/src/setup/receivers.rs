//! Receivers and readers that others wrote, for the tests: of the record's sinks and exports rsyslog from the system's
//! packages, an OpenTelemetry collector, and a reader of Parquet for Node.js; of bundles a PKCS#11 token in software from
//! the system's packages, and an S3-compatible store; of pictures Tesseract from the system's packages; of people an OpenID Connect provider, of pages a checker of
//! accessibility, both for Node.js. What is no package
//! lies in the cached tools folder.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Cannot, cargo_tools, system};
use crate::{paths, step};

/// A small collector that speaks OTLP, as a wheel (Apache-2.0); its program needs nothing of Python.
const ROTEL: &str = "0.0.1a15";
/// A receiver of security events (Apache-2.0), with a cryptography of its own.
const EASYSSF: &str = "0.7.0";
/// A reader of Parquet without dependencies (MIT).
const HYPARQUET: Npm = Npm { name: "hyparquet", version: "1.33.0", what: "the reader" };
/// A checker of accessibility for pages (MPL-2.0).
const AXE_CORE: Npm = Npm { name: "axe-core", version: "4.14.1", what: "the checker" };
/// An OpenID Connect provider that is certified (MIT); the newest that runs on the Node.js 18 of Debian 12.
const OIDC_PROVIDER: Npm = Npm { name: "oidc-provider", version: "8.8.1", what: "the provider" };

/// A package for Node.js, from its lock file in `xtask/NAME`.
struct Npm {
    name: &'static str,
    version: &'static str,
    what: &'static str,
}

/// The system's packages that are not there.
pub fn missing() -> Vec<&'static str> {
    let is_file = |path: &str| PathBuf::from(path).is_file();
    let library = |name: &str| {
        let folders =
            ["/usr/lib/x86_64-linux-gnu/rsyslog", "/usr/lib/aarch64-linux-gnu/rsyslog", "/usr/lib/rsyslog"];
        folders.iter().any(|folder| is_file(&format!("{folder}/{name}")))
    };
    let mut missing = Vec::new();
    missing.extend((!is_file("/usr/sbin/rsyslogd")).then_some("rsyslog"));
    missing.extend((!library("lmnsd_ossl.so")).then_some("rsyslog-openssl"));
    missing.extend((!is_file("/usr/sbin/nginx")).then_some("nginx-light"));
    missing.extend((!is_file("/usr/bin/tesseract")).then_some("tesseract-ocr"));
    missing.extend((!is_file("/usr/bin/softhsm2-util")).then_some("softhsm2"));
    missing.extend(system::find("openssl").is_none().then_some("openssl"));
    missing.extend((!is_file("/usr/bin/python3")).then_some("python3"));
    missing.extend(system::find("pip3").is_none().then_some("python3-pip"));
    missing
}

/// Installs what is missing in the tools folder.
pub fn install() -> Result<()> {
    collector()?;
    HYPARQUET.install()?;
    OIDC_PROVIDER.install()?;
    AXE_CORE.install()?;
    events()?;
    cargo_tools::S3S_FS.install()
}

fn collector() -> Result<()> {
    let folder = paths::tools()?.join(format!("rotel-{ROTEL}"));
    if folder.join("installed").is_file() {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    let mut pip = Command::new("pip3");
    pip.args(["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check"]);
    pip.arg("--require-hashes").arg("--requirement").arg(paths::root().join("xtask/rotel/requirements.txt"));
    // The wheel is tagged for one Python, whose program it does not use.
    let platform = format!("manylinux_2_34_{}", std::env::consts::ARCH);
    pip.args([
        "--python-version",
        "311",
        "--implementation",
        "cp",
        "--abi",
        "cp311",
        "--platform",
        &platform,
    ]);
    pip.arg("--dest").arg(&folder);
    let cannot = |error: anyhow::Error| {
        anyhow::Error::from(Cannot(format!(
            "the OpenTelemetry collector rotel {ROTEL} cannot be installed here ({error})"
        )))
    };
    step::run(&format!("installing the collector rotel {ROTEL}, once"), &mut pip).map_err(cannot)?;
    let wheels = fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let wheel = wheels.into_iter().find(|path| path.extension().is_some_and(|end| end == "whl"));
    let mut unpack = Command::new("python3");
    unpack.args(["-m", "zipfile", "-e"]).arg(wheel.context("pip brought no wheel")?).arg(&folder);
    step::run("unpacking it", &mut unpack).map_err(cannot)?;
    let program = folder.join("rotel/rotel-agent");
    step::run("making it a program", Command::new("chmod").arg("+x").arg(program)).map_err(cannot)?;
    // Written last: a broken installation is done again.
    fs::write(folder.join("installed"), ROTEL)?;
    Ok(())
}

/// A receiver of security events, behind a few lines of ours (`tests/ssf-peer`).
fn events() -> Result<()> {
    let root = paths::tools()?.join(format!("ssf-peer-{EASYSSF}"));
    if root.join("bin/ssf-peer").is_file() {
        return Ok(());
    }
    let mut cargo = paths::cargo();
    cargo.args(["install", "--quiet", "--locked", "--path"]).arg(paths::root().join("tests/ssf-peer"));
    cargo_tools::quick_to_build(cargo.arg("--root").arg(&root))?;
    step::run(
        &format!("building the receiver easyssf-receiver {EASYSSF}, once, 2 to 3 minutes on two cores"),
        &mut cargo,
    )
    .map_err(|error| {
        anyhow::Error::from(Cannot(format!("easyssf-receiver {EASYSSF} cannot be built here ({error})")))
    })
}

impl Npm {
    fn install(&self) -> Result<()> {
        let Self { name, version, what } = self;
        let folder = paths::tools()?.join(format!("{name}-{version}"));
        if folder.join("installed").is_file() {
            return Ok(());
        }
        fs::create_dir_all(&folder)?;
        for file in ["package.json", "package-lock.json"] {
            let from = paths::root().join("xtask").join(name).join(file);
            fs::copy(&from, folder.join(file)).with_context(|| format!("cannot copy {}", from.display()))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder);
        step::run(&format!("installing {what} {name} {version} for Node.js, once"), &mut npm).map_err(
            |error| {
                anyhow::Error::from(Cannot(format!("{name} {version} cannot be installed here ({error})")))
            },
        )?;
        // Written last: a broken installation is done again.
        fs::write(folder.join("installed"), version)?;
        Ok(())
    }
}
