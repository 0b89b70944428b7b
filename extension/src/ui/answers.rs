//! Which answers a card offers, and what a press on one becomes.
//!
//! INVARIANT: a choice that the card does not permit cannot be made from any press (tested over all cards).
//! INVARIANT: the first offer is the safest useful one; sending as it is never comes first while another
//! answer is permitted.

use shared_protocol::{Choice, Text};

use super::model::{CardModel, Stage};

/// A button, or the key that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// Take it back and change it.
    Edit,
    /// Send it without what was found.
    Redact,
    /// Send it with the reason.
    Justify,
    /// Send it as it is.
    Send,
    /// Away with the card.
    Close,
    /// Open the field for a code.
    OpenCode,
    /// Send it with the code in the field.
    Code,
    /// This is a mistake.
    Report,
}

impl Press {
    /// Every press.
    pub(crate) const ALL: [Self; 8] = [
        Self::Edit,
        Self::Redact,
        Self::Justify,
        Self::Send,
        Self::Close,
        Self::OpenCode,
        Self::Code,
        Self::Report,
    ];

    /// Its word in the page.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Redact => "redact",
            Self::Justify => "justify",
            Self::Send => "send",
            Self::Close => "close",
            Self::OpenCode => "open-code",
            Self::Code => "code",
            Self::Report => "report",
        }
    }

    /// The press with this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|press| press.word() == word)
    }
}

/// The answers on offer, the safest useful one first. Never empty.
pub(crate) fn offers(model: &CardModel) -> Vec<Press> {
    let mut offers = Vec::new();
    if model.stage == Stage::Ask {
        let card = &model.card;
        // The reason goes with the redacted text where both are asked for; the text as it is stays here.
        let permitted = [
            (card.may_redact, Press::Redact),
            (card.may_edit, Press::Edit),
            (card.may_justify && !card.may_redact, Press::Justify),
            (card.may_send, Press::Send),
        ];
        offers.extend(permitted.into_iter().filter(|(may, _)| *may).map(|(_, press)| press));
    }
    if model.stage == Stage::Checking && model.card.may_edit {
        offers.push(Press::Edit);
    }
    if offers.is_empty() {
        offers.push(Press::Close);
    }
    offers
}

/// Whether a one-time code is taken. It stands beside the answers, not among them.
pub(crate) fn may_code(model: &CardModel) -> bool {
    model.stage == Stage::Ask && model.card.may_code
}

/// Whether a mistake can be reported: whatever became of the request, but not of one that no verdict is about.
pub(crate) fn may_report(model: &CardModel) -> bool {
    model.stage != Stage::Again && model.card.may_report
}

/// Whether the card has a field for a reason.
pub(crate) fn asks_reason(model: &CardModel) -> bool {
    model.stage == Stage::Ask && model.card.may_justify
}

/// What Enter in the reason's field presses.
pub(crate) fn enter(model: &CardModel) -> Option<Press> {
    if !asks_reason(model) {
        return None;
    }
    Some(if model.card.may_redact { Press::Redact } else { Press::Justify })
}

/// What Escape presses.
pub(crate) fn escape(model: &CardModel) -> Press {
    if offers(model).contains(&Press::Edit) { Press::Edit } else { Press::Close }
}

/// What a press comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// This choice.
    Choice(Choice),
    /// The card goes; while a request waits, that is no answer to it.
    Close,
    /// A reason has to be written first.
    ReasonNeeded,
    /// The field for the code opens.
    OpenCode,
    /// A code has to be typed first.
    CodeNeeded,
    /// The verdict is a mistake: no answer to it.
    Report,
    /// Not on offer.
    NotOffered,
}

/// What is written in the card's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// The reason.
    pub(crate) reason: Text,
    /// The code.
    pub(crate) code: Text,
}

/// What `press` comes to, with what is written.
pub(crate) fn answer(model: &CardModel, press: Press, written: &Written) -> Answer {
    match press {
        Press::Close => return Answer::Close,
        Press::Report if may_report(model) => return Answer::Report,
        Press::OpenCode if may_code(model) => return Answer::OpenCode,
        Press::Code if may_code(model) => {
            let code = Text::new(written.code.expose().trim());
            return if code.is_empty() { Answer::CodeNeeded } else { Answer::Choice(Choice::Code { code }) };
        }
        Press::Edit
        | Press::Redact
        | Press::Justify
        | Press::Send
        | Press::OpenCode
        | Press::Code
        | Press::Report => {}
    }
    if !offers(model).contains(&press) {
        return Answer::NotOffered;
    }
    let reason = Text::new(written.reason.expose().trim());
    if reason.is_empty() && asks_reason(model) && matches!(press, Press::Redact | Press::Justify) {
        return Answer::ReasonNeeded;
    }
    Answer::Choice(match press {
        Press::Edit => Choice::Edit,
        Press::Redact => Choice::Redact { reason: asks_reason(model).then_some(reason) },
        Press::Justify => Choice::Justify { reason },
        Press::Send => Choice::SendAnyway,
        Press::Close | Press::OpenCode | Press::Code | Press::Report => return Answer::NotOffered,
    })
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Action, App, Card, Choice};

    use super::super::model::{CardModel, Stage};
    use super::{Answer, Press, Written, answer, enter, escape, offers};

    fn cards() -> Vec<CardModel> {
        let mut cards = Vec::new();
        for stage in [Stage::Ask, Stage::Checking, Stage::Refused, Stage::Sent] {
            for bits in 0..64_u8 {
                let card = Card {
                    action: Action::Warn,
                    policies: Vec::new(),
                    findings: Vec::new(),
                    may_edit: bits & 1 != 0,
                    may_redact: bits & 2 != 0,
                    may_justify: bits & 4 != 0,
                    may_send: bits & 8 != 0,
                    may_code: bits & 16 != 0,
                    may_report: bits & 32 != 0,
                    files: Vec::new(),
                };
                cards.push(CardModel {
                    stage,
                    app: App::new("chatgpt"),
                    card,
                    until: None,
                    code: None,
                    operation: None,
                    source: None,
                    managed: false,
                    progress: None,
                });
            }
        }
        cards
    }

    #[test]
    fn no_press_makes_a_choice_that_is_not_permitted() {
        for model in cards() {
            for press in Press::ALL {
                for words in ["", "  ", "a customer asked"] {
                    let written = Written { reason: words.into(), code: words.into() };
                    let answer = answer(&model, press, &written);
                    if answer == Answer::Report {
                        assert!(model.card.may_report);
                    }
                    let Answer::Choice(choice) = answer else { continue };
                    let taken_back = model.stage == Stage::Checking && choice == Choice::Edit;
                    assert!(taken_back || model.stage == Stage::Ask, "{model:?}");
                    let card = &model.card;
                    let permitted = match choice {
                        Choice::Edit => card.may_edit,
                        Choice::Redact { reason } => {
                            card.may_redact && reason.is_some_and(|r| !r.is_empty()) == card.may_justify
                        }
                        Choice::Justify { reason } => {
                            card.may_justify && !card.may_redact && reason.expose() == "a customer asked"
                        }
                        Choice::SendAnyway => card.may_send,
                        Choice::Code { code } => card.may_code && code.expose() == "a customer asked",
                        Choice::None => false,
                    };
                    assert!(permitted, "{press:?} {model:?}");
                }
            }
        }
    }

    #[test]
    fn the_safest_answer_comes_first_and_there_is_always_one() {
        for model in cards() {
            let offers = offers(&model);
            assert!(!offers.is_empty());
            assert!(
                !offers.iter().any(|press| matches!(press, Press::Code | Press::OpenCode | Press::Report))
            );
            if let Some(at) = offers.iter().position(|press| *press == Press::Send) {
                assert_eq!(at + 1, offers.len(), "{model:?}");
            }
            assert!(escape(&model) == Press::Edit || escape(&model) == Press::Close);
            if let Some(press) = enter(&model) {
                assert!(offers.contains(&press), "{model:?}");
            }
        }
    }

    #[test]
    fn words_go_round() {
        for press in Press::ALL {
            assert_eq!(Press::from_word(press.word()), Some(press));
        }
        assert_eq!(Press::from_word("allow"), None);
    }
}
