//! Any text as a prompt: what is found has its place in it, its mask hides it, and redaction takes it out.

use std::sync::LazyLock;

use host_classify::encoder::EncoderError;
use host_classify::{Engine, replacement};
use shared_protocol::{Attachment, Edit, Finding, Operation, Part, PartKind, Prompt};

static ENGINE: LazyLock<Option<Engine>> = LazyLock::new(|| {
    // Texts by the million: the rules and what reads beside them, not the arithmetic.
    Engine::builtin().ok().map(|engine| engine.without_encoder(EncoderError::Foreign))
});

/// The first line is the name of a file too.
pub(crate) fn classify(bytes: &[u8]) {
    let Some(engine) = &*ENGINE else { return };
    let text = String::from_utf8_lossy(bytes);
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: (*text).into() });
    let name = text.lines().next().map(Into::into);
    prompt.attachments.push(Attachment { name, ..Attachment::default() });
    let found = engine.classify(&prompt);
    assert!(found.topics.iter().all(|topic| (0.0..=1.0).contains(&topic.score)), "a score outside 0 to 1");
    places(&text, &found.findings);

    let edit = |finding: &Finding| Edit {
        part: 0,
        start: finding.start,
        end: finding.end,
        replacement: replacement(&finding.label, 1),
    };
    let edited = prompt.edited(&found.findings.iter().map(edit).collect::<Vec<_>>());
    let Some(text) = edited.parts.first().map(|part| part.text.expose()) else { return };
    let again = engine.classify(&edited).findings;
    places(text, &again);
    for finding in &again {
        // The lines of a private key are found with all that is between them: rather too much than a key that a
        // bracket hides.
        if finding.label.as_str() == "secret.private-key" {
            continue;
        }
        let words = cut(text, finding);
        let holds = found.findings.iter().any(|before| words.contains(&replacement(&before.label, 1)));
        assert!(!holds, "a replacement is found");
    }
}

/// In order, apart from each other, inside the text, and no more than half of it in the mask.
fn places(text: &str, findings: &[Finding]) {
    let points = text.chars().count();
    let mut last = 0;
    for finding in findings {
        assert!(
            last <= finding.start && finding.start < finding.end && finding.end <= points,
            "no such place"
        );
        assert!((0.5..=1.0).contains(&finding.confidence), "a confidence outside 0.5 to 1");
        let shown = finding.mask.chars().filter(|char| *char != '•').count();
        assert!(shown * 2 <= finding.end - finding.start, "a mask that shows more than half");
        last = finding.end;
    }
}

fn cut(text: &str, finding: &Finding) -> String {
    text.chars().skip(finding.start).take(finding.end - finding.start).collect()
}
