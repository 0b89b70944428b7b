//! What surrounds a request, as people write: greetings, a mail around it, sentences before and after, slips.

use anyhow::Result;

use super::grammar::Grammar;
use crate::random::Random;

/// `text` as somebody would have sent it, in `language`.
///
/// # Errors
/// When the grammar's sentences do not parse.
pub fn dress(grammar: &Grammar, language: &str, text: &str, random: &mut Random) -> Result<String> {
    let mut out = text.to_owned();
    if random.happens(14) {
        out = slips(&out, random);
    }
    match random.below(100) {
        0..48 => {}
        48..64 => {
            let open = sentence(grammar, "open", language, random)?;
            out = if open.is_empty() { out } else { format!("{open} {out}") };
            if random.happens(50) {
                out = joined(&out, &sentence(grammar, "close", language, random)?, " ");
            }
        }
        64..74 => out = joined(&out, &sentence(grammar, "close", language, random)?, " "),
        74..82 => {
            let open = sentence(grammar, "mail", language, random)?;
            let end = sentence(grammar, "regards", language, random)?;
            out = joined(&joined(&open, &out, "\n\n"), &end, "\n\n");
        }
        _ => {
            let between = if random.happens(40) { "\n\n" } else { " " };
            let (before, after) = (random.below(5), random.below(5));
            for _ in 0..before {
                out = joined(&sentence(grammar, "filler", language, random)?, &out, between);
            }
            for _ in 0..after {
                out = joined(&out, &sentence(grammar, "filler", language, random)?, between);
            }
        }
    }
    if random.happens(15) {
        out = out.to_lowercase();
    } else if random.happens(2) {
        out = out.to_uppercase();
    }
    if random.happens(25) {
        out = out.trim_end_matches(['.', '?', '!']).to_owned();
    }
    Ok(out)
}

fn sentence(grammar: &Grammar, kind: &str, language: &str, random: &mut Random) -> Result<String> {
    let slot = format!("{kind}.{language}");
    match random.pick(grammar.slot(&slot)) {
        Some(template) => grammar.say(template, random, 0),
        None => Ok(String::new()),
    }
}

fn joined(one: &str, other: &str, between: &str) -> String {
    match (one.is_empty(), other.is_empty()) {
        (true, _) => other.to_owned(),
        (_, true) => one.to_owned(),
        _ => format!("{one}{between}{other}"),
    }
}

/// One to three slips of the fingers: a letter lost, doubled, or two changed over.
fn slips(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len().saturating_sub(1)).max(1);
        let is_letter = |at: usize| chars.get(at).is_some_and(char::is_ascii_lowercase);
        if !is_letter(at) || !is_letter(at + 1) {
            continue;
        }
        match random.below(3) {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, chars.get(at).copied().unwrap_or(' ')),
            _ => chars.swap(at, at + 1),
        }
    }
    chars.into_iter().collect()
}
