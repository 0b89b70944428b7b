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
const PAGE: [(&str, &[u8]); 32] = page![
    "api.js",
    "app.js",
    "chart.css",
    "chart.js",
    "conversation.js",
    "door.js",
    "event.js",
    "figures.js",
    "filters.js",
    "health.js",
    "index.html",
    "keyboard.js",
    "list.css",
    "list.js",
    "lock.js",
    "make.js",
    "pills.js",
    "read.css",
    "risk.js",
    "route.js",
    "rows.js",
    "texts.js",
    "view.css",
    "words.js",
    "words/ar.json",
    "words/de.json",
    "words/en.json",
    "words/es.json",
    "words/fr.json",
    "words/ja.json",
    "words/pt.json",
    "words/zh.json",
];

/// Colours, type, buttons and the mark are the extension's.
const SHARED: [(&str, &[u8]); 2] = [
    ("/theme.css", include_bytes!("../../../../../../extension/ui/theme.css").as_slice()),
    ("/icon.svg", include_bytes!("../../../../../../extension/icons/icon.svg").as_slice()),
];

/// The opener: empty in a build that was made without it.
const OPENER: [(&str, &[u8]); 2] = [
    ("/opener.js", include_bytes!(concat!(env!("OUT_DIR"), "/opener.js")).as_slice()),
    ("/opener_bg.wasm", include_bytes!(concat!(env!("OUT_DIR"), "/opener_bg.wasm")).as_slice()),
];

/// The file of this path.
pub(super) fn find(path: &str) -> Option<Asset> {
    let path = if path == "/" { "/index.html" } else { path };
    let inside = PAGE.iter().chain(&SHARED).find(|(name, _)| *name == path);
    let bytes = match inside {
        Some((name, bytes)) => edited(name).map_or(Cow::Borrowed(*bytes), Cow::Owned),
        None => opener(path)?,
    };
    let bytes = match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
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

/// A build for development shows the page as it stands in the work tree, so that a change is seen at once.
#[cfg(debug_assertions)]
fn edited(name: &str) -> Option<Vec<u8>> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/view").to_owned() + name).ok()
}

#[cfg(not(debug_assertions))]
fn beside(_name: &str) -> Option<Vec<u8>> {
    None
}

#[cfg(not(debug_assertions))]
fn edited(_name: &str) -> Option<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::{PAGE, find};

    #[test]
    fn every_file_of_the_page_is_inside() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/view");
        let mut files = Vec::new();
        for (folder, name) in [("", root.to_owned()), ("/words", format!("{root}/words"))] {
            let entries = std::fs::read_dir(name).unwrap().map(|entry| entry.unwrap());
            let names = entries.filter(|entry| entry.path().is_file());
            files.extend(names.map(|entry| format!("{folder}/{}", entry.file_name().to_str().unwrap())));
        }
        files.sort();
        assert_eq!(files, PAGE.map(|(name, _)| name.to_owned()));
        assert!(files.iter().all(|name| find(name).is_some()));
        assert!(find("/").is_some());
    }

    #[test]
    fn nothing_else_is_found() {
        for path in [
            "",
            "//",
            "/index",
            "/Index.html",
            "/../Cargo.toml",
            "/words/../app.js",
            "/words/",
            "/words/%2e%2e/app.js",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/etc/passwd",
            "/./app.js",
            "/app.js/",
            "/app.js\0",
            "\\app.js",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn languages_have_the_same_words() {
        use std::collections::BTreeMap;
        let words = |language: &str| -> BTreeMap<String, Vec<String>> {
            let asset = find(&format!("/words/{language}.json")).unwrap();
            let words: BTreeMap<String, String> = serde_json::from_slice(&asset.bytes).unwrap();
            let places = |text: &str| {
                let mut all: Vec<String> =
                    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect();
                all.sort();
                all
            };
            words.into_iter().map(|(key, text)| (key, places(&text))).collect()
        };
        let english = words("en");
        for language in languages() {
            let words = words(language);
            assert!(words.keys().eq(english.keys()), "{language}");
            for (key, places) in &english {
                assert_eq!(&words[key], places, "{language} {key}");
            }
        }
    }

    #[test]
    fn no_word_is_empty() {
        use std::collections::BTreeMap;
        for language in languages() {
            let asset = find(&format!("/words/{language}.json")).unwrap();
            let words: BTreeMap<String, String> = serde_json::from_slice(&asset.bytes).unwrap();
            for (key, text) in words {
                assert!(!text.is_empty() && text.trim() == text, "{language} {key}");
            }
        }
    }

    /// The page asks for the languages that are there, and knows which of them runs from right to left.
    #[test]
    fn the_page_knows_every_language() {
        let script = find("/words.js").unwrap();
        let script = std::str::from_utf8(&script.bytes).unwrap();
        let listed = |name: &str| -> Vec<&str> {
            let list = script.split_once(&format!("const {name} = [")).unwrap().1.split_once(']').unwrap().0;
            let mut all: Vec<_> = list.split(',').map(|one| one.trim().trim_matches('"')).collect();
            all.sort_unstable();
            all
        };
        assert_eq!(listed("LANGUAGES"), languages());
        // Of letters in Hebrew, Arabic and the scripts between them (Unicode 16, blocks from U+0590 to U+08FF).
        let leftwards = |language: &&str| {
            let asset = find(&format!("/words/{language}.json")).unwrap();
            let text = std::str::from_utf8(&asset.bytes).unwrap();
            text.chars().any(|letter| ('\u{590}'..='\u{8ff}').contains(&letter))
        };
        assert_eq!(listed("LEFTWARDS"), languages().into_iter().filter(leftwards).collect::<Vec<_>>());
    }

    fn languages() -> Vec<&'static str> {
        let words = PAGE.iter().filter_map(|(path, _)| path.strip_prefix("/words/")?.strip_suffix(".json"));
        let all: Vec<_> = words.collect();
        assert!(all.len() >= 8, "{all:?}");
        all
    }
}
