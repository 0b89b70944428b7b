//! Judging: a snapshot and a request in, a verdict and what is to be written down out.
//!
//! INVARIANT: pure. No clock, no file, no randomness: the edge seals and appends.
//! INVARIANT: a fault yields at least its fail setting, and never less than what the policy says without
//! having read the text.

mod again;
mod answered;
mod card;
mod choice;
mod failing;
mod granting;
mod kept;
mod lifting;
mod numbering;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::env::consts::OS;
use std::sync::Arc;
use std::time::Duration;

use host_classify::{Beside, Classification, Engine, Neighbours, Scanned};
use host_journal::{FileNote, Timings};
use host_policy::{
    BundleSettings, Decision, DeviceFacts, Facts, LocalTime, Messages, Place, Policy, UserFacts, fit,
};
use shared_protocol::{
    Action, App, Browser, Capture, Code, Edit, Judge, Label, Level, Mode, Obligation, Operation, Outcome,
    Part, PartKind, Prompt, Reading, Settings, Text, Topic, Verdict,
};

use crate::files::{Attached, Whole};
use failing::{fail_action, tighten, unread};

pub(crate) use again::{Again, again};
pub(crate) use choice::answer;
pub(crate) use failing::unrecorded;
pub(crate) use granting::{fault_of as code_fault, matter};
pub(crate) use kept::{prompt_text, reason_text, response_text};
pub(crate) use numbering::edits;

/// What one judgement sees. Swapped whole.
pub(crate) struct Snapshot {
    /// The settings.
    pub(crate) settings: Settings,
    /// The policy they name.
    pub(crate) policy: Policy,
    /// The classifier.
    pub(crate) engine: Arc<Engine>,
    /// Who is at the keyboard, as far as known.
    pub(crate) user: UserFacts,
    /// Whether there is anybody who could open a text that is kept.
    pub(crate) may_keep_text: bool,
    /// Whether there are keys that sign one-time codes: what is blocked then waits for one.
    pub(crate) takes_codes: bool,
    /// The person can prove who they are; their risk is then this at most.
    pub(crate) proves_to: Option<Level>,
    /// What the card says of a policy, by language.
    pub(crate) messages: Messages,
    /// What the organisation says of sites.
    pub(crate) theirs: BundleSettings,
    /// The bundle has expired.
    pub(crate) stale: bool,
}

/// Edits of one verdict at most: far more would not fit into one message, and nobody reads a text with so many gaps.
const MOST_EDITS: usize = 50_000;

/// A request, and who asks where.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The request.
    pub(crate) judge: &'a Judge,
    /// Which browser; absent when the text did not come from one.
    pub(crate) browser: Option<Browser>,
    /// Somebody else than the person at the keyboard.
    pub(crate) user: Option<&'a UserFacts>,
    /// Their risk, where it is known better than the facts of the person say.
    pub(crate) risk: Level,
    /// What the engine said of a text before, if it was read ahead.
    pub(crate) known: Known<'a>,
    /// What holds around it.
    pub(crate) around: &'a Around,
    /// Its files.
    pub(crate) files: &'a Attached,
}

/// What is known of a request beside itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    /// The language that the person reads (BCP 47).
    pub(crate) language: Option<String>,
    /// The person's clock.
    pub(crate) local: Option<LocalTime>,
    /// What was found in its conversation before.
    pub(crate) conversation: BTreeMap<Topic, Level>,
    /// How often each label was found in it before, where the policy asks.
    pub(crate) counts: BTreeMap<Label, u64>,
    /// How what was sent in it before ends.
    pub(crate) tail: Text,
    /// Mistakes of the models that were confirmed.
    pub(crate) neighbours: Option<Arc<Neighbours>>,
}

/// Looks up what the engine said of the very same text.
pub(crate) type Known<'a> = &'a dyn Fn(&str) -> Option<Arc<Scanned>>;

/// Nothing was read ahead.
pub(crate) const UNKNOWN: Known<'static> = &|_| None;

/// A request, judged.
pub(crate) struct Judgement {
    /// For the extension.
    pub(crate) verdict: Verdict,
    /// What was decided from.
    pub(crate) facts: Facts,
    /// The same of the text that redaction would send, which was decided again.
    pub(crate) redacted: Option<Facts>,
    /// The policy's decision, the fault's part not yet in it.
    pub(crate) decision: Decision,
    /// What was found; empty when nothing was looked for.
    pub(crate) found: Classification,
    /// What was looked through, where that is more than the request's own text.
    pub(crate) whole: Option<Whole>,
    /// What the record says of the files.
    pub(crate) files: Vec<FileNote>,
    /// What is kept of the text.
    pub(crate) capture: Capture,
}

impl Snapshot {
    /// Judges a request. `clock` runs from any moment; it only fills in the timings.
    pub(crate) fn judge(&self, ask: &Asked<'_>, clock: &dyn Fn() -> Duration) -> (Judgement, Timings) {
        let judgement = match &ask.judge.reading {
            Reading::Unread(drift) => self.fault(ask, unread(drift)),
            Reading::Prompt(prompt) if self.is_oversize(prompt) => self.fault(ask, Code::Oversize),
            Reading::Prompt(prompt) => return self.judge_prompt(ask, prompt, clock),
        };
        (judgement, Timings::default())
    }

    /// Judges a prompt that nobody wrote, so that the first one that somebody writes is not the slow one: patterns
    /// and policies make themselves ready when they are first used.
    pub(crate) fn warm(&self) {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        let text =
            "Dear Jane, call 415 555 0100 or write to jane@example.com. key=sk-0a1B2c3D4e5F, card 4111 1111";
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let found = self.engine.classify(&prompt);
        let mut facts = Facts::of(App::new("chatgpt"), &prompt);
        facts.classified(&found.topics, &found.findings, |label| self.engine.topics_of(label));
        let _ready = self.policy.decide(&facts);
    }

    fn judge_prompt(
        &self,
        ask: &Asked<'_>,
        prompt: &Prompt,
        clock: &dyn Fn() -> Duration,
    ) -> (Judgement, Timings) {
        let start = clock();
        let read_ahead = Cell::new(0);
        let known = |text: &str| {
            let known = (ask.known)(text);
            read_ahead.set(read_ahead.get() + usize::from(known.is_some()));
            known
        };
        let whole = ask.files.appended(prompt);
        let is_over = || clock().saturating_sub(start) > self.for_models();
        let (facts, found) = self.facts(&Asked { known: &known, ..*ask }, &whole, &is_over);
        let previewed =
            !prompt.parts.is_empty() && ask.files.is_empty() && read_ahead.get() == prompt.parts.len();
        let classified = clock();
        let decision = self.policy.decide(&facts);
        // Of the text as it was typed, which is what is kept.
        let capture = self.kept(&decision, None);
        let mut edits = edits(&self.engine, &decision, &found, &whole.prompt, &ask.judge.placeholders);
        // Nothing in a file is redacted.
        edits.retain(|edit| edit.part < whole.own);
        let (decision, redacted) = self.after_redaction(ask, (prompt, &facts), decision, &edits, &is_over);
        let decided = clock();
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let timings = Timings {
            classify_us: micros(classified.saturating_sub(start)),
            decide_us: micros(decided.saturating_sub(classified)),
            total_us: 0,
            previewed,
        };
        let unread = ask.files.is_unread(&whole).then_some(Code::UnreadFile);
        let files = ask.files.notes(&whole, &found);
        let judgement = self.judgement(ask, (facts, found, Some(&whole)), decision, edits, unread);
        let whole = (!ask.files.is_empty()).then_some(whole);
        (Judgement { redacted, capture, whole, files, ..judgement }, timings)
    }

    /// Judges a request whose text was not, or could not be, looked at because of `code`.
    pub(crate) fn fault(&self, ask: &Asked<'_>, code: Code) -> Judgement {
        let facts = match &ask.judge.reading {
            Reading::Prompt(prompt) => Facts::of(ask.judge.app.clone(), prompt),
            Reading::Unread(drift) => {
                // Of an unread send nothing is known but that something leaves.
                let operation = drift.operation.unwrap_or(Operation::SendPrompt);
                let mut facts = Facts::new(operation, ask.judge.app.clone());
                facts.text_bytes = drift.size.unwrap_or(1);
                facts
            }
        };
        let facts = self.with_person(facts, ask);
        let decision = self.policy.decide(&facts);
        let judgement = self.judgement(ask, (facts, nothing(), None), decision, Vec::new(), Some(code));
        Judgement { files: ask.files.told(), ..judgement }
    }

    /// What is kept of a text: what the policies say, else the settings; `limit` is the most.
    fn kept(&self, decision: &Decision, limit: Option<Capture>) -> Capture {
        if !self.may_keep_text {
            return Capture::Metadata;
        }
        decision.capture(self.settings.capture).both(limit.unwrap_or(Capture::Full))
    }

    fn is_oversize(&self, prompt: &Prompt) -> bool {
        let limit = usize::try_from(self.settings.fail.oversize_bytes).unwrap_or(usize::MAX);
        prompt.text_len() > limit
    }

    /// How long the slowest model may read, so that no verdict waits for it until the deadline.
    fn for_models(&self) -> Duration {
        Duration::from_millis(u64::from(self.settings.fail.deadline_ms)) / 2
    }

    fn facts(&self, ask: &Asked<'_>, whole: &Whole, is_over: &dyn Fn() -> bool) -> (Facts, Classification) {
        let beside = Beside { known: ask.known, before: ask.around.tail.expose(), is_over };
        let mut found = self.engine.classify_knowing(&whole.prompt, &beside);
        ask.files.remember(&mut found);
        ask.around.neighbours.iter().for_each(|neighbours| found.correct(neighbours));
        let mut facts = self.with_person(Facts::of(ask.judge.app.clone(), &whole.prompt), ask);
        let own = found.findings.partition_point(|finding| finding.part < whole.own);
        let (own, in_files) = found.findings.split_at_checked(own).unwrap_or((&found.findings, &[]));
        facts.classified(&found.topics, own, |label| self.engine.topics_of(label));
        for finding in in_files {
            // Like a name: redaction does not reach it.
            facts.found(&finding.label, self.engine.topics_of(&finding.label), Place::Name);
        }
        for name in &found.names {
            facts.found(&name.label, self.engine.topics_of(&name.label), Place::Name);
        }
        facts.answered = self.answered(ask, whole, &facts);
        (facts, found)
    }

    fn with_person(&self, mut facts: Facts, ask: &Asked<'_>) -> Facts {
        facts.user = ask.user.unwrap_or(&self.user).clone();
        facts.user.risk = facts.user.risk.max(ask.risk);
        facts.browser = ask.browser;
        facts.private_window = ask.judge.private_window;
        facts.device = DeviceFacts { os: Some(OS.to_owned()), managed: self.settings.managed };
        facts.language.clone_from(&ask.around.language);
        facts.local = ask.around.local;
        facts.conversation.clone_from(&ask.around.conversation);
        facts.conversation_labels.clone_from(&ask.around.counts);
        // Exceptions end at a moment.
        facts.at = i64::try_from(ask.judge.at / 1_000).ok();
        self.theirs.about(&mut facts);
        facts
    }

    /// What redaction does not remove still stands.
    fn after_redaction(
        &self,
        ask: &Asked<'_>,
        (prompt, facts): (&Prompt, &Facts),
        decision: Decision,
        edits: &[Edit],
        is_over: &dyn Fn() -> bool,
    ) -> (Decision, Option<Facts>) {
        if !decision.obligations.contains(&Obligation::Redact) {
            return (decision, None);
        }
        if edits.len() > MOST_EDITS {
            // Not redacted: what is decided again is the text as it is, which still needs it.
            return (decision.clone().after_redaction(decision), Some(facts.clone()));
        }
        let (facts, _) = self.facts(ask, &ask.files.appended(&prompt.edited(edits)), is_over);
        let again = self.policy.decide(&facts);
        (decision.after_redaction(again), Some(facts))
    }

    fn judgement(
        &self,
        ask: &Asked<'_>,
        (facts, found, whole): (Facts, Classification, Option<&Whole>),
        decision: Decision,
        edits: Vec<Edit>,
        code: Option<Code>,
    ) -> Judgement {
        let failing = |code| fit(facts.operation, fail_action(&self.settings.fail, code).action());
        let expired = if self.stale { failing(Code::Expired) } else { Action::Allow };
        // One fault does not hide another.
        let unread = if ask.files.is_open() { failing(Code::UnreadFile) } else { Action::Allow };
        let fail = code.map_or(Action::Allow, failing).max(expired).max(unread);
        let (action, obligations) = tighten(&decision, fail);
        let (reported, mode) = match decision.reported() {
            // The fault is stricter: it is carried out, whatever the policy's mode.
            _ if fail > decision.action => (action, Mode::Enforce),
            reported => reported,
        };
        let edits = if obligations.contains(&Obligation::Redact) { edits } else { Vec::new() };
        // Nobody gives a code for a fault, nor for what goes without a person knowing.
        let quiet = matches!(facts.operation, Operation::SendDraft | Operation::ReceiveResponse);
        let may_code = self.takes_codes && code.is_none() && decision.faults.is_empty() && !quiet;
        let may_verify =
            code.is_none() && decision.faults.is_empty() && !quiet && self.lifts(&facts, &decision);
        let policy_fault = (!decision.faults.is_empty()).then_some(Code::PolicyFault);
        let stale_fault = (expired > decision.action).then_some(Code::Expired);
        let verdict = Verdict {
            event: ask.judge.event.clone(),
            outcome: outcome(action, may_code || may_verify),
            action: reported,
            card: card::card(
                action,
                &obligations,
                &decision,
                &found,
                &card::To {
                    operation: facts.operation,
                    prompt: whole.map(|whole| &whole.prompt),
                    own: whole.map_or(0, |whole| whole.own),
                    topics_of: &|label| self.engine.topics_of(label),
                    may_code,
                    may_verify,
                    messages: &self.messages,
                    language: ask.around.language.as_deref(),
                    places: whole.map_or_else(Vec::new, |whole| ask.files.places(whole, &found)),
                    files: whole.map_or_else(Vec::new, |whole| ask.files.about(whole, &found)),
                },
            ),
            obligations,
            mode,
            edits,
            fault: code.or(policy_fault).or(stale_fault),
        };
        // Not looked through: no telling which policy would have matched.
        let capture = self.kept(&decision, self.policy.least_capture());
        Judgement { verdict, facts, redacted: None, decision, found, whole: None, files: Vec::new(), capture }
    }
}

fn outcome(action: Action, may_lift: bool) -> Outcome {
    match action {
        Action::Block if may_lift => Outcome::Ask,
        Action::Allow | Action::Coach => Outcome::Release,
        Action::Warn | Action::Justify | Action::Redact => Outcome::Ask,
        Action::Block => Outcome::Refuse,
    }
}

/// Of a text that was not looked at.
fn nothing() -> Classification {
    Classification::default()
}

#[cfg(test)]
mod tests;
