//! One compressed stream (RFC 1952): what is in it is read as a file.

use flate2::read::MultiGzDecoder;

use super::super::out::Out;

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    if !out.member() {
        return;
    }
    if let Some(content) = out.unpack(MultiGzDecoder::new(bytes)) {
        let inside: Vec<String> = inside.iter().cloned().chain(["gzip".to_owned()]).collect();
        super::read(&content, &inside, out);
    }
}
