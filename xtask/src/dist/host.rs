//! The host as a plain archive: the program, its manual page, what it may be used under and what changed.

use anyhow::Result;

use super::entries::Entries;
use super::{Host, Release, archive};

/// A tar.gz for the system that this runs on.
pub fn tar_gz(host: &Host, release: &Release) -> Result<(String, Vec<u8>)> {
    let (machine, system) = (std::env::consts::ARCH, std::env::consts::OS);
    let folder = format!("promptgate-{}-{machine}-{system}", release.version);
    let mut entries = entries(host, &folder, &format!("promptgate{}", std::env::consts::EXE_SUFFIX));
    entries.put(&format!("{folder}/promptgate.1"), manual(&host.help, release));
    Ok((format!("{folder}.tar.gz"), archive::tar_gz(&entries, release)?))
}

/// A zip for Windows.
pub fn windows_zip(host: &Host, release: &Release) -> Result<(String, Vec<u8>)> {
    let folder = format!("promptgate-{}-x86_64-windows", release.version);
    let entries = entries(host, &folder, "promptgate.exe");
    Ok((format!("{folder}.zip"), archive::zip(&entries, release)?))
}

fn entries(host: &Host, folder: &str, program: &str) -> Entries {
    let mut entries = Entries::default();
    entries.put_program(&format!("{folder}/{program}"), host.program.as_slice());
    for (name, text) in &host.papers {
        entries.put(&format!("{folder}/{name}"), text.as_bytes());
    }
    entries.put(&format!("{folder}/THIRD-PARTY.txt"), host.notices.as_bytes());
    entries
}

/// A manual page, with what the program says of itself.
pub fn manual(help: &str, release: &Release) -> String {
    let day = release.moment.strftime("%Y-%m-%d");
    let version = &release.version;
    // A backslash is troff's own; a point or an apostrophe that begins a line would be a command.
    let help: String = help
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .lines()
        .map(|line| if line.starts_with(['.', '\'']) { format!("\\&{line}\n") } else { format!("{line}\n") })
        .collect();
    format!(
        ".TH PROMPTGATE 1 {day} \"promptgate {version}\"\n\
         .SH NAME\npromptgate \\- reads prompts to AI assistants on this machine before they leave the browser\n\
         .SH SYNOPSIS\n.B promptgate\n.I command\n[\\fIoptions\\fR]\n\
         .SH DESCRIPTION\n.nf\n{help}.fi\n\
         .SH FILES\n.TP\n.I /etc/promptgate/settings.toml\nThe organisation's settings; a machine with this file is managed.\n\
         .TP\n.I ~/.config/promptgate/settings.toml\nA person's own settings, which count where there is no file of the organisation's.\n\
         .TP\n.I ~/.local/share/promptgate\nThe record and its keys.\n"
    )
}
