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
    /// Bytes of memory that a run may take, beside what the length of its input warrants.
    pub memory: usize,
    /// Seconds that a run may take. Generous: the machine may be busy.
    pub seconds: u64,
}

/// A few bytes can say that a picture is large: what is decoded at most, and twice shades of it, some times over.
const PICTURE: Target = Target { memory: 768 << 20, seconds: 100, ..target("file-picture", file::picture) };

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run, memory: 32 << 20, seconds: 10 }
}

/// Every target.
pub const TARGETS: [Target; 40] = [
    target("frames", wire::frames),
    target("messages", wire::messages),
    target("seal", wire::seal),
    target("key-file", wire::key_file),
    target("socket", answers::socket),
    target("answer-delta-encoding", answers::delta_encoding),
    target("answer-framed-json", answers::framed_json),
    target("answer-messages-sse", answers::messages_sse),
    target("answer-block-patches", answers::block_patches),
    target("sites-chatgpt", request::chatgpt),
    target("sites-claude", request::claude),
    target("sites-gemini", request::gemini),
    target("sites-perplexity", request::perplexity),
    target("address", address::address),
    target("har", har::har),
    target("classify", classify::classify),
    target("native-frames", agent::frames),
    target("questions", agent::questions),
    target("settings", agent::settings),
    target("record-row", record::row),
    target("record-text", record::text),
    target("record-export", record::export),
    target("bundle-archive", bundle::archive),
    target("bundle-signatures", bundle::signatures),
    target("bundle-claims", bundle::claims),
    target("bundle-manifest", bundle::manifest),
    target("grant-code", bundle::grant),
    target("guardrails", guardrails::folder),
    target("file-text", file::text),
    target("file-markup", file::markup),
    target("file-pdf", file::pdf),
    target("file-office", file::office),
    target("file-archive", file::archive),
    target("file-rtf", file::rtf),
    PICTURE,
    target("file-mail", file::mail),
    target("file-compound", file::compound),
    target("signal", signal::signal),
    target("exact-table", exact::table),
    target("exact-source", exact::source),
];
