//! The card that goes with a verdict: why, what was found, and which answers there are.
//!
//! INVARIANT: of the text only masks are in it, and a few words around them in which every finding is masked.

mod spots;

use host_classify::Classification;
use host_policy::{Decision, Messages};
use shared_protocol::{
    Action, Card, CardFile, CardFinding, CardPolicy, FilePlace, Finding, Label, Mode, Obligation, Operation,
    Prompt, Topic,
};

/// Masks of one label that are shown at most.
const MASKS: usize = 3;

/// Places of one label in files that are shown at most.
const PLACES: usize = 5;

/// For whom, and about what.
pub(super) struct To<'a> {
    /// What the request does.
    pub(super) operation: Operation,
    /// The text, where it was looked through.
    pub(super) prompt: Option<&'a Prompt>,
    /// How many of its parts are the request's own; the others are of files.
    pub(super) own: usize,
    /// What a label counts as.
    pub(super) topics_of: &'a dyn Fn(&Label) -> Vec<Topic>,
    /// A one-time code would be taken.
    pub(super) may_code: bool,
    /// A proof of who the person is would lift something.
    pub(super) may_verify: bool,
    /// The organisation's words.
    pub(super) messages: &'a Messages,
    /// The language that the person reads.
    pub(super) language: Option<&'a str>,
    /// Where in the attached files things were found.
    pub(super) places: Vec<(Label, FilePlace)>,
    /// The attached files that it is about.
    pub(super) files: Vec<CardFile>,
}

impl To<'_> {
    /// What is said of a policy: in the person's language where there are words in it, else as the policy has it.
    fn message(&self, id: &str, own: Option<&String>) -> Option<String> {
        let theirs = self.language.and_then(|language| self.messages.of(id, language));
        theirs.map(str::to_owned).or_else(|| own.cloned())
    }
}

/// The card; `None` when there is nothing to say.
pub(super) fn card(
    action: Action,
    obligations: &[Obligation],
    decision: &Decision,
    found: &Classification,
    to: &To<'_>,
) -> Option<Card> {
    if action == Action::Allow {
        return None;
    }
    let acting = decision.policies.iter().filter(|policy| policy.mode == Mode::Enforce);
    let policies = acting.map(|policy| CardPolicy {
        id: policy.id.clone(),
        message: to.message(&policy.id, policy.message.as_ref()),
        link: policy.link.clone(),
        severity: policy.severity,
    });
    let owes = |obligation| obligations.contains(&obligation);
    let is_asked = owes(Obligation::Warn) || owes(Obligation::Justify) || owes(Obligation::Redact);
    Some(Card {
        action,
        policies: policies.collect(),
        findings: group(found, to),
        may_edit: is_asked || (action == Action::Block && is_written(to.operation)),
        may_redact: owes(Obligation::Redact),
        may_justify: owes(Obligation::Justify),
        may_send: owes(Obligation::Warn) && !owes(Obligation::Justify) && !owes(Obligation::Redact),
        may_code: to.may_code && (is_asked || action == Action::Block),
        may_verify: to.may_verify && (is_asked || action == Action::Block),
        may_report: true,
        files: to.files.clone(),
    })
}

/// The card of a request that is refused after all.
pub(super) fn refused(card: Option<Card>) -> Card {
    let empty = Card {
        action: Action::Block,
        policies: Vec::new(),
        findings: Vec::new(),
        may_edit: true,
        may_redact: false,
        may_justify: false,
        may_send: false,
        may_code: false,
        may_verify: false,
        may_report: true,
        files: Vec::new(),
    };
    match card {
        None => empty,
        Some(card) => Card { policies: card.policies, findings: card.findings, files: card.files, ..empty },
    }
}

/// Whether a person wrote this at a composer that it can be given back to.
fn is_written(operation: Operation) -> bool {
    match operation {
        Operation::SendPrompt
        | Operation::EditPrompt
        | Operation::WriteMemory
        | Operation::WriteInstructions => true,
        Operation::SendDraft
        | Operation::Regenerate
        | Operation::ReceiveResponse
        | Operation::UploadFile
        | Operation::ShareConversation
        | Operation::DeleteConversation
        | Operation::UseConnector
        | Operation::Dictate => false,
    }
}

/// Findings by label, in the order of their first appearance; then those in files' names.
fn group(found: &Classification, to: &To<'_>) -> Vec<CardFinding> {
    let spans = found.findings.iter().map(|one| (&one.label, &one.mask));
    let names = found.names.iter().map(|one| (&one.label, &one.mask));
    let mut groups: Vec<CardFinding> = Vec::new();
    for (label, mask) in spans.chain(names) {
        let at = groups.iter().position(|group| group.label == *label);
        match at.and_then(|at| groups.get_mut(at)) {
            Some(group) => {
                group.count += 1;
                if group.masks.len() < MASKS && !group.masks.contains(mask) {
                    group.masks.push(mask.clone());
                }
            }
            None => groups.push(CardFinding {
                label: label.clone(),
                count: 1,
                masks: vec![mask.clone()],
                places: Vec::new(),
                topic: (to.topics_of)(label).into_iter().next(),
                spots: Vec::new(),
            }),
        }
    }
    if let Some(prompt) = to.prompt {
        // What is in a file has its place there instead.
        let own: Vec<Finding> = found.findings.iter().filter(|one| one.part < to.own).cloned().collect();
        for (label, spot) in spots::spots(prompt, &own, MASKS) {
            let group = groups.iter_mut().find(|group| group.label == *label);
            if let Some(group) = group {
                group.spots.push(spot);
            }
        }
    }
    for group in &mut groups {
        let mine = to.places.iter().filter(|(label, _)| *label == group.label);
        group.places = mine.take(PLACES).map(|(_, place)| place.clone()).collect();
    }
    groups
}
