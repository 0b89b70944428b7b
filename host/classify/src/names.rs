//! Names of files that a prompt carries along.

use std::collections::BTreeSet;

use shared_protocol::Prompt;

/// Each different file name of `prompt` once.
pub(crate) fn names_of(prompt: &Prompt) -> BTreeSet<&str> {
    let parts = prompt.parts.iter().filter_map(|part| part.name.as_ref());
    let files = prompt.attachments.iter().filter_map(|file| file.name.as_ref());
    parts.chain(files).map(|name| name.expose()).collect()
}
