//! What is to be known about the rules in force: past their date, not signed, or newer ones that were not taken.
//!
//! A refusal comes as a code; the popup says in words what it means, and shows the code for whoever is asked.

use shared_protocol::PolicyState;

use super::super::element::{Element, el};
use super::super::words::{Key, Words};

/// The notes; none when all is well.
pub(super) fn notes(policy: &PolicyState) -> Option<Element> {
    let note = |key: Key| el("p", "").with(key);
    let unsigned = policy.unsigned.then(|| note(Key::NoteUnsigned));
    let stale = policy.stale.then(|| note(Key::NoteStale));
    let refused = policy.refused.as_deref().map(|code| {
        // What was in force, or what was to be.
        let (about, cause) = match code.strip_prefix("kept-") {
            Some(cause) => (Key::NoteKept, cause),
            None => (Key::NoteRefused, code),
        };
        let words = el("span", "").with(why(cause));
        let code = el("code", "").attr("translate", "no").with(Words::Given(code.to_owned()));
        el("div", "refused").with(note(about)).with(el("p", "").with(words).with(code))
    });
    let any = unsigned.is_some() || stale.is_some() || refused.is_some();
    let heading = el("h2", "").attr("id", "notes").with(Key::Notes);
    any.then(|| {
        el("section", "notes")
            .attr("data-tone", "care")
            .attr("aria-labelledby", "notes")
            .with(heading)
            .maybe(refused)
            .maybe(stale)
            .maybe(unsigned)
    })
}

/// An open set: a code of a newer host reads as content that is not understood.
fn why(code: &str) -> Key {
    match code {
        "no-signature" | "unknown-key" | "bad-signature" | "malformed-signatures" => Key::BundleSignature,
        "file-changed" | "file-added" | "file-missing" => Key::BundleChanged,
        "older-version" | "same-version-other-content" => Key::BundleOlder,
        "expired" => Key::BundleExpired,
        "wrong-audience" => Key::BundleAudience,
        "needs-newer-agent" => Key::BundleAgent,
        _ => Key::BundleContent,
    }
}
