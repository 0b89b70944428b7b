//! The card's own state between model and answer: since when it can be seen, what was answered, when quiet
//! advice goes away.
//!
//! INVARIANT: a press counts only if the browser vouches for it (`trusted`) and the card has been in view for
//! [`SEEN_MS`] without a gap. INVARIANT: at most one answer at a time leaves; after a rejection, another may.
//! It does not know the page: times and what is visible are arguments.

use shared_protocol::Choice;

use super::answers::{Answer, Press, Reason, Written, answer};
use super::model::{CardModel, FromCard, SEEN_MS, Stage};

/// How long something may lie over the card before the background is told.
const COVERED_MS: u64 = 1_000;

/// How long quiet advice stays when nobody points at it or has it in focus.
pub(crate) const ADVICE_MS: u64 = 12_000;

/// What a person can see of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// It is in view.
    Clear,
    /// It would be, but for what lies over it.
    Covered,
    /// It is out of view, or its tab is.
    Away,
}

/// What a press leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing.
    Ignore,
    /// Say this to the background.
    Say(FromCard),
    /// Show that a reason is needed.
    ReasonNeeded,
    /// Open the field for a code.
    OpenCode,
    /// Show that a code is needed.
    CodeNeeded,
    /// Say to the background that this is a mistake.
    Report,
    /// Put the words of this reason into its field.
    Fill(Reason),
    /// Copy what the person wrote.
    Copy,
}

/// The card's state.
#[derive(Debug)]
pub(crate) struct Desk {
    model: CardModel,
    seen_since: Option<u64>,
    covered_since: Option<u64>,
    said_shown: bool,
    quiet_since: Option<u64>,
    answered: Option<Choice>,
    /// It was reported, and the background has not said that it is on record.
    reporting: bool,
}

impl Desk {
    /// A card that was not drawn yet.
    pub(crate) fn new(model: CardModel) -> Self {
        Self {
            model,
            seen_since: None,
            covered_since: None,
            said_shown: false,
            quiet_since: None,
            answered: None,
            reporting: false,
        }
    }

    /// What it shows.
    pub(crate) fn model(&self) -> &CardModel {
        &self.model
    }

    /// Takes `model` if it is the card that stands here, at most with another end of the wait (a background
    /// that started anew counts from anew) or a file that is further; what was typed and answered stays. Else false, and nothing is taken.
    pub(crate) fn renew(&mut self, model: &CardModel) -> bool {
        let renewed =
            CardModel { until: model.until, progress: model.progress.clone(), ..self.model.clone() };
        let same = renewed == *model;
        if same {
            self.model = renewed;
        }
        same
    }

    /// Whether it waits for the background after an answer.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered.is_some()
    }

    /// It is, or is not, in view. True the first time it is: that is when it was shown.
    pub(crate) fn see(&mut self, view: View, now: u64) -> bool {
        self.covered_since = (view == View::Covered).then(|| self.covered_since.unwrap_or(now));
        if view != View::Clear {
            self.seen_since = None;
            return false;
        }
        self.seen_since.get_or_insert(now);
        !std::mem::replace(&mut self.said_shown, true)
    }

    /// A press, or a key that stands for one.
    pub(crate) fn press(&mut self, press: Press, written: &Written, trusted: bool, now: u64) -> Step {
        let seen = self.seen_since.is_some_and(|since| now.saturating_sub(since) >= SEEN_MS);
        if !trusted || !seen || self.waits_for_answer_to(press) {
            return Step::Ignore;
        }
        match answer(&self.model, press, written) {
            Answer::Choice(choice) => {
                self.answered = Some(choice.clone());
                Step::Say(FromCard::Choice { choice })
            }
            Answer::Close => Step::Say(FromCard::Close),
            Answer::ReasonNeeded => Step::ReasonNeeded,
            Answer::OpenCode => Step::OpenCode,
            Answer::CodeNeeded => Step::CodeNeeded,
            Answer::Report => {
                self.reporting = true;
                Step::Report
            }
            Answer::Fill(reason) => Step::Fill(reason),
            Answer::Copy => Step::Copy,
            Answer::GiveBack => Step::Say(FromCard::GiveBack),
            Answer::Read => Step::Say(FromCard::Read),
            Answer::NotOffered => Step::Ignore,
        }
    }

    /// While a code is looked at, or the person is at the provider's, the request may still be taken back, and a report waits for nothing.
    fn waits_for_answer_to(&self, press: Press) -> bool {
        match (&self.answered, press) {
            (None, _)
            | (_, Press::Report)
            | (Some(Choice::Code { .. } | Choice::Verify), Press::Edit | Press::Close) => false,
            (Some(_), _) => true,
        }
    }

    /// Whether it waits for the person, who is on the provider's page.
    pub(crate) fn is_verifying(&self) -> bool {
        self.answered == Some(Choice::Verify)
    }

    /// The report is on record.
    pub(crate) fn reported(&mut self) {
        self.reporting = false;
    }

    /// The background did not take the answer.
    pub(crate) fn rejected(&mut self) {
        self.answered = None;
    }

    /// The port was opened again: what has to be repeated on it.
    pub(crate) fn repeat(&self) -> Vec<FromCard> {
        let shown = self.said_shown.then_some(FromCard::Shown);
        let choice = self.answered.clone().map(|choice| FromCard::Choice { choice });
        let report = self.reporting.then_some(FromCard::Report);
        shown.into_iter().chain(choice).chain(report).collect()
    }

    /// Time passed. `held`: it is pointed at or has the focus. What has been covered long enough says so; advice
    /// that has been quiet long enough closes.
    pub(crate) fn tick(&mut self, held: bool, now: u64) -> Option<FromCard> {
        if let Some(since) = self.covered_since
            && now.saturating_sub(since) >= COVERED_MS
        {
            // Put back, and covered again, it says so again.
            self.covered_since = Some(now);
            return Some(FromCard::Covered);
        }
        // What offers something stays until it is closed, or the next prompt comes.
        // Of what is still being looked at, closing it would take it back.
        let offers = self.model.readable || matches!(self.model.stage, Stage::Kept | Stage::Checking);
        if self.model.stage.interrupts() || offers || self.seen_since.is_none() || held {
            self.quiet_since = None;
            return None;
        }
        let since = *self.quiet_since.get_or_insert(now);
        (now.saturating_sub(since) >= ADVICE_MS).then_some(FromCard::Close)
    }
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Action, App, Card, Choice};

    use super::super::answers::{Press, Written};
    use super::super::model::{CardModel, FromCard, Stage};
    use super::{ADVICE_MS, COVERED_MS, Desk, SEEN_MS, Step, View};

    fn desk(stage: Stage) -> Desk {
        Desk::new(CardModel {
            stage,
            app: App::new("claude"),
            card: Card {
                action: Action::Warn,
                policies: Vec::new(),
                findings: Vec::new(),
                may_edit: true,
                may_redact: false,
                may_justify: false,
                may_send: true,
                may_code: true,
                may_verify: true,
                may_report: true,
                files: Vec::new(),
            },
            until: None,
            code: None,
            operation: None,
            source: None,
            managed: false,
            progress: None,
            leaves: Vec::new(),
            text: None,
            readable: false,
        })
    }

    fn send(desk: &mut Desk, trusted: bool, now: u64) -> Step {
        desk.press(Press::Send, &Written::default(), trusted, now)
    }

    #[test]
    fn a_press_counts_after_half_a_second_in_view_and_only_if_trusted() {
        let mut desk = desk(Stage::Ask);
        assert_eq!(send(&mut desk, true, 10_000), Step::Ignore);
        assert!(desk.see(View::Clear, 1_000));
        assert!(!desk.see(View::Clear, 1_100));
        assert_eq!(send(&mut desk, true, 1_000 + SEEN_MS - 1), Step::Ignore);
        assert!(!desk.see(View::Away, 1_450));
        assert!(!desk.see(View::Clear, 1_500));
        assert_eq!(send(&mut desk, true, 1_000 + SEEN_MS), Step::Ignore);
        assert_eq!(send(&mut desk, false, 1_500 + SEEN_MS), Step::Ignore);
        let said = FromCard::Choice { choice: Choice::SendAnyway };
        assert_eq!(send(&mut desk, true, 1_500 + SEEN_MS), Step::Say(said));
    }

    #[test]
    fn one_answer_leaves_and_is_repeated_on_a_new_port() {
        let mut desk = desk(Stage::Ask);
        assert!(desk.repeat().is_empty());
        desk.see(View::Clear, 0);
        assert!(matches!(send(&mut desk, true, 600), Step::Say(_)));
        assert_eq!(send(&mut desk, true, 700), Step::Ignore);
        let choice = Choice::SendAnyway;
        assert_eq!(desk.repeat(), [FromCard::Shown, FromCard::Choice { choice }]);
        desk.rejected();
        assert_eq!(desk.repeat(), [FromCard::Shown]);
        assert!(matches!(send(&mut desk, true, 800), Step::Say(_)));
    }

    #[test]
    fn while_a_code_is_looked_at_the_request_can_be_taken_back_and_nothing_else() {
        let mut desk = desk(Stage::Ask);
        desk.see(View::Clear, 0);
        let written = Written { code: " pg1.x\n".into(), ..Written::default() };
        let mut press = |press, now| desk.press(press, &written, true, now);
        assert_eq!(press(Press::OpenCode, 600), Step::OpenCode);
        let code = Choice::Code { code: "pg1.x".into() };
        assert_eq!(press(Press::Code, 700), Step::Say(FromCard::Choice { choice: code.clone() }));
        assert_eq!(press(Press::Code, 800), Step::Ignore);
        assert_eq!(press(Press::Send, 800), Step::Ignore);
        assert_eq!(desk.repeat(), [FromCard::Shown, FromCard::Choice { choice: code.clone() }]);
        desk.rejected();
        assert_eq!(desk.repeat(), [FromCard::Shown]);
        assert_eq!(
            desk.press(Press::Code, &written, true, 900),
            Step::Say(FromCard::Choice { choice: code })
        );
        let edit = Step::Say(FromCard::Choice { choice: Choice::Edit });
        assert_eq!(desk.press(Press::Edit, &written, true, 950), edit);
        assert_eq!(desk.press(Press::Close, &written, true, 960), Step::Ignore);
    }

    #[test]
    fn a_report_is_no_answer_and_is_repeated_until_it_is_on_record() {
        for stage in [Stage::Ask, Stage::Refused, Stage::Sent] {
            let mut desk = desk(stage);
            assert_eq!(desk.press(Press::Report, &Written::default(), true, 900), Step::Ignore);
            desk.see(View::Clear, 0);
            assert_eq!(desk.press(Press::Report, &Written::default(), false, 900), Step::Ignore);
            assert_eq!(desk.press(Press::Report, &Written::default(), true, 900), Step::Report);
            assert!(!desk.is_answered());
            assert_eq!(desk.repeat(), [FromCard::Shown, FromCard::Report]);
            desk.reported();
            assert_eq!(desk.repeat(), [FromCard::Shown]);
        }
    }

    #[test]
    fn the_same_card_with_more_time_keeps_its_answer() {
        let mut desk = desk(Stage::Ask);
        desk.see(View::Clear, 0);
        assert!(matches!(send(&mut desk, true, 600), Step::Say(_)));
        let later = CardModel { until: Some(9_000), ..desk.model().clone() };
        assert!(desk.renew(&later));
        assert_eq!(desk.model(), &later);
        assert!(desk.is_answered());
        assert!(!desk.renew(&CardModel { stage: Stage::Refused, ..later.clone() }));
        assert_eq!(desk.model(), &later);
    }

    #[test]
    fn a_card_under_something_takes_no_press_and_says_so_once_in_a_while() {
        let mut desk = desk(Stage::Ask);
        desk.see(View::Clear, 0);
        assert!(!desk.see(View::Covered, 1_000));
        assert_eq!(send(&mut desk, true, 1_900), Step::Ignore);
        assert_eq!(desk.tick(false, 1_000 + COVERED_MS - 1), None);
        assert_eq!(desk.tick(false, 1_000 + COVERED_MS), Some(FromCard::Covered));
        assert_eq!(desk.tick(false, 1_001 + COVERED_MS), None);
        assert_eq!(desk.tick(false, 1_000 + 2 * COVERED_MS), Some(FromCard::Covered));
        desk.see(View::Clear, 9_000);
        assert_eq!(desk.tick(false, 20_000), None);
        assert!(matches!(send(&mut desk, true, 9_000 + SEEN_MS), Step::Say(_)));
    }

    #[test]
    fn advice_leaves_when_nobody_minds_it() {
        let mut sent = desk(Stage::Sent);
        assert_eq!(sent.tick(false, 99_999), None);
        sent.see(View::Clear, 100_000);
        assert_eq!(sent.tick(false, 100_000), None);
        assert_eq!(sent.tick(true, 100_000 + ADVICE_MS), None);
        assert_eq!(sent.tick(false, 100_001 + ADVICE_MS), None);
        assert_eq!(sent.tick(false, 100_001 + 2 * ADVICE_MS), Some(FromCard::Close));
        for stage in [Stage::Kept, Stage::Checking, Stage::Ask] {
            let mut stays = desk(stage);
            stays.see(View::Clear, 0);
            assert_eq!(stays.tick(false, 10 * ADVICE_MS), None);
            assert_eq!(stays.tick(false, 20 * ADVICE_MS), None, "{stage:?}");
        }
    }
}
