//! The style sheet's promise, computed: every text colour stands out from what it stands on by 4.5 to 1 (WCAG 2.2,
//! 1.4.3), in light, in dark and in every tone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

type Palette = BTreeMap<String, [f64; 3]>;

/// Text, and what it stands on.
const PAIRS: [(&str, &str); 9] = [
    ("ink", "paper"),
    ("ink", "wash"),
    ("soft", "paper"),
    ("soft", "wash"),
    ("accent", "paper"),
    ("accent", "tint"),
    // The first button, at rest and under the pointer.
    ("paper", "ink"),
    ("paper", "press"),
    // A field's border needs 3 to 1 and has more.
    ("soft", "tint"),
];

/// Palettes by scheme (`light`, `dark`) and tone (empty for the one without a name).
fn palettes(sheet: &str) -> BTreeMap<(&'static str, String), Palette> {
    let mut palettes: BTreeMap<(&'static str, String), Palette> = BTreeMap::new();
    let (mut scheme, mut tone) = (Some("light"), None);
    for line in sheet.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("@media") {
            scheme = trimmed.contains("prefers-color-scheme: dark").then_some("dark");
        } else if line == "}" && scheme != Some("light") {
            scheme = Some("light");
        } else if trimmed == ":root {" {
            tone = Some(String::new());
        } else if let Some(name) = trimmed.strip_prefix("[data-tone=\"") {
            tone = Some(name.trim_end_matches("\"] {").to_owned());
        } else if trimmed == "}" {
            tone = None;
        } else if let (Some(scheme), Some(tone)) = (scheme, &tone)
            && let Some((name, value)) = trimmed.strip_prefix("--").and_then(|rest| rest.split_once(": #"))
        {
            let number = u32::from_str_radix(value.trim_end_matches(';'), 16).unwrap();
            let colour = [16, 8, 0].map(|shift| f64::from((number >> shift) & 0xff) / 255.0);
            palettes.entry((scheme, tone.clone())).or_default().insert(name.to_owned(), colour);
        }
    }
    palettes
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] =
        colour.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_stands_out_from_what_it_stands_on() {
    assert!((contrast([1.0; 3], [0.0; 3]) - 21.0).abs() < 0.001);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/theme.css");
    let palettes = palettes(&fs::read_to_string(path).unwrap());
    assert_eq!(palettes.len(), 8, "two schemes, four tones each");
    for ((scheme, tone), own) in &palettes {
        let mut palette = palettes[&(*scheme, String::new())].clone();
        palette.extend(own.clone());
        for (text, ground) in PAIRS {
            let ratio = contrast(palette[text], palette[ground]);
            assert!(ratio >= 4.5, "{scheme} {tone}: {text} on {ground} is {ratio:.2}");
        }
    }
}
