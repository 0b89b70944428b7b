//! `[pictures]` in the settings: the program that reads text in pictures. Without it they follow `unread_file`.
//!
//! ```toml
//! [pictures]
//! program = "/usr/bin/tesseract"      # Tesseract 4 or 5, https://tesseract-ocr.github.io
//! languages = ["eng", "deu"]          # its names for them; English where nothing is said
//! ```
//! INVARIANT: what is named here is started with pictures of people's files. So it is named by whoever writes the settings,
//! and never looked for.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::sink::Wrong;

/// Most languages: each of them makes reading slower.
const MOST: usize = 8;

/// The table, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PicturesSettings {
    /// Tesseract, or what takes the same arguments.
    pub(crate) program: PathBuf,
    /// As it calls them, at least one.
    pub(crate) languages: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    program: Spanned<PathBuf>,
    #[serde(default)]
    languages: Vec<Spanned<String>>,
}

pub(super) fn understood(written: Written) -> Result<PicturesSettings, Wrong> {
    let start = written.program.span().start;
    let program = written.program.into_inner();
    if !program.is_absolute() {
        let what = "`program` wants the whole path, such as \"/usr/bin/tesseract\"".to_owned();
        return Err((start, what));
    }
    let mut languages = Vec::new();
    for language in written.languages {
        let start = language.span().start;
        let language = language.into_inner();
        // As files of its data are called: `chi_sim`, or `script/Latin`.
        let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '/' | '-');
        if language.is_empty() || language.starts_with(['/', '-']) || !language.chars().all(plain) {
            let what =
                format!("`{language}` is no language of Tesseract; write \"eng\", \"deu\", \"chi_sim\"");
            return Err((start, what));
        }
        if languages.len() == MOST {
            return Err((start, format!("no more than {MOST} languages are looked for")));
        }
        languages.push(language);
    }
    if languages.is_empty() {
        languages.push("eng".to_owned());
    }
    Ok(PicturesSettings { program, languages })
}

#[cfg(test)]
mod tests {
    use super::super::file::parse;

    fn read(text: &str) -> Result<super::PicturesSettings, String> {
        let file = parse(text, false).map_err(|fault| fault.to_string())?;
        file.pictures.ok_or_else(|| "none".to_owned())
    }

    #[test]
    fn a_program_and_its_languages() {
        let plain = read("[pictures]\nprogram = \"/usr/bin/tesseract\"").unwrap();
        assert_eq!(plain.languages, ["eng"]);
        let two = "[pictures]\nprogram = \"/t\"\nlanguages = [\"deu\", \"script/Latin\"]";
        assert_eq!(read(two).unwrap().languages, ["deu", "script/Latin"]);
        assert_eq!(read(""), Err("none".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            ("[pictures]\nprogram = \"tesseract\"", "line 2, column 11: `program` wants the whole path"),
            (
                "[pictures]\nprogram = \"/t\"\nlanguages = [\"eng\", \"-psm 0\"]",
                "line 3, column 21: `-psm 0`",
            ),
            ("[pictures]\nlanguages = []", "missing field `program`"),
            ("[pictures]\nprogram = \"/t\"\nlanguage = \"eng\"", "unknown field `language`"),
        ] {
            let fault = read(text).unwrap_err();
            assert!(fault.contains(told), "{fault}");
        }
    }
}
