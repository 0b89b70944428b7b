//! One gzip stream, read forward, every byte of it counted.

use std::io::Read as _;

use flate2::bufread::GzDecoder;

use crate::bundle::{ArchiveFault, MAX_INFLATED};

/// Most bytes that are held while zeros are looked at.
const PIECE: usize = 8 * 1024;

/// The magic number and the one method there is (RFC 1952, section 2.3.1).
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

pub(super) struct Inflate<'a> {
    stream: GzDecoder<&'a [u8]>,
    /// Bytes that may still come out.
    left: usize,
}

impl<'a> Inflate<'a> {
    pub(super) fn new(archive: &'a [u8]) -> Result<Self, ArchiveFault> {
        if !archive.starts_with(&MAGIC) {
            return Err(ArchiveFault::NotGzip);
        }
        Ok(Self { stream: GzDecoder::new(archive), left: MAX_INFLATED })
    }

    /// The next `count` bytes. The caller bounds `count`.
    pub(super) fn take(&mut self, count: usize) -> Result<Vec<u8>, ArchiveFault> {
        self.left = self.left.checked_sub(count).ok_or(ArchiveFault::TooLarge)?;
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).map_err(|_| ArchiveFault::Truncated)?;
        Ok(bytes)
    }

    /// Passes `count` bytes that are zeros: what fills a block hides nothing.
    pub(super) fn skip_zeros(&mut self, count: usize) -> Result<(), ArchiveFault> {
        let bytes = self.take(count)?;
        if bytes.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(ArchiveFault::TrailingData) }
    }

    /// After the archive's end: zeros up to the end of the stream, which fill a tape's block, a checksum that is
    /// right, and no byte behind it.
    pub(super) fn finish(mut self) -> Result<(), ArchiveFault> {
        let mut piece = [0; PIECE];
        loop {
            let count = self.stream.read(&mut piece).map_err(|_| ArchiveFault::Truncated)?;
            if count == 0 {
                break;
            }
            self.left = self.left.checked_sub(count).ok_or(ArchiveFault::TooLarge)?;
            if piece.iter().take(count).any(|byte| *byte != 0) {
                return Err(ArchiveFault::TrailingData);
            }
        }
        // The decoder stops behind the first stream; a second one would be another archive.
        if self.stream.into_inner().is_empty() { Ok(()) } else { Err(ArchiveFault::TrailingData) }
    }
}
