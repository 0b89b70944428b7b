//! Reads a TOML file that a person wrote: all that is wrong with it, each with its place and what to write instead.
//!
//! INVARIANT: what is not read is refused. It knows nothing of what the files are about.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::nearest;
use crate::problem::{Problem, Weight};

/// A value with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A table with its place.
#[derive(Clone)]
pub(super) struct Table<'t, 'a> {
    pub(super) at: Range<usize>,
    fields: &'t DeTable<'a>,
}

/// A file that is being read.
pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

/// The text as a tree, as far as it is TOML.
pub(super) fn parse<'a>(
    file: &str,
    text: &'a str,
    problems: &mut Vec<Problem>,
) -> Option<Spanned<DeTable<'a>>> {
    match DeTable::parse(text) {
        Ok(tree) => Some(tree),
        Err(fault) => {
            let message = fault.message().lines().collect::<Vec<_>>().join(", ");
            let at = fault.span().unwrap_or(0..0);
            problems.push(
                Problem::at(text, at, Weight::Error, message)
                    .help("correct it: the file is TOML")
                    .in_file(file),
            );
            None
        }
    }
}

impl<'a> Reader<'a> {
    /// A reader of `file`, whose text is `text`.
    pub(super) fn new(file: &'a str, text: &'a str, problems: &'a mut Vec<Problem>) -> Self {
        Self { file, text, problems }
    }

    pub(super) fn error(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.note(at, Weight::Error, message, help);
    }

    pub(super) fn warn(&mut self, at: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.note(at, Weight::Warning, message, help);
    }

    fn note(
        &mut self,
        at: Range<usize>,
        weight: Weight,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::at(self.text, at, weight, message).help(help).in_file(self.file));
    }

    /// Refuses what is not one of `words`, naming the nearest.
    pub(super) fn known(&mut self, at: Range<usize>, word: &str, what: &str, words: &[&str]) -> bool {
        let known = words.contains(&word);
        if !known {
            let help = match nearest(word, words) {
                Some(near) => format!("write `{near}`"),
                None if words.is_empty() => "remove it".to_owned(),
                None if words.len() == 1 => format!("write `{}`", words.concat()),
                None => format!("write one of {}", words.join(", ")),
            };
            self.error(at, format!("`{word}` is no {what} that is known here"), help);
        }
        known
    }

    /// Refuses the keys of `table` that are not `known`.
    pub(super) fn only(&mut self, table: &Table<'_, '_>, known: &[&str]) {
        for key in table.fields.keys() {
            self.known(key.span(), key.get_ref(), "setting", known);
        }
    }

    /// Refuses a table without `key`.
    pub(super) fn needs(&mut self, table: &Table<'_, '_>, key: &str, help: &str) {
        if !table.fields.contains_key(key) {
            self.error(table.at.clone(), format!("`{key}` is missing"), help);
        }
    }

    pub(super) fn string(&mut self, table: &Table<'_, '_>, key: &str) -> Option<Spanned<String>> {
        let value = table.fields.get(key)?;
        self.text_of(value, key)
    }

    /// A string with something in it.
    pub(super) fn words(&mut self, table: &Table<'_, '_>, key: &str, help: &str) -> Option<Spanned<String>> {
        let text = self.string(table, key)?;
        if text.get_ref().trim().is_empty() {
            self.error(text.span(), format!("`{key}` is empty"), help);
            return None;
        }
        Some(text)
    }

    pub(super) fn text_of(&mut self, value: &Value<'_>, key: &str) -> Option<Spanned<String>> {
        match value.get_ref().as_str() {
            Some(text) => Some(Spanned::new(value.span(), text.to_owned())),
            None => {
                self.kind(value, key, "a text in quotes");
                None
            }
        }
    }

    pub(super) fn flag(&mut self, table: &Table<'_, '_>, key: &str) -> Option<bool> {
        let value = table.fields.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.kind(value, key, "`true` or `false`");
        }
        flag
    }

    /// One of the words a setting can have.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let value = table.fields.get(key)?;
        self.word_of(value, key, words)
    }

    pub(super) fn word_of<T: Copy>(
        &mut self,
        value: &Value<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text_of(value, key)?;
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.known(text.span(), text.get_ref(), &format!("value of `{key}`"), &names);
        words.iter().find(|(word, _)| word == text.get_ref()).map(|(_, meaning)| *meaning)
    }

    /// A whole number in `range`.
    pub(super) fn number(
        &mut self,
        table: &Table<'_, '_>,
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = table.fields.get(key)?;
        self.number_of(value, key, range)
    }

    pub(super) fn number_of(
        &mut self,
        value: &Value<'_>,
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let digits = value.get_ref().as_integer();
        let number = digits.and_then(|digits| i64::from_str_radix(digits.as_str(), digits.radix()).ok());
        let fits = number.filter(|number| range.contains(number));
        if fits.is_none() {
            self.kind(value, key, &format!("a whole number from {} to {}", range.start(), range.end()));
        }
        fits
    }

    /// A list of texts; empty when it is not there.
    pub(super) fn strings(&mut self, table: &Table<'_, '_>, key: &str) -> Vec<Spanned<String>> {
        let Some(value) = table.fields.get(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(members) => members.iter().filter_map(|member| self.text_of(member, key)).collect(),
            None => {
                self.kind(value, key, "a list of texts in square brackets");
                Vec::new()
            }
        }
    }

    /// The same without order.
    pub(super) fn set(&mut self, table: &Table<'_, '_>, key: &str) -> BTreeSet<String> {
        self.strings(table, key).into_iter().map(Spanned::into_inner).collect()
    }

    pub(super) fn table<'t, 'd>(&mut self, table: &Table<'t, 'd>, key: &str) -> Option<Table<'t, 'd>> {
        let value = table.fields.get(key)?;
        self.table_of(value, key)
    }

    pub(super) fn table_of<'t, 'd>(&mut self, value: &'t Value<'d>, key: &str) -> Option<Table<'t, 'd>> {
        let fields = value.get_ref().as_table();
        if fields.is_none() {
            self.kind(value, key, "a table");
        }
        Some(Table { at: value.span(), fields: fields? })
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables<'t, 'd>(&mut self, table: &Table<'t, 'd>, key: &str) -> Vec<Table<'t, 'd>> {
        let Some(value) = table.fields.get(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(members) => members.iter().filter_map(|member| self.table_of(member, key)).collect(),
            None => {
                self.kind(value, key, &format!("tables, each under `[[{key}]]`"));
                Vec::new()
            }
        }
    }

    /// A moment with its offset, in unix seconds.
    pub(super) fn moment(&mut self, table: &Table<'_, '_>, key: &str) -> Option<i64> {
        let value = table.fields.get(key)?;
        let moment = value.get_ref().as_datetime().map(ToString::to_string);
        let seconds = moment.and_then(|moment| Some(moment.parse::<jiff::Timestamp>().ok()?.as_second()));
        if seconds.is_none() {
            self.kind(value, key, "a moment with its offset, without quotes, such as 2026-12-31T18:00:00Z");
        }
        seconds
    }

    /// A time of day, in minutes since midnight.
    pub(super) fn time_of_day(&mut self, table: &Table<'_, '_>, key: &str) -> Option<u16> {
        let value = table.fields.get(key)?;
        let time =
            value.get_ref().as_datetime().filter(|moment| moment.date.is_none() && moment.offset.is_none());
        let minutes = time
            .and_then(|moment| moment.time)
            .map(|time| u16::from(time.hour) * 60 + u16::from(time.minute));
        if minutes.is_none() {
            self.kind(value, key, "a time of day without quotes, such as 22:30:00");
        }
        minutes
    }

    fn kind(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        self.error(value.span(), format!("this is no value of `{key}`"), format!("write {wanted}"));
    }
}

impl<'t, 'a> Table<'t, 'a> {
    /// The whole of a file.
    pub(super) fn of(tree: &'t Spanned<DeTable<'a>>) -> Self {
        Self { at: 0..0, fields: tree.get_ref() }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// Where the value of `key` stands, or the table when there is none.
    pub(super) fn place(&self, key: &str) -> Range<usize> {
        self.fields.get(key).map_or_else(|| self.at.clone(), Spanned::span)
    }

    /// Its keys with their places, and their values.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Spanned<&'t str>, &'t Value<'a>)> {
        self.fields.iter().map(|(key, value)| (Spanned::new(key.span(), key.get_ref().as_ref()), value))
    }
}
