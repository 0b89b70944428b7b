//! The host as a package for Debian and its relatives: an `ar` archive of two tars.
//!
//! The maintainer scripts beside this file tell every browser where the host is and take that back. INVARIANT: the
//! package holds no settings file, since a machine with one is managed; it leaves people's records alone unless the
//! administrator says otherwise before purging.

mod needs;

use std::fmt::Write as _;

use anyhow::{Result, bail};
use md5::{Digest as _, Md5};

use super::entries::Entries;
use super::{Host, Release, archive};

const DOC: &str = "usr/share/doc/promptgate";

/// In the form that machines read.
const COPYRIGHT: &str = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: promptgate
Comment: What the program is linked with, and under which terms, is in THIRD-PARTY.txt.gz.

Files: *
Copyright: the authors of Promptgate
License: Apache-2.0
 The whole text is in /usr/share/common-licenses/Apache-2.0.
";

/// What dpkg runs.
const SCRIPTS: [(&str, &str); 3] = [
    ("postinst", include_str!("deb/postinst")),
    ("postrm", include_str!("deb/postrm")),
    ("prerm", include_str!("deb/prerm")),
];

/// The package.
pub fn pack(host: &Host, release: &Release) -> Result<(String, Vec<u8>)> {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => bail!("Debian's name for {other} is not known here"),
    };
    let data = data(host, release)?;
    let control = control_archive(&data, &control(&data, host, release, machine)?, release)?;
    let mut package = ar::Builder::new(Vec::new());
    let members = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", control),
        ("data.tar.gz", archive::tar_gz(&data, release)?),
    ];
    for (name, bytes) in members {
        let mut header = ar::Header::new(name.into(), bytes.len().try_into()?);
        header.set_mode(0o100_644);
        header.set_mtime(release.moment.as_second().try_into()?);
        package.append(&header, bytes.as_slice())?;
    }
    Ok((format!("promptgate_{}_{machine}.deb", version(release)), package.into_inner()?))
}

/// Ours, and the first packaging of it.
fn version(release: &Release) -> String {
    format!("{}-1", release.version)
}

/// What ends up on the machine.
fn data(host: &Host, release: &Release) -> Result<Entries> {
    let mut data = Entries::default();
    data.put_program("usr/bin/promptgate", host.program.as_slice());
    let manual = super::host::manual(&host.help, release);
    data.put("usr/share/man/man1/promptgate.1.gz", archive::gz(manual.as_bytes(), release)?);
    data.put(&format!("{DOC}/copyright"), COPYRIGHT);
    data.put(&format!("{DOC}/THIRD-PARTY.txt.gz"), archive::gz(host.notices.as_bytes(), release)?);
    let changes = format!(
        "promptgate ({}) stable; urgency=medium\n\n  * The changes are in changelog.gz.\n\n -- {}  {}\n",
        version(release),
        release.maintainer,
        release.moment.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    );
    data.put(&format!("{DOC}/changelog.Debian.gz"), archive::gz(changes.as_bytes(), release)?);
    for (name, text) in &host.papers {
        match *name {
            "LICENSE" => {}
            "CHANGELOG.md" => {
                data.put(&format!("{DOC}/changelog.gz"), archive::gz(text.as_bytes(), release)?)
            }
            name => data.put(&format!("{DOC}/{name}"), text.as_bytes()),
        }
    }
    Ok(data)
}

fn control(data: &Entries, host: &Host, release: &Release, machine: &str) -> Result<String> {
    let kilobytes: usize = data.iter().map(|(_, entry)| entry.bytes.len().div_ceil(1024)).sum();
    let needs = needs::packages(&host.program)?.join(", ");
    Ok(format!(
        "Package: promptgate\n\
         Version: {}\n\
         Architecture: {machine}\n\
         Maintainer: {}\n\
         Installed-Size: {}\n\
         Depends: {needs}\n\
         Suggests: tesseract-ocr\n\
         Enhances: brave-browser, chromium, firefox, firefox-esr, google-chrome-stable, microsoft-edge-stable\n\
         Section: web\n\
         Priority: optional\n\
         Description: guards prompts to AI assistants on the machine itself\n \
         The host of the Promptgate browser extension. It reads each prompt to ChatGPT,\n \
         Gemini, Claude and Perplexity before it leaves the browser, applies the\n \
         organisation's policy and keeps a record that is sealed to its keys.\n \
         .\n \
         The extension itself is installed in the browser.\n",
        version(release),
        release.maintainer,
        kilobytes + data.folders().len(),
    ))
}

fn control_archive(data: &Entries, control: &str, release: &Release) -> Result<Vec<u8>> {
    let mut sums = String::new();
    for (path, entry) in data.iter() {
        for byte in Md5::digest(&entry.bytes) {
            write!(sums, "{byte:02x}")?;
        }
        writeln!(sums, "  {path}")?;
    }
    let mut entries = Entries::default();
    entries.put("control", control);
    entries.put("md5sums", sums);
    for (name, script) in SCRIPTS {
        entries.put_program(name, script);
    }
    archive::tar_gz(&entries, release)
}
