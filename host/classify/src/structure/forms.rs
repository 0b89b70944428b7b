//! What tables and passages are about, from the detectors' files.

use serde::Deserialize;
use shared_protocol::Label;

use crate::detector::Detector;

/// A table whose columns tell, a table whose rows are people, or a passage of figures. All words are in lower case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    /// Names of columns.
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    /// How many different ones a table has.
    #[serde(default)]
    pub(crate) least: usize,
    /// Every row has an amount.
    #[serde(default)]
    pub(crate) amounts: bool,
    /// So many rows hold personal data: enough, whatever the columns are called.
    #[serde(default)]
    pub(crate) people: usize,
    /// A passage has a word of each group.
    #[serde(default)]
    pub(crate) groups: Vec<Vec<String>>,
    /// And so many amounts.
    #[serde(default)]
    pub(crate) figures: usize,
    /// 0 to 1.
    pub(crate) confidence: f32,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Forms(pub(super) Vec<(Label, Form)>);

impl Forms {
    pub(super) fn new(detectors: &[Detector]) -> Self {
        let form = |detector: &Detector| Some((detector.label.clone(), detector.form.clone()?));
        Self(detectors.iter().filter_map(form).collect())
    }
}

/// Whether `word` stands in `text`, both in lower case, and is not a piece of a longer word.
pub(super) fn holds(text: &str, word: &str) -> bool {
    let letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        let wide = !word.is_ascii();
        wide || (!letter(before) && !letter(after))
    })
}

/// How many amounts stand in `text`: a number with a currency, with cents, in thousands, in millions or in percent.
pub(super) fn amounts(text: &str) -> usize {
    const UNITS: [&str; 21] = [
        "€", "$", "£", "¥", "%", "eur", "usd", "gbp", "chf", "m", "k", "bn", "million", "millions",
        "billion", "mio", "mrd", "pln", "円", "元", "万",
    ];
    let signs: Vec<(usize, char)> = text.char_indices().collect();
    let (mut count, mut at) = (0, 0);
    while let Some((start, sign)) = signs.get(at) {
        if !sign.is_ascii_digit() {
            at += 1;
            continue;
        }
        let number = |sign: &&(usize, char)| sign.1.is_ascii_digit() || matches!(sign.1, '.' | ',' | '\'');
        let length = signs.iter().skip(at).take_while(number).count();
        let end = signs.get(at + length).map_or(text.len(), |(end, _)| *end);
        let value = text.get(*start..end).unwrap_or_default().trim_end_matches(['.', ',']);
        let before = text.get(..*start).unwrap_or_default().trim_end_matches([' ', '-', '(']);
        let after = text.get(end..).unwrap_or_default().trim_start_matches(' ');
        let after: String = after.chars().take(12).collect::<String>().to_lowercase();
        let unit = after
            .split(|char: char| !char.is_alphanumeric() && !"€$£¥%".contains(char))
            .next()
            .unwrap_or_default();
        let parts = value.rsplit_once(['.', ',', '\'']).map(|(whole, last)| (whole.len(), last.len()));
        let cents = matches!(parts, Some((1.., 2))) && value.matches('.').count() < 2;
        let thousands = matches!(parts, Some((1..=3, 3)) | Some((5.., 3)));
        let currency = before.ends_with(['€', '$', '£', '¥', '₹']) || UNITS.contains(&unit);
        count += usize::from(cents || thousands || currency);
        at += length.max(1);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{amounts, holds};

    #[test]
    fn amounts_have_something_that_says_so() {
        assert_eq!(amounts("$5, 12,50 and 1,200 or 3 million; 7 % of 12"), 5);
        assert_eq!(amounts("version 1.2.3 of 2024 has 17 files"), 0);
    }

    #[test]
    fn words_are_whole() {
        assert!(holds("net pay, tax", "net pay"));
        assert!(!holds("netpays", "net"));
        assert!(holds("売上高は", "売上"));
    }
}
