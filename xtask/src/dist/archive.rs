//! Archives that are the same bytes for the same files: sorted, one time for all, owned by root, two modes.

use std::io::{Cursor, Write as _};

use anyhow::{Context, Result};
use flate2::GzBuilder;
use jiff::tz::TimeZone;
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::Release;
use super::entries::Entries;

/// A zip.
pub fn zip(entries: &Entries, release: &Release) -> Result<Vec<u8>> {
    let time = release.moment.to_zoned(TimeZone::UTC).datetime();
    let part = |number: i8| u8::try_from(number).context("a date has no negative parts");
    let time = DateTime::from_date_and_time(
        u16::try_from(time.year())?,
        part(time.month())?,
        part(time.day())?,
        part(time.hour())?,
        part(time.minute())?,
        part(time.second())?,
    )
    .context("a zip knows no time before 1980: set SOURCE_DATE_EPOCH to a later one")?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, entry) in entries.iter() {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(release.level.level().into()))
            .last_modified_time(time)
            .system(System::Unix)
            .unix_permissions(entry.mode());
        writer.start_file(path, options)?;
        writer.write_all(&entry.bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// A compressed tar.
pub fn tar_gz(entries: &Entries, release: &Release) -> Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    for folder in entries.folders() {
        let mut header = header(release, 0o755, 0)?;
        header.set_entry_type(EntryType::Directory);
        builder.append_data(&mut header, format!("{folder}/"), std::io::empty())?;
    }
    for (path, entry) in entries.iter() {
        let mut header = header(release, entry.mode(), entry.bytes.len())?;
        builder.append_data(&mut header, path, entry.bytes.as_slice())?;
    }
    gz(&builder.into_inner()?, release)
}

fn header(release: &Release, mode: u32, size: usize) -> Result<Header> {
    let mut header = Header::new_gnu();
    header.set_mode(mode);
    header.set_size(size.try_into()?);
    header.set_mtime(release.moment.as_second().try_into().context("a time before 1970")?);
    header.set_uid(0);
    header.set_gid(0);
    header.set_username("root")?;
    header.set_groupname("root")?;
    Ok(header)
}

/// Compressed bytes, without a name or a time in front.
pub fn gz(bytes: &[u8], release: &Release) -> Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), release.level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
