//! One held request: what is known of it and how far it is.
//!
//! INVARIANT: a hold has exactly one end, and only [`Permit`] opens the way to a release.

use shared_protocol::{
    Action, App, Card, Choice, Code, LateEntry, Millis, Operation, PartKind, Prompt, Reading, Text,
};
use shared_sites::{AnswerFormat, Body, Request};

use super::event::{AtOnce, PortId};

/// Most bytes of a code; a signed one has some hundred.
const MOST_CODE: usize = 4_096;

/// A request that waits.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) port: PortId,
    pub(super) app: App,
    pub(super) at: Millis,
    pub(super) request: Request,
    pub(super) reading: Reading,
    pub(super) answer: Option<AnswerFormat>,
    pub(super) private: bool,
    pub(super) state: State,
    /// When the machine or the person must have spoken.
    pub(super) due: Millis,
    /// The host was told of it on this connection.
    pub(super) told: bool,
    /// It may have been told of it before.
    pub(super) known: bool,
    /// Hosts lost while it waited.
    pub(super) losses: u32,
    /// The page has its end already.
    pub(super) at_once: Option<AtOnce>,
}

/// How far it is.
#[derive(Debug)]
pub(super) enum State {
    /// The host is to judge.
    Judging,
    /// A person is asked.
    Asking(Question),
    /// A person answered; the host is to write it down.
    Answering { choice: Choice, edited: Option<Body> },
    /// A person gave a code; the host is to look at it. The card stays: the question stands if it is refused.
    Proving(Proof),
}

/// A code on its way to the host.
#[derive(Debug)]
pub(super) struct Proof {
    /// As it was typed.
    pub(super) code: Text,
    /// What stands again if the code is refused.
    pub(super) question: Question,
    /// When that question's time is over.
    pub(super) until: Millis,
}

/// What a person is asked.
#[derive(Debug)]
pub(super) struct Question {
    /// With the answers that are permitted.
    pub(super) card: Card,
    /// The request as redaction would send it.
    pub(super) edited: Option<Body>,
    /// Nobody but this session asks: there is no host to tell.
    pub(super) alone: bool,
    /// An answer from a frame of the page, until the relay says that it could be seen.
    pub(super) given: Option<(PortId, Choice)>,
}

/// Why a choice is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// A reason is needed.
    Reason,
    /// The verdict does not offer it.
    NotOffered,
}

impl Question {
    /// Whether the verdict permits this choice. Taking the request back is always permitted.
    pub(super) fn permits(&self, choice: &Choice) -> Result<(), NotTaken> {
        let given = |reason: &Text| !reason.expose().trim().is_empty();
        let (offered, reasoned) = match choice {
            Choice::Edit | Choice::None => (true, true),
            Choice::Redact { reason } => {
                let reasoned = !self.card.may_justify || reason.as_ref().is_some_and(given);
                (self.card.may_redact && self.edited.is_some(), reasoned)
            }
            // Beside redaction the reason goes with the redacted text, never with the text as it is.
            Choice::Justify { reason } => (self.card.may_justify && !self.card.may_redact, given(reason)),
            Choice::SendAnyway => (self.card.may_send, true),
            Choice::Code { code } => (self.card.may_code && code.len() <= MOST_CODE, given(code)),
        };
        match (offered, reasoned) {
            (false, _) => Err(NotTaken::NotOffered),
            (true, false) => Err(NotTaken::Reason),
            (true, true) => Ok(()),
        }
    }
}

/// What may leave. Made from a verdict, a recorded answer, or a fail setting; nowhere else.
#[derive(Debug)]
pub(super) enum Permit {
    /// The request as it is.
    AsItIs,
    /// The request with this body.
    Edited(Body),
}

impl Permit {
    /// What a recorded choice permits; `None`: nothing.
    pub(super) fn by_choice(choice: &Choice, edited: Option<Body>) -> Option<Self> {
        match choice {
            Choice::SendAnyway | Choice::Justify { .. } | Choice::Code { .. } => Some(Self::AsItIs),
            Choice::Redact { .. } => edited.map(Self::Edited),
            Choice::Edit | Choice::None => None,
        }
    }
}

impl Hold {
    /// One that is to be judged; `at` and `due` are the times it was held and must have an end.
    pub(super) fn new(
        port: PortId,
        app: App,
        (at, due): (Millis, Millis),
        request: Request,
        reading: Reading,
        answer: Option<AnswerFormat>,
    ) -> Self {
        Self {
            port,
            app,
            at,
            request,
            reading,
            answer,
            private: false,
            state: State::Judging,
            due,
            told: false,
            known: false,
            losses: 0,
            at_once: None,
        }
    }

    pub(super) fn operation(&self) -> Option<Operation> {
        match &self.reading {
            Reading::Prompt(prompt) => Some(prompt.operation),
            Reading::Unread(drift) => drift.operation,
        }
    }

    pub(super) fn prompt(&self) -> Option<&Prompt> {
        match &self.reading {
            Reading::Prompt(prompt) => Some(prompt),
            Reading::Unread(_) => None,
        }
    }

    /// What the person wrote into the composer, without files and titles; `None` where there was no composer.
    pub(super) fn written(&self) -> Option<Text> {
        let prompt = self.prompt().filter(|prompt| prompt.operation == Operation::SendPrompt)?;
        let parts = prompt.parts.iter().filter(|part| part.kind == PartKind::Text);
        let text = parts.map(|part| part.text.expose()).collect::<Vec<_>>().join("\n");
        (!text.is_empty()).then(|| Text::from(text))
    }

    /// Whether a person is asked.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.state, State::Asking(_))
    }

    /// Whether a question is asked that no host knows of.
    pub(super) fn is_alone(&self) -> bool {
        matches!(&self.state, State::Asking(question) if question.alone)
    }

    /// Whether it goes without a person knowing: then no card speaks of it, and what would be asked is refused.
    pub(super) fn is_quiet(&self) -> bool {
        match self.operation() {
            Some(Operation::SendDraft | Operation::ReceiveResponse) => true,
            None
            | Some(
                Operation::SendPrompt
                | Operation::EditPrompt
                | Operation::Regenerate
                | Operation::UploadFile
                | Operation::ShareConversation
                | Operation::DeleteConversation
                | Operation::WriteMemory
                | Operation::WriteInstructions
                | Operation::UseConnector
                | Operation::Dictate,
            ) => false,
        }
    }

    /// Its entry for the time without a host.
    pub(super) fn late(&self, event: &shared_protocol::EventId, at: Millis, released: bool) -> LateEntry {
        let size = match &self.reading {
            Reading::Prompt(prompt) => u64::try_from(prompt.text_len()).unwrap_or(u64::MAX),
            Reading::Unread(drift) => drift.size.unwrap_or(0),
        };
        LateEntry {
            event: event.clone(),
            app: self.app.clone(),
            operation: self.operation(),
            at,
            released,
            size,
        }
    }
}

/// The card of a question or refusal that no policy made.
pub(super) fn own_card(action: Action, code: Code) -> Card {
    let asks = action == Action::Warn && code != Code::LateFull;
    Card {
        action,
        policies: Vec::new(),
        findings: Vec::new(),
        may_edit: true,
        may_redact: false,
        may_justify: false,
        may_send: asks,
        may_code: false,
        may_report: false,
        files: Vec::new(),
    }
}
