//! The process that reads one file: bytes on standard input, frames on standard output, and then it is over.
//!
//! INVARIANT: it says nothing on standard error: what the libraries say there can hold text.

use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::panic;

use shared_protocol::FILE_BYTES;

use super::out::Out;
use super::said::{self, Said};
use super::{format, jail};
use crate::exit::Exit;

/// The command, which stands in no help.
pub(crate) const COMMAND: &str = "read-file";

/// Behind it: pictures are told too.
pub(crate) const PICTURES: &str = "--pictures";

/// Reads the file that comes.
pub(crate) fn run(more: &[OsString]) -> Exit {
    panic::set_hook(Box::new(|_| {}));
    let mut bytes = Vec::new();
    let mut from = io::stdin().lock().take(FILE_BYTES.saturating_add(1));
    if from.read_to_end(&mut bytes).is_err() || jail::enter().is_err() {
        return Exit::Fault;
    }
    let mut to = BufWriter::new(io::stdout().lock());
    let mut is_heard = true;
    let mut tell = |said: Said| {
        is_heard = is_heard && said::write(&mut to, &said).is_ok();
    };
    let out = Out::new(&mut tell);
    let mut out = if more.iter().any(|word| word == PICTURES) { out.with_pictures() } else { out };
    format::read(&bytes, &[], &mut out);
    tell(Said::End);
    let is_heard = is_heard && to.flush().is_ok();
    if is_heard { Exit::Done } else { Exit::Fault }
}
