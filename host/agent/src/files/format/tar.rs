//! Tape archives: every regular file in them.

use shared_protocol::UnreadFile;
use tar::Archive;

use super::super::out::Out;

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    let mut archive = Archive::new(bytes);
    let Ok(entries) = archive.entries() else { return out.unread(UnreadFile::Damaged) };
    for entry in entries {
        let Ok(entry) = entry else { return out.unread(UnreadFile::Damaged) };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        if !out.member() {
            return;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let size = entry.size();
        if let Some(bytes) = out.unpack(entry) {
            if u64::try_from(bytes.len()) != Ok(size) {
                out.unread(UnreadFile::Damaged);
            }
            let inside: Vec<String> = inside.iter().cloned().chain([name]).collect();
            super::read(&bytes, &inside, out);
        }
    }
}
