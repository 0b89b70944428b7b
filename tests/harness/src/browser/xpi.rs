//! An unpacked extension as one file, which is what Firefox installs for good: a zip whose files stand in it as they are.
//!
//! The form is that of PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The version of the form that folders' files need.
const VERSION: u16 = 20;

/// The first day that a zip can tell.
const DAY: u16 = 0x21;

/// A file and where its own part of the zip begins.
struct Placed {
    name: String,
    sum: u32,
    length: u32,
    offset: u32,
}

/// The zip of a folder.
pub(crate) fn pack(folder: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    collect(folder, "", &mut files)?;
    files.sort();
    let mut zip = Vec::<u8>::new();
    let mut placed = Vec::new();
    for (name, bytes) in files {
        let (sum, length) = (checksum(&bytes), u32::try_from(bytes.len())?);
        let one = Placed { name, sum, length, offset: u32::try_from(zip.len())? };
        zip.extend(0x0403_4b50_u32.to_le_bytes());
        zip.extend(about(&one)?);
        zip.extend(one.name.as_bytes());
        zip.extend(bytes);
        placed.push(one);
    }
    let begin = u32::try_from(zip.len())?;
    for one in &placed {
        zip.extend(0x0201_4b50_u32.to_le_bytes());
        zip.extend(VERSION.to_le_bytes());
        zip.extend(about(one)?);
        // No comment, the first disk, no attributes of either kind.
        zip.extend([0_u8; 10]);
        zip.extend(one.offset.to_le_bytes());
        zip.extend(one.name.as_bytes());
    }
    let size = u32::try_from(zip.len())? - begin;
    let count = u16::try_from(placed.len())?;
    zip.extend(0x0605_4b50_u32.to_le_bytes());
    zip.extend([0_u8; 4]);
    zip.extend(count.to_le_bytes());
    zip.extend(count.to_le_bytes());
    zip.extend(size.to_le_bytes());
    zip.extend(begin.to_le_bytes());
    zip.extend([0_u8; 2]);
    Ok(zip)
}

/// What both the file's own part and the list at the end say of it: stored as it is, no extra field.
fn about(one: &Placed) -> Result<Vec<u8>> {
    let mut out = Vec::<u8>::new();
    for word in [VERSION, 0, 0, 0, DAY] {
        out.extend(word.to_le_bytes());
    }
    for number in [one.sum, one.length, one.length] {
        out.extend(number.to_le_bytes());
    }
    out.extend(u16::try_from(one.name.len())?.to_le_bytes());
    out.extend([0_u8; 2]);
    Ok(out)
}

fn collect(folder: &Path, before: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a name that is no text")?;
        let name = format!("{before}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// CRC-32 as zip has it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            let rest = sum >> 1;
            if sum & 1 == 1 { rest ^ 0xEDB8_8320 } else { rest }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_known_nine_digits() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn each_file_stands_in_the_zip_where_its_list_says() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("page")).unwrap();
        fs::write(folder.path().join("manifest.json"), "{}").unwrap();
        fs::write(folder.path().join("page/worker.js"), "work").unwrap();
        let zip = pack(folder.path()).unwrap();
        // Two parts with their heads of 30 bytes, two lines of 46 in the list, and its end of 22.
        let names = "manifest.json".len() + "page/worker.js".len();
        assert_eq!(zip.len(), 2 * 30 + names + 6 + 2 * 46 + names + 22);
        let end = &zip[zip.len() - 22..];
        assert_eq!(end[..4], 0x0605_4b50_u32.to_le_bytes());
        let number = |at: usize| u32::from_le_bytes(end[at..at + 4].try_into().unwrap()) as usize;
        let (size, begin) = (number(12), number(16));
        assert_eq!(begin + size + 22, zip.len());
        assert_eq!(zip[begin..begin + 4], 0x0201_4b50_u32.to_le_bytes());
        let offset = u32::from_le_bytes(zip[begin + 42..begin + 46].try_into().unwrap());
        assert_eq!(offset, 0);
        assert_eq!(&zip[begin + 46..begin + 59], b"manifest.json");
        assert_eq!(&zip[30..43], b"manifest.json");
        assert_eq!(&zip[43..45], b"{}");
    }
}
