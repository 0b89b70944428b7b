//! The text that is kept, before it is sealed.
//!
//! INVARIANT: no more than `capture` allows. `matches` keeps each finding with at most [`AROUND`] bytes on either
//! side, `masked` the text with every finding masked, `metadata` nothing; of a text that was not looked through the two
//! in the middle keep nothing.

use std::iter::Peekable;
use std::str::CharIndices;

use host_classify::{Classification, Engine, merged};
use host_journal::{Content, Plain};
use shared_protocol::{
    App, Capture, Choice, Edit, EventId, Finding, Judge, Millis, Operation, Part, PartKind, Prompt, Response,
    Text,
};

/// Bytes kept on each side of a finding.
const AROUND: usize = 75;

/// What is kept of a prompt; `None` when nothing is.
pub(crate) fn prompt_text(
    capture: Capture,
    ask: &Judge,
    prompt: &Prompt,
    found: &Classification,
) -> Option<Plain> {
    let keep = |prompt: &Prompt| Plain::prompt(ask.event.clone(), ask.at, ask.app.clone(), prompt);
    let kept = match capture {
        Capture::Metadata => return None,
        Capture::Full => keep(prompt),
        // Not looked through: nobody knows what would have to be masked.
        Capture::Masked if found.engines.is_empty() => return None,
        Capture::Masked => keep(&masked(prompt, &found.findings)),
        Capture::Matches => keep(&matches(prompt, &found.findings)),
    };
    let is_empty = matches!(&kept.content, Content::Prompt(text)
        if text.attachments.is_empty() && text.parts.iter().all(|part| part.text.is_empty()));
    (!is_empty).then_some(kept)
}

/// What is kept of an answer; `None` when nothing is.
pub(crate) fn response_text(
    capture: Capture,
    event: &EventId,
    at: Millis,
    app: &App,
    response: &Response,
    engine: &Engine,
) -> Option<Plain> {
    let looked_at = |keep: fn(&Prompt, &[Finding]) -> Prompt| {
        let mut prompt = Prompt::new(Operation::ReceiveResponse);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: response.text.clone() });
        let found = engine.classify(&prompt);
        let mut text = Text::default();
        for (index, part) in keep(&prompt, &found.findings).parts.iter().enumerate() {
            text.push_str(if index > 0 { "\n" } else { "" });
            text.push_str(part.text.expose());
        }
        text
    };
    let text = match capture {
        Capture::Metadata => return None,
        Capture::Full => response.text.clone(),
        Capture::Masked => looked_at(masked),
        Capture::Matches => looked_at(matches),
    };
    let conversation = response.conversation_id.clone();
    (!text.is_empty()).then(|| Plain::answer(event.clone(), at, app.clone(), conversation, text))
}

/// The person's reason. Kept whatever `capture` says: it was written for the record.
pub(crate) fn reason_text(event: &EventId, at: Millis, app: &App, choice: &Choice) -> Option<Plain> {
    let reason = match choice {
        Choice::Justify { reason } => reason,
        Choice::Redact { reason } => reason.as_ref()?,
        Choice::Edit | Choice::SendAnyway | Choice::None | Choice::Code { .. } | Choice::Verify => {
            return None;
        }
    };
    Some(Plain::reason(event.clone(), at, app.clone(), reason.clone()))
}

/// With every finding masked; without the files' names, in which nothing can be masked.
fn masked(prompt: &Prompt, findings: &[Finding]) -> Prompt {
    // Of a long file the beginning is kept: of what was found over its end that much is masked.
    let lengths: Vec<usize> = prompt.parts.iter().map(|part| part.text.expose().chars().count()).collect();
    let mask = |one: &Finding| Edit {
        part: one.part,
        start: one.start,
        end: lengths.get(one.part).map_or(one.end, |length| one.end.min(*length)),
        replacement: one.mask.clone(),
    };
    let masks: Vec<Edit> = merged(findings).iter().map(mask).collect();
    without_names(prompt.edited(&masks))
}

/// One part for each finding, or for findings whose surroundings touch.
fn matches(prompt: &Prompt, findings: &[Finding]) -> Prompt {
    let mut kept = without_names(prompt.clone());
    kept.parts.clear();
    let findings = merged(findings);
    for (index, part) in prompt.parts.iter().enumerate() {
        let text = part.text.expose();
        let mine = findings.iter().filter(|finding| finding.part == index);
        for (from, to) in windows(text, mine) {
            let text = text.get(from..to).unwrap_or_default().into();
            kept.parts.push(Part { kind: part.kind, name: None, text });
        }
    }
    kept
}

/// Byte ranges around the findings of one part, which are sorted.
fn windows<'a>(text: &str, findings: impl Iterator<Item = &'a Finding>) -> Vec<(usize, usize)> {
    let mut chars = text.char_indices().peekable();
    let mut passed = 0;
    let mut windows: Vec<(usize, usize)> = Vec::new();
    for finding in findings {
        let start = byte_at(&mut chars, &mut passed, finding.start).unwrap_or(text.len());
        let end = byte_at(&mut chars, &mut passed, finding.end).unwrap_or(text.len());
        let from = text.ceil_char_boundary(start.saturating_sub(AROUND));
        let to = text.floor_char_boundary(end.saturating_add(AROUND));
        match windows.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => windows.push((from, to)),
        }
    }
    windows
}

/// The byte where a code point begins; asked for in ascending order, so that a text is walked once.
fn byte_at(chars: &mut Peekable<CharIndices<'_>>, passed: &mut usize, code_point: usize) -> Option<usize> {
    while *passed < code_point {
        chars.next()?;
        *passed += 1;
    }
    chars.peek().map(|(byte, _)| *byte)
}

fn without_names(mut prompt: Prompt) -> Prompt {
    prompt.attachments.clear();
    for part in &mut prompt.parts {
        part.name = None;
    }
    prompt
}

#[cfg(test)]
mod tests;
