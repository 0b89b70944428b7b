//! The rows of a judgement and of an answer, as values.
//!
//! It deliberately draws no salt and seals nothing.

use std::collections::BTreeMap;

use host_classify::Classification;
use host_journal::{
    Drifted, Entry, FactsJson, Judged, PolicyUse, Refused, RefusedBy, Released, Timings, TopicNote,
};
use shared_protocol::{Browser, Choice, Judge, Label, Outcome, Reading, Settings};

use super::Draft;
use crate::judge::{Judgement, prompt_text};

/// `judged`, a drift row when the request could not be read, and `released` or `refused` when nobody is asked.
pub(crate) fn judged(
    ask: &Judge,
    browser: Option<Browser>,
    settings: &Settings,
    judgement: &Judgement,
    timings: Timings,
) -> Vec<Draft> {
    let Judgement { verdict, facts, redacted, decision, found, whole, files, capture } = judgement;
    let mut row = Judged::new(verdict.action, verdict.outcome, verdict.mode, settings.source, *capture);
    let mut text = None;
    let mut drift = None;
    match &ask.reading {
        Reading::Prompt(prompt) => {
            row = row.about(prompt);
            text = match whole {
                Some(whole) => prompt_text(*capture, ask, &whole.kept(), found),
                None => prompt_text(*capture, ask, prompt, found),
            };
        }
        // A message that was no message names nothing that could be drift.
        Reading::Unread(unread) if unread.path.is_empty() => {}
        Reading::Unread(unread) => {
            row = row.unread(unread);
            drift = Some(unread.clone());
        }
    }
    row.obligations.clone_from(&verdict.obligations);
    row.would = decision.would;
    row.policies = decision
        .policies
        .iter()
        .map(|policy| PolicyUse { id: policy.id.clone(), action: policy.action, mode: policy.mode })
        .collect();
    row.files.clone_from(files);
    row.bundle = bundle(settings);
    row.edits = u64::try_from(verdict.edits.len()).unwrap_or(u64::MAX);
    row.fault = verdict.fault;
    // Facts are JSON by their own test; a row without them is better than none.
    row.facts = FactsJson::new(&facts.to_bytes()).ok();
    row.redacted_facts = redacted.as_ref().and_then(|facts| FactsJson::new(&facts.to_bytes()).ok());
    row.engines.clone_from(&found.engines);
    row.topics = TopicNote::of(&found.topics);
    row.labels = labels(found);
    row.timings = timings;
    row.browser = browser;
    row.private_window = ask.private_window;

    let mut drafts = vec![Draft { entry: Entry::Judged(Box::new(row)), text }];
    drafts.extend(drift.map(|drift| Draft { entry: Entry::Drift(Drifted { drift }), text: None }));
    let end = match verdict.outcome {
        Outcome::Release => Some(Entry::Released(Released { edited: false })),
        Outcome::Refuse => {
            let by = verdict.fault.map_or(RefusedBy::Policy, RefusedBy::Fault);
            Some(Entry::Refused(Refused { by }))
        }
        Outcome::Ask => None,
    };
    drafts.extend(end.map(|entry| Draft { entry, text: None }));
    drafts
}

/// Name and version of the bundle that decided, as its manifest writes them together.
fn bundle(settings: &Settings) -> Option<String> {
    let policy = settings.policy.as_ref().filter(|policy| policy.version > 0)?;
    Some(format!("{} {}", policy.name, policy.version))
}

/// How often each label was found.
pub(crate) fn labels(found: &Classification) -> BTreeMap<Label, u64> {
    let mut labels = BTreeMap::new();
    let names = found.names.iter().map(|name| &name.label);
    for label in found.findings.iter().map(|finding| &finding.label).chain(names) {
        *labels.entry(label.clone()).or_insert(0) += 1;
    }
    labels
}

/// The row that ends a request after an answer.
pub(crate) fn released_or_refused(outcome: Outcome, choice: &Choice) -> Draft {
    match outcome {
        Outcome::Release => {
            Draft { entry: Entry::Released(Released { edited: is_edited(choice) }), text: None }
        }
        Outcome::Refuse | Outcome::Ask => refused(choice),
    }
}

/// The row that ends a request that was not released.
pub(super) fn refused(choice: &Choice) -> Draft {
    let by = match choice {
        Choice::None => RefusedBy::NoAnswer,
        // An answer that was not offered is the person's all the same.
        Choice::Edit
        | Choice::SendAnyway
        | Choice::Justify { .. }
        | Choice::Redact { .. }
        | Choice::Code { .. } => RefusedBy::Person,
    };
    Draft { entry: Entry::Refused(Refused { by }), text: None }
}

/// Whether the text goes without the found spans.
pub(super) fn is_edited(choice: &Choice) -> bool {
    match choice {
        Choice::Redact { .. } => true,
        Choice::Edit | Choice::SendAnyway | Choice::Justify { .. } | Choice::Code { .. } | Choice::None => {
            false
        }
    }
}
