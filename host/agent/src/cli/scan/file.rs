//! `scan FILE` of a file that is no plain text: it is read as an attached one would be.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use shared_protocol::{Attachment, Operation, Prompt, Text};
use zeroize::Zeroizing;

use crate::files::{Attached, FileRead, Readers, hash};
use crate::live::Active;

/// The file, read; `None` when it is plain text, which is tried as somebody would type it, as far as a prompt may go.
pub(super) fn read(path: &Path, bytes: &Arc<Zeroizing<Vec<u8>>>, active: &Active) -> Option<Attached> {
    let fail = &active.settings().fail;
    let time = Duration::from_millis(u64::from(fail.file_deadline_ms));
    let pictures = active.configured.pictures.as_ref();
    let contents = Readers::new().read(Arc::clone(bytes), pictures, Instant::now() + time);
    let limit = usize::try_from(fail.oversize_bytes).unwrap_or(usize::MAX);
    let is_all = contents.unread.is_empty() && contents.pieces.len() <= 1 && bytes.len() <= limit;
    if is_all && matches!(contents.kind.as_str(), "text" | "json") && std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let name = path.file_name().map(|name| Text::new(name.to_string_lossy()));
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let file = FileRead::new(None, name, size, hash(bytes), contents);
    Some(Attached { files: vec![Arc::new(file)], ..Attached::default() })
}

/// A prompt that carries it and says nothing else.
pub(super) fn prompt(files: &Attached) -> Prompt {
    let mut prompt = Prompt::new(Operation::UploadFile);
    for file in &files.files {
        let (name, size) = (file.name.clone(), Some(file.size));
        prompt.attachments.push(Attachment { name, size, ..Attachment::default() });
    }
    prompt
}
