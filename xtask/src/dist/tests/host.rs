//! The host's plain archives: the same files in each, the program among them, the same bytes twice.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use flate2::read::GzDecoder;

use super::{host, release};
use crate::dist::crates::Crates;
use crate::dist::host::{tar_gz, windows_zip};
use crate::dist::licences;
use crate::setup::toolchain::WINDOWS;

#[test]
fn an_archive_for_windows() {
    let (host, release) = (host(), release("7.8.9"));
    let (name, bytes) = windows_zip(&host, &release).unwrap();
    assert_eq!(name, "promptgate-7.8.9-x86_64-windows.zip");
    assert_eq!(bytes, windows_zip(&host, &release).unwrap().1);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: BTreeSet<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let wanted = ["CHANGELOG.md", "LICENSE", "THIRD-PARTY.txt", "promptgate.exe"];
    assert_eq!(names, wanted.map(|file| format!("promptgate-7.8.9-x86_64-windows/{file}")).into());
    let mut program = Vec::new();
    zip.by_name("promptgate-7.8.9-x86_64-windows/promptgate.exe").unwrap().read_to_end(&mut program).unwrap();
    assert_eq!(program, host.program);
}

#[test]
fn an_archive_for_this_system() {
    let (host, release) = (host(), release("7.8.9"));
    let (name, bytes) = tar_gz(&host, &release).unwrap();
    assert_eq!(bytes, tar_gz(&host, &release).unwrap().1);
    let folder = name.strip_suffix(".tar.gz").unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(bytes.as_slice()));
    let mut programs = 0;
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        assert!(path.starts_with(folder), "{path}");
        if path.ends_with(std::env::consts::EXE_SUFFIX) && path.ends_with("/promptgate") {
            assert_eq!(entry.header().mode().unwrap(), 0o755);
            let mut program = Vec::new();
            entry.read_to_end(&mut program).unwrap();
            assert_eq!(program, host.program);
            programs += 1;
        }
    }
    assert_eq!(programs, 1);
}

#[test]
fn notices_of_what_windows_is_linked_with() {
    let crates = Crates::of("host-agent", WINDOWS).unwrap();
    let names: BTreeSet<&str> = crates.all.keys().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains("windows-sys"));
    assert!(!names.contains("zbus"), "that is Linux's");
    let text = licences::write(&crates).unwrap();
    assert!(text.contains("windows-sys "));
}
