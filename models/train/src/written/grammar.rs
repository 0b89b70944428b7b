//! The grammars' notation: parsed, then said.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::turn::turn;
use crate::random::Random;

/// Slots within slots are followed so far.
const DEEPEST: usize = 8;

/// Templates that say the same things about the same topics.
#[derive(Clone, Debug, Default)]
pub struct Set {
    /// The file's name.
    pub file: String,
    /// Its own.
    pub name: String,
    /// The topics it is of.
    pub topics: Vec<String>,
    /// Topics on which readers would not agree.
    pub unsure: Vec<String>,
    /// Two letters.
    pub language: String,
    /// How many examples are wanted.
    pub take: usize,
    /// The examples stand as they are.
    pub is_whole: bool,
    /// One a line.
    pub templates: Vec<String>,
}

/// Sets and slots.
#[derive(Clone, Debug, Default)]
pub struct Grammar {
    /// In the order of the files.
    pub sets: Vec<Set>,
    slots: BTreeMap<String, Vec<String>>,
}

impl Grammar {
    /// Adds a file.
    ///
    /// # Errors
    /// With file, line and remedy.
    pub fn read(&mut self, file: &str, text: &str) -> Result<()> {
        let mut is_slots = true;
        for (number, line) in text.lines().enumerate() {
            let at = || format!("written/{file}.txt:{}", number + 1);
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line == "@slots" {
                is_slots = true;
            } else if let Some(head) = line.strip_prefix("@set ") {
                is_slots = false;
                self.sets.push(set(file, head).with_context(at)?);
            } else if is_slots {
                let (name, all) =
                    line.split_once(" = ").with_context(|| format!("{}: write `name = a | b`", at()))?;
                let all = alternatives(all).into_iter().map(|one| one.trim().to_owned());
                self.slots.entry(name.trim().to_owned()).or_default().extend(all);
            } else if let Some(set) = self.sets.last_mut() {
                set.templates.push(line.to_owned());
            }
        }
        Ok(())
    }

    /// What a slot can be.
    #[must_use]
    pub fn slot(&self, name: &str) -> &[String] {
        self.slots.get(name).map_or(&[], Vec::as_slice)
    }

    /// One sentence of a template.
    ///
    /// # Errors
    /// When it names a slot that there is not, or brackets do not close.
    pub fn say(&self, template: &str, random: &mut Random, depth: usize) -> Result<String> {
        if depth > DEEPEST {
            bail!("slots go in a circle at `{template}`");
        }
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '[', '\\']) {
            let (before, from) = rest.split_at_checked(at).unwrap_or_default();
            out.push_str(before);
            let mut chars = from.chars();
            match chars.next() {
                Some('\\') => {
                    match chars.next() {
                        Some('n') => out.push('\n'),
                        Some(other) => out.push(other),
                        None => {}
                    }
                    rest = chars.as_str();
                }
                Some(open) => {
                    let close = if open == '{' { '}' } else { ']' };
                    let end = closing(from, open, close)
                        .with_context(|| format!("`{open}` is not closed in `{template}`"))?;
                    let inner = from.get(1..end).unwrap_or_default();
                    rest = from.get(end + 1..).unwrap_or_default();
                    out.push_str(&self.piece(open, inner, random, depth)?);
                }
                None => break,
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn piece(&self, open: char, inner: &str, random: &mut Random, depth: usize) -> Result<String> {
        if open == '[' {
            let all = alternatives(inner);
            return self.say(random.pick(&all).unwrap_or(&""), random, depth + 1);
        }
        if let Some((how, what)) = inner.split_once(':') {
            return turn(how, &self.say(what, random, depth + 1)?);
        }
        let all = self.slots.get(inner).with_context(|| format!("there is no slot `{inner}`"))?;
        self.say(random.pick(all).map_or("", String::as_str), random, depth + 1)
    }
}

fn set(file: &str, head: &str) -> Result<Set> {
    let mut words = head.split_whitespace();
    let name = words.next().unwrap_or_default().to_owned();
    let mut set = Set { file: file.to_owned(), name, language: "en".to_owned(), take: 100, ..Set::default() };
    let topics = |list: &str| list.split('+').filter(|topic| *topic != "none").map(str::to_owned).collect();
    for word in words {
        match word.split_once('=') {
            Some(("topics", list)) => set.topics = topics(list),
            Some(("unsure", list)) => set.unsure = topics(list),
            Some(("lang", language)) => language.clone_into(&mut set.language),
            Some(("take", count)) => set.take = count.parse().context("take= wants a number")?,
            Some(("dress", "no")) => set.is_whole = true,
            _ => bail!("`{word}` is none of topics= unsure= lang= take= dress=no"),
        }
    }
    Ok(set)
}

/// `a | b`, not split within brackets or braces.
fn alternatives(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut all) = (0_i32, 0, Vec::new());
    let mut is_escaped = false;
    for (at, char) in text.char_indices() {
        match char {
            _ if is_escaped => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            '|' if depth == 0 => {
                all.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
        is_escaped = char == '\\' && !is_escaped;
    }
    all.extend(text.get(start..));
    all
}

/// Where what opens `text` closes.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    let mut is_escaped = false;
    for (at, char) in text.char_indices() {
        if !is_escaped {
            if char == open {
                depth += 1;
            } else if char == close {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        is_escaped = char == '\\' && !is_escaped;
    }
    None
}
