//! Written examples: grammars under `written/`, expanded to rows, the same every time.
//!
//! A grammar is text. `@set NAME topics=TOPIC[+TOPIC]|none [unsure=TOPIC] [lang=de] [take=200] [dress=no]` begins a set;
//! each line below it is a template. `name = a | b` under `@slots` defines what `{name}` stands for; `[a|b|]` is one of these or nothing; `\n` is a line break, `\[` a bracket, `\{` a brace. `{base64:…}`,
//! `{hex:…}`, `{rot13:…}`, `{reverse:…}`, `{spaced:…}`, `{leet:…}` dress what they hold. `#` begins a comment.
//!
//! INVARIANT: what is done to an example besides its template ([`dress`]) is done to positives and negatives alike.

pub mod dress;
mod grammar;
mod turn;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::random::Random;
use crate::row::{Row, TOPICS, Truth};
pub use grammar::{Grammar, Set};

/// The grammars that are committed: name and text.
pub const FILES: [(&str, &str); 9] = [
    ("slots", include_str!("../written/slots.txt")),
    ("dress", include_str!("../written/dress.txt")),
    ("pii", include_str!("../written/pii.txt")),
    ("pii-languages", include_str!("../written/pii-languages.txt")),
    ("code-abuse", include_str!("../written/code-abuse.txt")),
    ("jailbreak", include_str!("../written/jailbreak.txt")),
    ("languages", include_str!("../written/languages.txt")),
    ("specs", include_str!("../written/specs.txt")),
    ("plain", include_str!("../written/plain.txt")),
];

/// All written examples; `source` is `written-` and the file's name.
///
/// # Errors
/// When a grammar does not parse, or names a slot that there is not.
pub fn rows() -> Result<Vec<Row>> {
    let mut grammar = Grammar::default();
    for (name, text) in FILES {
        grammar.read(name, text)?;
    }
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for set in &grammar.sets {
        expand(&grammar, set, &mut seen, &mut rows)?;
    }
    Ok(rows)
}

fn expand(grammar: &Grammar, set: &Set, seen: &mut BTreeSet<String>, rows: &mut Vec<Row>) -> Result<()> {
    let mut random = Random::named(&format!("{}/{}", set.file, set.name));
    let mut truth = [Truth::No; TOPICS.len()];
    for (truth, topic) in truth.iter_mut().zip(TOPICS) {
        let name = String::from(topic);
        if set.topics.contains(&name) {
            *truth = Truth::Yes;
        } else if set.unsure.contains(&name) {
            *truth = Truth::Unknown;
        }
    }
    let mut kept = 0;
    // A small grammar gives the same again and again; it is asked so often at most.
    for turn in 0..set.take * 3 {
        let Some(template) = set.templates.get(turn % set.templates.len().max(1)) else {
            bail!("{}: the set `{}` has no templates", set.file, set.name);
        };
        if kept == set.take {
            break;
        }
        let text = grammar.say(template, &mut random, 0)?;
        if !seen.insert(text.clone()) {
            continue;
        }
        kept += 1;
        let text =
            if set.is_whole { text } else { dress::dress(grammar, &set.language, &text, &mut random)? };
        rows.push(Row { text, source: format!("written-{}", set.file), truth, belief: 1.0 });
    }
    Ok(())
}

/// How many examples each set gives.
///
/// # Errors
/// As [`rows`].
pub fn counts() -> Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for row in rows()? {
        *counts.entry(row.source).or_default() += 1;
    }
    Ok(counts)
}
