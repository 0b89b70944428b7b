//! A request in, what it says out.
//!
//! INVARIANT: total. A request to a known host that carries something is a prompt, is known to be nothing, or is
//! unread: there is no fourth way, and reading never panics. Deliberately no opinion on what is sensitive.

use shared_protocol::{App, Drift, Operation, Prompt};

use crate::{answer::AnswerFormat, draft::Draft, plan::Outcome, request::Request, sites::Sites};

/// What a request says.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The site; none for a request to a host that is in no data.
    pub app: Option<App>,
    /// What it says.
    pub reading: Reading,
    /// The format of its answer, when that is worth keeping. Also for a reading that is nothing: a resumed answer.
    pub answer: Option<AnswerFormat>,
    /// What was not understood though the request was: it leaves a drift row and holds nothing up.
    pub drift: Option<Drift>,
}

/// What the site's data makes of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Read.
    Prompt(Prompt),
    /// Carries no text of a person and changes nothing.
    Nothing,
    /// Looks like one that does, and could not be read.
    Unread(Drift),
}

/// What the caller knows of the page's conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// Id of the message the page shows last in this conversation. A send that follows another one replaces a prompt.
    pub leaf: Option<String>,
}

impl Sites {
    /// Reads a request. The answer never depends on anything but the arguments.
    #[must_use]
    pub fn read(&self, request: &Request, thread: &Thread) -> Read {
        if let Some(read) = self.read_navigation(request) {
            return read;
        }
        let request = &*self.opened(request);
        let plan = self.plan(request);
        let reading = match plan.outcome {
            Outcome::Nothing => Reading::Nothing,
            Outcome::Unread(drift) => Reading::Unread(drift),
            Outcome::Prompt(draft, _) => Reading::Prompt(told_apart(*draft, thread)),
        };
        Read { app: plan.site.map(|site| site.app.clone()), reading, answer: plan.answer, drift: plan.drift }
    }
}

/// A send that does not follow the message the page shows last replaces a prompt.
fn told_apart(draft: Draft, thread: &Thread) -> Prompt {
    let mut prompt = draft.prompt;
    let elsewhere = match (&thread.leaf, &prompt.parent_id) {
        (Some(leaf), Some(parent)) => leaf != parent,
        _ => false,
    };
    if prompt.operation == Operation::SendPrompt && elsewhere && draft.may_replace {
        prompt.operation = Operation::EditPrompt;
    }
    prompt
}
