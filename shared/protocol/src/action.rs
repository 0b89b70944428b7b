//! What a policy can decide, what a person can answer, and what then happens.

use serde::{Deserialize, Serialize};

/// The label of a decision. Ordered: the highest obligation names the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing to say.
    Allow,
    /// Sent, with advice shown beside it.
    Coach,
    /// Held until the person says "send anyway".
    Warn,
    /// Held until the person gives a reason.
    Justify,
    /// Held until the person sends it without the found spans.
    Redact,
    /// Not sent.
    Block,
}

/// One duty of a decision; a decision that does not block is a union of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Show advice; do not hold.
    Coach,
    /// Hold for "send anyway".
    Warn,
    /// Hold for a reason.
    Justify,
    /// Hold until redacted.
    Redact,
}

impl Obligation {
    /// The action of the same name.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Coach => Action::Coach,
            Self::Warn => Action::Warn,
            Self::Justify => Action::Justify,
            Self::Redact => Action::Redact,
        }
    }
}

/// Whether a decision is carried out or only written down as what it would have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Recorded as "would be"; the person sees nothing.
    Monitor,
    /// Carried out.
    Enforce,
}

/// What the extension does with a held request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Let it go as it is. A card, when there is one, is advice.
    Release,
    /// Keep holding and show the card; the person's [`Choice`] decides.
    Ask,
    /// End it. The card says why.
    Refuse,
}

/// What a person answered in the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "kebab-case")]
pub enum Choice {
    /// Take the request back and change the text: it is refused.
    Edit,
    /// Send it without the found spans.
    Redact {
        /// The reason, when `justify` stands beside `redact`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<crate::Text>,
    },
    /// Send it with this reason.
    Justify {
        /// The person's words; sealed in the record.
        reason: crate::Text,
    },
    /// Send it as it is.
    SendAnyway,
    /// No answer within `answer_ms`, or the card could not be shown: it is refused.
    None,
    /// Send it as it is: here is a one-time code that the organisation signed. Only where the card says `may_code`.
    /// Answered by `go`, by another verdict when the code lifts a part of what stands in the way, or by
    /// `code-refused`, after which the question stands as it did.
    Code {
        /// The code as it was typed.
        code: crate::Text,
    },
    /// Let me prove who I am: a page of the provider opens, and the request is judged anew afterwards. Only where the card
    /// says `may_verify`. Answered by `go`, or by an error with `unverified` or `send-again`; the wait is the card's own.
    Verify,
}
