//! Where findings are, as a person finds them again: the mask between the words around it.
//!
//! INVARIANT: no found character is in a spot: what is around one is masked wherever anything was found.

use std::collections::BTreeMap;

use shared_protocol::{Excerpt, Finding, Label, Prompt, Text};

/// Code points that are shown on each side.
const AROUND: usize = 28;

/// Findings longer than this (a program, a table) are a whole, not a place in a line.
const LONGEST: usize = 256;

/// Texts longer than this are not walked for it.
const MOST_BYTES: usize = 1 << 20;

/// A spot for each finding that is a place in a line, in their order, at most `most` of each label. A text can be one line
/// with a finding in every word: each is looked at as far as is shown of it.
pub(super) fn spots<'a>(prompt: &Prompt, findings: &'a [Finding], most: usize) -> Vec<(&'a Label, Excerpt)> {
    let mut spots = Vec::new();
    let mut told: BTreeMap<&Label, usize> = BTreeMap::new();
    for (index, part) in prompt.parts.iter().enumerate() {
        if part.text.len() > MOST_BYTES {
            continue;
        }
        let mine: Vec<&Finding> = findings.iter().filter(|one| one.part == index).collect();
        if mine.is_empty() {
            continue;
        }
        let mut shown: Vec<char> = part.text.expose().chars().collect();
        for place in mine
            .iter()
            .filter_map(|one| shown.get(one.start..one.end).map(|_| one.start..one.end))
            .collect::<Vec<_>>()
        {
            for char in shown.get_mut(place).into_iter().flatten().filter(|char| !char.is_whitespace()) {
                *char = '•';
            }
        }
        for one in mine.into_iter().filter(|one| one.end.saturating_sub(one.start) <= LONGEST) {
            let told = told.entry(&one.label).or_default();
            *told += 1;
            if *told <= most {
                spots.push((&one.label, spot(&shown, one)));
            }
        }
    }
    spots
}

fn spot(shown: &[char], one: &Finding) -> Excerpt {
    let before = shown.get(..one.start).unwrap_or_default();
    let after = shown.get(one.end..).unwrap_or_default();
    let line = before.iter().rev().take(AROUND + 1).take_while(|char| **char != '\n').count();
    let far = before.len() - line.min(AROUND);
    let mut words = String::from(if line > AROUND { "…" } else { "" });
    words.extend(before.get(far..).unwrap_or_default());
    let rest = after.iter().take(AROUND + 1).take_while(|char| **char != '\n').count();
    let mut behind: String = after.iter().take(rest.min(AROUND)).collect();
    if rest > AROUND {
        behind.push('…');
    }
    Excerpt { before: Text::from(words), mask: one.mask.clone(), after: Text::from(behind) }
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Finding, Label, Operation, Part, PartKind, Prompt};

    use super::spots;

    fn finding(text: &str, found: &str) -> Finding {
        let start = text.split(found).next().unwrap().chars().count();
        Finding {
            label: Label::try_from("pii.email".to_owned()).unwrap(),
            part: 0,
            start,
            end: start + found.chars().count(),
            confidence: 1.0,
            mask: "j••••".to_owned(),
        }
    }

    #[test]
    fn a_spot_shows_its_line_and_no_found_character() {
        let text = "first line\nwrite to jane@example.com and to joe@example.com, he knows all about the herons of it\nlast";
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let findings = [finding(text, "jane@example.com"), finding(text, "joe@example.com")];
        let spots = spots(&prompt, &findings, 3);
        let told: Vec<_> = spots
            .iter()
            .map(|(_, spot)| (spot.before.expose(), spot.mask.as_str(), spot.after.expose()))
            .collect();
        assert_eq!(
            told,
            [
                ("write to ", "j••••", " and to •••••••••••••••, he …"),
                ("… to •••••••••••••••• and to ", "j••••", ", he knows all about the her…"),
            ]
        );
    }

    #[test]
    fn a_line_full_of_findings_tells_of_some() {
        let count = 17_000;
        let word = "somebody@example.com";
        let text = format!("{word},{}", "x".repeat(40)).repeat(count);
        let step = word.len() + 41;
        let one =
            |at: usize| Finding { start: at * step, end: at * step + word.len(), ..finding(word, word) };
        let findings: Vec<Finding> = (0..count).map(one).collect();
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let spots = spots(&prompt, &findings, 3);
        let sides: Vec<_> =
            spots.iter().map(|(_, spot)| (spot.before.expose(), spot.after.expose())).collect();
        let (x, behind) = ("x".repeat(28), format!(",{}…", "x".repeat(27)));
        assert_eq!(
            sides,
            [
                ("", behind.as_str()),
                (format!("…{x}").as_str(), behind.as_str()),
                (format!("…{x}").as_str(), behind.as_str()),
            ]
        );
    }
}
