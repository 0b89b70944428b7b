//! The parsers of foreign bytes as targets: a name, bytes in, and what must hold whatever they are.
//!
//! The tests run them over the cases of the crates whose parsers they are, and over what once broke one.
//! INVARIANT: a target panics only when something that must hold does not. Deliberately no randomness: the bytes are all.

mod address;
mod agent;
mod answers;
mod bundle;
mod classify;
mod exact;
mod file;
mod guardrails;
mod har;
mod record;
mod request;
mod seeds;
mod signal;
mod wire;

pub use seeds::seeds;

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and the name of its folder in `corpus/`.
    pub name: &'static str,
    /// Runs it once.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 40] = [
    Target { name: "frames", run: wire::frames },
    Target { name: "messages", run: wire::messages },
    Target { name: "seal", run: wire::seal },
    Target { name: "key-file", run: wire::key_file },
    Target { name: "socket", run: answers::socket },
    Target { name: "answer-delta-encoding", run: answers::delta_encoding },
    Target { name: "answer-framed-json", run: answers::framed_json },
    Target { name: "answer-messages-sse", run: answers::messages_sse },
    Target { name: "answer-block-patches", run: answers::block_patches },
    Target { name: "sites-chatgpt", run: request::chatgpt },
    Target { name: "sites-claude", run: request::claude },
    Target { name: "sites-gemini", run: request::gemini },
    Target { name: "sites-perplexity", run: request::perplexity },
    Target { name: "address", run: address::address },
    Target { name: "har", run: har::har },
    Target { name: "classify", run: classify::classify },
    Target { name: "native-frames", run: agent::frames },
    Target { name: "questions", run: agent::questions },
    Target { name: "settings", run: agent::settings },
    Target { name: "record-row", run: record::row },
    Target { name: "record-text", run: record::text },
    Target { name: "record-export", run: record::export },
    Target { name: "bundle-archive", run: bundle::archive },
    Target { name: "bundle-signatures", run: bundle::signatures },
    Target { name: "bundle-claims", run: bundle::claims },
    Target { name: "bundle-manifest", run: bundle::manifest },
    Target { name: "grant-code", run: bundle::grant },
    Target { name: "guardrails", run: guardrails::folder },
    Target { name: "file-text", run: file::text },
    Target { name: "file-markup", run: file::markup },
    Target { name: "file-pdf", run: file::pdf },
    Target { name: "file-office", run: file::office },
    Target { name: "file-archive", run: file::archive },
    Target { name: "file-rtf", run: file::rtf },
    Target { name: "file-picture", run: file::picture },
    Target { name: "file-mail", run: file::mail },
    Target { name: "file-compound", run: file::compound },
    Target { name: "signal", run: signal::signal },
    Target { name: "exact-table", run: exact::table },
    Target { name: "exact-source", run: exact::source },
];
