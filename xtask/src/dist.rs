//! What is given to people: packages of the extension and of the host, with checksums and bills of materials, under
//! target/dist/.
//!
//! INVARIANT: two builds of one commit give the same bytes. Every time is the commit's, every list is sorted, and no
//! path of the machine is in what was compiled (`build/reproducible.rs`); a file that holds one is refused.
//! It deliberately publishes nothing and makes no key.

mod archive;
mod chromium;
mod crates;
mod crx;
mod deb;
mod entries;
mod firefox;
mod host;
mod licences;
mod manifest;
mod options;
mod report;
mod sbom;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{build, paths, setup, step};
use crates::Crates;
use entries::Entries;
use options::Given;
pub use options::Options;
use report::Report;

/// What all artifacts of one release share.
pub struct Release {
    /// Of host and extension.
    version: String,
    /// The one time in all of them: the commit's.
    moment: Timestamp,
    /// Who answers for the package.
    maintainer: String,
    /// How hard to compress.
    level: Compression,
}

/// What was built.
pub struct Inputs {
    /// The extension's files.
    chromium: Entries,
    firefox: Entries,
    /// The host for this system, unless the extension alone is wanted.
    host: Option<Host>,
    /// The host for Windows, where it is asked for.
    windows: Option<Host>,
}

/// The host, and the texts that go along.
pub struct Host {
    /// The program.
    program: Vec<u8>,
    /// What it says of its commands.
    help: String,
    /// LICENSE and others, by name.
    papers: Vec<(&'static str, String)>,
    /// Notices of what is linked in.
    notices: String,
}

/// `cargo xtask dist [--extension | --windows] [--crx-key FILE] [--update-url BASE] [--signed-xpi FILE] [--maintainer WHO] [--json]`
pub fn run(options: &Options) -> Result<()> {
    if options.json {
        step::keep_stdout();
    }
    // What a person named is read before anything is built.
    let given = options.given()?;
    setup::toolchain::target(setup::toolchain::WASM)?;
    let release = Release {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        moment: moment()?,
        maintainer: options.maintainer.clone(),
        level: Compression::best(),
    };
    let (program, extensions) = if options.extension {
        (None, build::extensions(build::Profile::Release)?)
    } else {
        let built = build::all(build::Profile::Release)?;
        (Some(built.host), built.extensions)
    };
    step::announce("what is linked in");
    let extension = Crates::of("extension", setup::toolchain::WASM)?;
    let mut bills = vec![("promptgate-extension", extension.clone())];
    let mut host = None;
    if let Some(program) = &program {
        let linked = Crates::of("host-agent", &setup::toolchain::native()?)?;
        let help = step::output(Command::new(program).arg("--help"))?;
        host = Some(read_host(program, help, &linked)?);
        bills.push(("promptgate-host", linked));
    }
    let mut windows = None;
    if options.windows {
        let linked = Crates::of("host-agent", setup::toolchain::WINDOWS)?;
        // It cannot be asked what it says of itself, and Windows has no manual pages.
        windows = Some(read_host(&build::for_windows()?, String::new(), &linked)?);
        bills.push(("promptgate-host-windows", linked));
    }
    let [chromium, firefox] = read_extension(&extensions, &extension)?;
    let inputs = Inputs { chromium, firefox, host, windows };
    refuse_traces(&inputs)?;
    step::announce("packing");
    let mut report = Report::new(&release, &inputs)?;
    let mut files = pack(&inputs, &release, &given, &mut report)?;
    for (name, crates) in bills {
        let file = format!("{name}-{}.cdx.json", release.version);
        files.push((file, sbom::write(name, &crates, release.moment)?.into_bytes()));
    }
    write(files, &paths::target().join("dist"), &mut report)?;
    report.tell(options.json)
}

/// Every package of the extension and of the host.
fn pack(
    inputs: &Inputs,
    release: &Release,
    given: &Given,
    report: &mut Report,
) -> Result<Vec<(String, Vec<u8>)>> {
    let base = given.base.as_deref();
    let mut files = vec![chromium::zip(inputs, release)?];
    match &given.key {
        None => report.leave_out(&format!(
            "crx and update.xml: no key; `{}` makes one for `--crx-key`, and it has to be kept: its extension id follows from it.",
            crx::MAKE_A_KEY
        )),
        Some(key) => {
            files.extend(chromium::signed(inputs, release, key, base)?);
            report.extension_id(&key.extension_id()?);
        }
    }
    if base.is_none() {
        report.leave_out(
            "update.xml and updates.json: they name where the packages lie: `--update-url https://…`.",
        );
    }
    files.extend(firefox::pack(inputs, release, base, given.signed_xpi.as_deref())?);
    if let Some(host) = &inputs.host {
        files.push(host::tar_gz(host, release)?);
        if cfg!(target_os = "linux") {
            files.push(deb::pack(host, release)?);
            report.leave_out(
                "macOS: no archive; its program is linked with Apple's SDK, which is on macOS only.",
            );
        }
    }
    match &inputs.windows {
        Some(host) => files.push(host::windows_zip(host, release)?),
        None => report.leave_out("Windows: `--windows` builds its archive, with the linker of mingw-w64."),
    }
    Ok(files)
}

/// The folder holds this release and nothing of an older one.
fn write(mut files: Vec<(String, Vec<u8>)>, folder: &Path, report: &mut Report) -> Result<()> {
    files.sort();
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect();
    files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes)?;
        report.file(name, bytes);
    }
    Ok(())
}

/// A text of the work tree's root.
fn paper(name: &'static str) -> Result<(&'static str, String)> {
    Ok((name, fs::read_to_string(paths::root().join(name)).context(name)?))
}

fn read_host(program: &Path, help: String, crates: &Crates) -> Result<Host> {
    Ok(Host {
        program: fs::read(program)?,
        help,
        papers: vec![paper("CHANGELOG.md")?, paper("LICENSE")?, paper("README.md")?],
        notices: licences::write(crates)?,
    })
}

fn read_extension(folder: &Path, crates: &Crates) -> Result<[Entries; 2]> {
    let notices = licences::write(crates)?;
    let read = |form: &str| -> Result<Entries> {
        let mut entries = Entries::of_folder(&folder.join(form))?;
        entries.put("THIRD-PARTY.txt", notices.as_bytes());
        entries.put("LICENSE", paper("LICENSE")?.1);
        Ok(entries)
    };
    Ok([read("chromium")?, read("firefox")?])
}

/// The time of the commit, or what `SOURCE_DATE_EPOCH` says, as reproducible-builds.org has it.
fn moment() -> Result<Timestamp> {
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(said) => said,
        Err(_) => {
            let mut git = Command::new("git");
            git.current_dir(paths::root()).args(["log", "-1", "--format=%ct"]);
            step::output(&mut git).context("no commit to take the time from: set SOURCE_DATE_EPOCH")?
        }
    };
    let seconds = seconds.trim().parse().context("SOURCE_DATE_EPOCH is a number of seconds")?;
    Ok(Timestamp::from_second(seconds)?)
}

/// A path of this machine in a shipped file would differ on the next one, and is nobody's business.
fn refuse_traces(inputs: &Inputs) -> Result<()> {
    let files = [&inputs.chromium, &inputs.firefox].into_iter().flat_map(Entries::iter);
    let files = files.map(|(path, entry)| (path, entry.bytes.as_slice()));
    let hosts = [("promptgate", &inputs.host), ("promptgate.exe", &inputs.windows)].into_iter();
    let hosts = hosts.filter_map(|(name, host)| Some((name, host.as_ref()?.program.as_slice())));
    for (name, bytes) in files.chain(hosts) {
        for (place, _) in build::reproducible::places()? {
            let path = place.display().to_string();
            if let Some(at) = bytes.windows(path.len()).position(|window| window == path.as_bytes()) {
                let end = bytes.iter().skip(at).position(|byte| !(b'!'..=b'~').contains(byte)).unwrap_or(0);
                let found = String::from_utf8_lossy(&bytes[at..at + end.min(200)]).into_owned();
                bail!("{name} names a place of this machine: {found}");
            }
        }
    }
    Ok(())
}

/// In hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
