//! Where findings are, as a person finds them again: the mask between the words around it.
//!
//! INVARIANT: no found character is in a spot: what is around one is masked wherever anything was found.

use shared_protocol::{Excerpt, Finding, Label, Prompt, Text};

/// Code points that are shown on each side.
const AROUND: usize = 28;

/// Findings longer than this (a program, a table) are a whole, not a place in a line.
const LONGEST: usize = 256;

/// Texts longer than this are not walked for it.
const MOST_BYTES: usize = 1 << 20;

/// A spot for each finding that is a place in a line, in their order.
pub(super) fn spots<'a>(prompt: &Prompt, findings: &'a [Finding]) -> Vec<(&'a Label, Excerpt)> {
    let mut spots = Vec::new();
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
        let in_line = mine.iter().filter(|one| one.end.saturating_sub(one.start) <= LONGEST);
        spots.extend(in_line.map(|one| (&one.label, spot(&shown, one))));
    }
    spots
}

fn spot(shown: &[char], one: &Finding) -> Excerpt {
    let before = shown.get(..one.start).unwrap_or_default();
    let after = shown.get(one.end..).unwrap_or_default();
    let line = before.iter().rev().take_while(|char| **char != '\n').count();
    let far = before.len() - line.min(AROUND);
    let mut words = String::from(if line > AROUND { "…" } else { "" });
    words.extend(before.get(far..).unwrap_or_default());
    let rest = after.iter().take_while(|char| **char != '\n').count();
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
        let spots = spots(&prompt, &findings);
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
}
