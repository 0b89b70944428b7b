//! Golden cases of the views: each `cases/*/*.json` drawn as an outline in English, as a reader meets it, beside
//! it as `.txt`; and the texts themselves in every language.
//! An outline is read by a person before it is kept (`UPDATE_EXPECT=1` writes it).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use serde::Deserialize;

use super::card::card;
use super::element::{Element, Node, Value};
use super::gate::{GateState, gate};
use super::hint::hint;
use super::model::{CardModel, HintModel, PopupState};
use super::pages::options;
use super::popup::{Around, popup};
use super::words::{Fill, Key, Words};

/// Keys that the manifest and the worker use and no Rust.
const IN_MANIFEST: [&str; 6] = [
    "badge_degraded",
    "badge_protected",
    "badge_trial",
    "badge_unprotected",
    "extension_description",
    "extension_name",
];

/// How much the places take, in cells of a Latin letter (a Chinese or Japanese one takes two): the first beginning of a
/// key that fits. What is not named here is running text, and wraps.
const PLACES: [(&str, usize); 12] = [
    ("answer_", 28),
    ("title_", 44),
    ("hint_", 56),
    ("label_", 44),
    ("state_", 24),
    ("row_", 32),
    ("policy_", 30),
    ("preview_", 18),
    ("trial", 8),
    ("gate_open", 32),
    ("check_again", 24),
    ("allow_sites", 24),
];

/// Fewer cases than this means that the glob found the wrong folder.
const FEWEST: usize = 9;

#[derive(Deserialize)]
struct Message {
    message: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    placeholders: BTreeMap<String, Placeholder>,
}

#[derive(Deserialize)]
struct Placeholder {
    content: String,
}

type Locale = BTreeMap<String, Message>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn locales() -> BTreeMap<String, Locale> {
    files(&root().join("_locales"))
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(folder.join("messages.json")).unwrap();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

/// The text with its placeholders filled, as the browser does it.
fn fill(message: &Message, fills: &[String]) -> String {
    let mut text = message.message.clone();
    for (name, placeholder) in &message.placeholders {
        let at: usize = placeholder.content.strip_prefix('$').unwrap().parse().unwrap();
        text = text.replace(&format!("${name}$"), &fills[at - 1]);
    }
    assert!(!text.contains('$'), "{text}");
    text
}

fn read(words: &Words, locale: &Locale) -> String {
    match words {
        Words::Given(words) => format!("<{words}>"),
        Words::Number(number) => number.to_string(),
        Words::Moment(at) => format!("({at})"),
        Words::Ours(key, fills) => {
            let fills: Vec<String> = fills
                .iter()
                .map(|fill| match fill {
                    Fill::Name(name) => name.clone(),
                    Fill::Number(number) => number.to_string(),
                    Fill::Seconds(seconds) => format!("{seconds} s"),
                })
                .collect();
            fill(&locale[key.name()], &fills)
        }
    }
}

fn outline(element: &Element, depth: usize, locale: &Locale, out: &mut String) {
    let class = if element.class.is_empty() { String::new() } else { format!(".{}", element.class) };
    write!(out, "{:1$}{2}{3}", "", depth * 2, element.tag, class).unwrap();
    for (name, value) in &element.attributes {
        let value = match value {
            Value::Fixed(value) => (*value).to_owned(),
            Value::Given(value) => value.clone(),
            Value::Words(words) => read(words, locale),
        };
        write!(out, " {name}=\"{value}\"").unwrap();
    }
    let words: Vec<String> = element
        .children
        .iter()
        .filter_map(|child| if let Node::Words(words) = child { Some(read(words, locale)) } else { None })
        .collect();
    if !words.is_empty() {
        write!(out, ": {}", words.join(" ")).unwrap();
    }
    out.push('\n');
    for child in &element.children {
        match child {
            Node::Element(child) => outline(child, depth + 1, locale, out),
            Node::Icon(icon) => writeln!(out, "{:1$}({2})", "", depth * 2 + 2, icon.name()).unwrap(),
            Node::Words(_) => {}
        }
    }
}

fn each_case<C: for<'de> Deserialize<'de>>(folder: &str, fewest: usize, view: impl Fn(&C) -> Element) {
    let english = &locales()["en"];
    let files = files(&root().join("src/ui/cases").join(folder));
    let cases: Vec<_> =
        files.iter().filter(|file| file.extension().is_some_and(|end| end == "json")).collect();
    assert!(cases.len() >= fewest, "{}", cases.len());
    for file in cases {
        let case: C = serde_json::from_str(&fs::read_to_string(file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut drawn = String::new();
        outline(&view(&case), 0, english, &mut drawn);
        expect_file![file.with_extension("txt")].assert_eq(&drawn);
    }
}

#[test]
fn each_card_looks_as_it_was_reviewed() {
    each_case("card", FEWEST, |model: &CardModel| card(model));
}

#[test]
fn each_hint_looks_as_it_was_reviewed() {
    each_case("hint", 4, |model: &HintModel| hint(model));
}

#[test]
fn each_gate_looks_as_it_was_reviewed() {
    each_case("gate", 3, |state: &GateState| gate(state));
}

#[derive(Deserialize)]
struct PopupCase {
    state: PopupState,
    version: String,
    sites_permitted: bool,
}

#[test]
fn each_popup_looks_as_it_was_reviewed() {
    each_case("popup", FEWEST, |case: &PopupCase| {
        let around = Around { version: case.version.clone(), sites_permitted: case.sites_permitted };
        popup(&case.state, &around)
    });
}

#[test]
fn each_options_page_looks_as_it_was_reviewed() {
    each_case("options", 6, |case: &PopupCase| {
        let around = Around { version: case.version.clone(), sites_permitted: case.sites_permitted };
        options(&case.state, &around)
    });
}

#[test]
fn every_language_has_every_text_and_no_other() {
    let locales = locales();
    assert!(locales.len() >= 8);
    let mut wanted: Vec<&str> = Key::ALL.iter().map(|(key, _)| key.name()).chain(IN_MANIFEST).collect();
    wanted.sort_unstable();
    for (name, locale) in &locales {
        let have: Vec<&str> = locale.keys().map(String::as_str).collect();
        assert_eq!(have, wanted, "{name}");
    }
}

#[test]
fn every_text_uses_its_placeholders_and_says_something() {
    let locales = locales();
    let english = &locales["en"];
    for (name, locale) in &locales {
        for (key, fills) in Key::ALL {
            let message = &locale[key.name()];
            let whose = format!("{name} {}", key.name());
            assert_eq!(message.placeholders.len(), *fills, "{whose}");
            assert!(message.placeholders.keys().eq(english[key.name()].placeholders.keys()), "{whose}");
            for placeholder in message.placeholders.keys() {
                assert_eq!(message.message.matches(&format!("${placeholder}$")).count(), 1, "{whose}");
            }
            let mark = "\u{2603}".to_owned();
            let filled = fill(message, &vec![mark.clone(); *fills]);
            assert_eq!(filled.matches(&mark).count(), *fills, "{whose}");
            assert_eq!(filled.trim(), filled, "{whose}");
            assert!(filled.len() > 1, "{whose}");
        }
        // Browsers name the folder with `_`, BCP 47 the language with `-`.
        assert_eq!(locale["language"].message, name.replace('_', "-"));
    }
}

/// The renderer gives `direction` to the page as its `dir`; it has to be that of the letters.
#[test]
fn a_language_of_right_to_left_letters_says_so_and_no_other() {
    // Hebrew, Arabic and the scripts between them (Unicode 16, blocks from U+0590 to U+08FF).
    let leftwards = |text: &str| text.chars().any(|letter| ('\u{590}'..='\u{8ff}').contains(&letter));
    let mut seen = 0;
    for (name, locale) in &locales() {
        let wanted = locale.values().any(|message| leftwards(&message.message));
        assert_eq!(locale["direction"].message, if wanted { "rtl" } else { "ltr" }, "{name}");
        seen += usize::from(wanted);
    }
    assert!(seen >= 1);
}

/// East Asian Width (Unicode Standard Annex #11), as far as the languages here need it. Marks that stand above or below a
/// letter take none.
fn cells(text: &str) -> usize {
    text.chars()
        .map(|letter| match letter {
            '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' => 0,
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ff60}' => 2,
            _ => 1,
        })
        .sum()
}

#[test]
fn no_text_is_longer_than_its_place() {
    for (name, locale) in &locales() {
        for (key, message) in locale {
            let place = PLACES.iter().find(|(beginning, _)| key.starts_with(beginning));
            let most = place.map_or(176, |(_, cells)| *cells);
            let length = cells(&message.message);
            assert!(length <= most, "{name} {key}: {length} of {most}");
        }
    }
}

#[test]
fn every_text_is_described_for_those_who_translate_it() {
    for (key, message) in &locales()["en"] {
        assert!(message.description.len() > 10, "{key}");
    }
}

#[test]
fn the_store_takes_the_description() {
    for (name, locale) in &locales() {
        assert!(locale["extension_description"].message.chars().count() <= 132, "{name}");
    }
}

/// A link that is not https is not drawn, whatever a policy says.
#[test]
fn no_link_but_https() {
    let english = &locales()["en"];
    for file in files(&root().join("src/ui/cases/card"))
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
    {
        let model: CardModel = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut drawn = String::new();
        outline(&card(&model), 0, english, &mut drawn);
        let links = drawn.matches("href=\"").count();
        assert_eq!(links, drawn.matches("href=\"https://").count(), "{}", file.display());
    }
}
