//! The page's files, inside the program; and the opener, where it was built.
//!
//! INVARIANT: files are found by their whole name in a table: no path of a request ever reaches the file system.

use std::borrow::Cow;

use hyper::body::Bytes;

/// The media type of the record's answers.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// A file of the page.
pub(super) struct Asset {
    /// Its media type.
    pub(super) kind: &'static str,
    /// What it says.
    pub(super) bytes: Bytes,
}

macro_rules! page {
    ($($name:literal),* $(,)?) => {
        [$((concat!("/", $name), include_bytes!(concat!("../../../../view/", $name)).as_slice())),*]
    };
}

/// The page, by path.
const PAGE: [(&str, &[u8]); 3] = page!["index.html", "app.js", "view.css"];

/// Colours, type and buttons are the extension's.
const THEME: (&str, &[u8]) =
    ("/theme.css", include_bytes!("../../../../../../extension/ui/theme.css").as_slice());

/// The opener: empty in a build that was made without it.
const OPENER: [(&str, &[u8]); 2] = [
    ("/opener.js", include_bytes!(concat!(env!("OUT_DIR"), "/opener.js")).as_slice()),
    ("/opener_bg.wasm", include_bytes!(concat!(env!("OUT_DIR"), "/opener_bg.wasm")).as_slice()),
];

/// The file of this path.
pub(super) fn find(path: &str) -> Option<Asset> {
    let path = if path == "/" { "/index.html" } else { path };
    let fixed = PAGE.iter().chain([&THEME]).find(|(name, _)| *name == path).map(|(_, bytes)| *bytes);
    let bytes = match fixed {
        Some(bytes) => Bytes::from_static(bytes),
        None => match opener(path)? {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        },
    };
    Some(Asset { kind: kind(path)?, bytes })
}

/// Whether sealed text can be opened on the page.
pub(super) fn has_opener() -> bool {
    OPENER.iter().all(|(path, _)| opener(path).is_some())
}

fn opener(path: &str) -> Option<Cow<'static, [u8]>> {
    let (name, bytes) = OPENER.iter().find(|(name, _)| *name == path)?;
    if bytes.is_empty() { beside(name).map(Cow::Owned) } else { Some(Cow::Borrowed(bytes)) }
}

/// A build for development reads what `cargo xtask build` put beside it, so that the opener's WASM is no part of every
/// build. A release has it inside and reads nothing.
#[cfg(debug_assertions)]
fn beside(name: &str) -> Option<Vec<u8>> {
    let program = std::env::current_exe().ok()?;
    let target = program.ancestors().nth(2)?;
    std::fs::read(target.join("view").join(name.trim_start_matches('/'))).ok()
}

#[cfg(not(debug_assertions))]
fn beside(_name: &str) -> Option<Vec<u8>> {
    None
}

fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => JSON,
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => return None,
    })
}
