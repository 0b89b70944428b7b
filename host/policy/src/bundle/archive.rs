//! The archive: one gzip stream (RFC 1952) of a ustar archive (POSIX.1-1988) to files, and back.
//!
//! INVARIANT: bytes are counted while they inflate, and no buffer is larger than its bound.
//! INVARIANT: only files and folders, each under one name that means the same on every system, and nothing before,
//! between or behind them. What another reader of archives could see otherwise is refused and not interpreted: extended
//! headers, links, sparse files, numbers in other forms.
//! It writes no file and looks into none.

mod inflate;
mod names;

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

use super::{ArchiveFault, Files, MAX_ARCHIVE, MAX_FILE, MAX_MEMBERS, Refused};
use inflate::Inflate;
use names::Names;

/// What archives are written in.
const BLOCK: usize = 512;

/// Where a header of the plain forms ends: ustar's prefix, GNU's times and sparse map follow.
const PLAIN: usize = 345;

/// The files of an archive, those of its own included.
pub(super) fn read(archive: &[u8]) -> Result<Files, Refused> {
    if archive.len() > MAX_ARCHIVE {
        return Err(fault(ArchiveFault::ArchiveTooLarge));
    }
    let mut inflate = Inflate::new(archive).map_err(fault)?;
    let mut names = Names::default();
    let mut files = Files::new();
    let mut members = 0;
    while let Some(member) = member(&mut inflate)? {
        members += 1;
        if members > MAX_MEMBERS {
            return Err(fault(ArchiveFault::TooManyMembers));
        }
        let at = |why| at(why, &member.name);
        if member.is_folder {
            names.folder(&member.name).map_err(at)?;
            continue;
        }
        let path = names.file(&member.name).map_err(at)?;
        let data = inflate.take(member.size).map_err(at)?;
        inflate.skip_zeros(member.size.next_multiple_of(BLOCK) - member.size).map_err(at)?;
        files.insert(path, data);
    }
    inflate.finish().map_err(fault)?;
    Ok(files)
}

struct Member {
    name: Vec<u8>,
    is_folder: bool,
    size: usize,
}

/// The next member; none at the two blocks of zeros that end an archive.
fn member(inflate: &mut Inflate<'_>) -> Result<Option<Member>, Refused> {
    let block = inflate.take(BLOCK).map_err(fault)?;
    if block.iter().all(|byte| *byte == 0) {
        // One alone is no end.
        inflate.skip_zeros(BLOCK).map_err(fault)?;
        return Ok(None);
    }
    let header = Header::from_byte_slice(&block);
    let old = header.as_old();
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum();
    let is_known = header.as_ustar().is_some() || header.as_gnu().is_some();
    if !is_known || octal(&old.cksum) != usize::try_from(sum).ok() {
        return Err(fault(ArchiveFault::NotTar));
    }
    let name = text(&old.name).ok_or_else(|| at(ArchiveFault::Characters, &old.name))?;
    let fault = |why| at(why, name);
    let is_folder = match old.linkflag {
        [b'0' | 0] => false,
        [b'5'] => true,
        [b'1' | b'2'] => return Err(fault(ArchiveFault::Link)),
        [b'x' | b'g' | b'X' | b'L' | b'K' | b'N' | b'V' | b'M'] => {
            return Err(fault(ArchiveFault::Extension));
        }
        _ => return Err(fault(ArchiveFault::Kind)),
    };
    if old.linkname.iter().any(|byte| *byte != 0) {
        return Err(fault(ArchiveFault::Link));
    }
    if block.iter().skip(PLAIN).any(|byte| *byte != 0) {
        return Err(fault(ArchiveFault::LongPath));
    }
    let size = octal(&old.size).ok_or_else(|| fault(ArchiveFault::NotTar))?;
    if is_folder && size != 0 {
        return Err(fault(ArchiveFault::Kind));
    }
    if size > MAX_FILE {
        return Err(fault(ArchiveFault::FileTooLarge));
    }
    Ok(Some(Member { name: name.to_vec(), is_folder, size }))
}

/// What stands before the zeros that fill a field; nothing may stand behind them.
fn text(field: &[u8]) -> Option<&[u8]> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at_checked(end)?;
    rest.iter().all(|byte| *byte == 0).then_some(text)
}

/// Octal digits, with spaces before and spaces or zeros behind; no other form of numbers.
fn octal(field: &[u8]) -> Option<usize> {
    let digits = field.trim_ascii_start();
    let end = digits.iter().position(|byte| !matches!(byte, b'0'..=b'7')).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(end)?;
    let filled = rest.iter().all(|byte| matches!(byte, 0 | b' '));
    if digits.is_empty() || !filled {
        return None;
    }
    digits
        .iter()
        .try_fold(0_usize, |sum, byte| sum.checked_mul(8)?.checked_add(usize::from(byte.wrapping_sub(b'0'))))
}

fn fault(why: ArchiveFault) -> Refused {
    Refused::Archive { why, path: None }
}

/// A fault with the member's name, which may be anything.
fn at(why: ArchiveFault, name: &[u8]) -> Refused {
    let shown = String::from_utf8_lossy(name);
    let shown = shown.trim_end_matches('\0').chars().flat_map(char::escape_default).take(100).collect();
    Refused::Archive { why, path: Some(shown) }
}

/// Packs files. The same files give the same bytes: sorted, without times, owners and folders.
pub(super) fn write(files: &Files) -> Result<Vec<u8>, Refused> {
    let mut names = Names::default();
    // Into memory, where writing does not fail; what comes out is read back below.
    let broken = |_| fault(ArchiveFault::Truncated);
    let mut out = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::new(6));
    for (path, data) in files {
        names.file(path.as_bytes()).map_err(|why| at(why, path.as_bytes()))?;
        let mut header = Header::new_ustar();
        for (to, from) in header.as_old_mut().name.iter_mut().zip(path.bytes()) {
            *to = from;
        }
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(data.len()).unwrap_or(u64::MAX));
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_cksum();
        let padding = vec![0; data.len().next_multiple_of(BLOCK) - data.len()];
        [header.as_bytes().as_slice(), data, &padding]
            .iter()
            .try_for_each(|bytes| out.write_all(bytes))
            .map_err(broken)?;
    }
    out.write_all(&[0; 2 * BLOCK]).map_err(broken)?;
    let archive = out.finish().map_err(broken)?;
    if read(&archive)? == *files { Ok(archive) } else { Err(fault(ArchiveFault::Truncated)) }
}
