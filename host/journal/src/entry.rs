//! What a row can say. Closed; kinds, their words and numbers are append-only.
//!
//! INVARIANT: no field holds a person's or an assistant's words, an attachment's name or a found value. A new
//! field is optional or has a default, so that old rows stay readable.

mod audit;
mod follow_up;
mod judged;

use serde::{Deserialize, Serialize};

pub use audit::{Audit, By, Change, Health, Trouble};
pub use follow_up::{
    Answered, Beat, ChoiceWord, Drafted, Drifted, Ended, Epoch, Heartbeat, Late, Mistaken, Refused,
    RefusedBy, Released, Responded, Seen, Shown, ToolUse,
};
pub use judged::{FactsJson, FileNote, Judged, PolicyUse, Timings, TopicNote};

/// The kinds of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A request was judged.
    Judged,
    /// The card was on the screen.
    Shown,
    /// The person answered it.
    Answered,
    /// The request was permitted to leave.
    Released,
    /// The request was ended.
    Refused,
    /// The assistant's answer.
    Response,
    /// The interaction is over.
    Ended,
    /// Something could not be read.
    Drift,
    /// Let go or refused while the host was away.
    Late,
    /// A request that no hook vouched for was seen at the network level.
    Uncovered,
    /// A browser's extension was connected.
    Heartbeat,
    /// The drafts of one message, together.
    Drafts,
    /// A line of keys began.
    Epoch,
    /// A change of power, or a look at what was recorded.
    Audit,
    /// Something went wrong on the machine, or is well again.
    Health,
    /// The person says that a verdict is a mistake.
    Mistake,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Judged,
        Self::Shown,
        Self::Answered,
        Self::Released,
        Self::Refused,
        Self::Response,
        Self::Ended,
        Self::Drift,
        Self::Late,
        Self::Uncovered,
        Self::Heartbeat,
        Self::Drafts,
        Self::Epoch,
        Self::Audit,
        Self::Health,
        Self::Mistake,
    ];

    /// Its word in the file and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Shown => "shown",
            Self::Answered => "answered",
            Self::Released => "released",
            Self::Refused => "refused",
            Self::Response => "response",
            Self::Ended => "ended",
            Self::Drift => "drift",
            Self::Late => "late",
            Self::Uncovered => "uncovered",
            Self::Heartbeat => "heartbeat",
            Self::Drafts => "drafts",
            Self::Epoch => "epoch",
            Self::Audit => "audit",
            Self::Health => "health",
            Self::Mistake => "mistake",
        }
    }

    /// Its number in the hash.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Judged => 1,
            Self::Shown => 2,
            Self::Answered => 3,
            Self::Released => 4,
            Self::Refused => 5,
            Self::Response => 6,
            Self::Ended => 7,
            Self::Drift => 8,
            Self::Late => 9,
            Self::Uncovered => 10,
            Self::Heartbeat => 11,
            Self::Drafts => 12,
            Self::Epoch => 13,
            Self::Audit => 14,
            Self::Health => 15,
            Self::Mistake => 16,
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A request was judged.
    Judged(Box<Judged>),
    /// The card was on the screen.
    Shown(Shown),
    /// The person answered it.
    Answered(Answered),
    /// The request was permitted to leave.
    Released(Released),
    /// The request was ended.
    Refused(Refused),
    /// The assistant's answer.
    Response(Responded),
    /// The interaction is over.
    Ended(Ended),
    /// Something could not be read.
    Drift(Drifted),
    /// Let go or refused while the host was away.
    Late(Late),
    /// A request that no hook vouched for was seen at the network level.
    Uncovered(Seen),
    /// A browser's extension was connected.
    Heartbeat(Heartbeat),
    /// The drafts of one message, together.
    Drafts(Drafted),
    /// A line of keys began.
    Epoch(Epoch),
    /// A change of power, or a look at what was recorded.
    Audit(Audit),
    /// Something went wrong on the machine, or is well again.
    Health(Health),
    /// The person says that a verdict is a mistake.
    Mistake(Mistaken),
}

impl Entry {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Judged(_) => Kind::Judged,
            Self::Shown(_) => Kind::Shown,
            Self::Answered(_) => Kind::Answered,
            Self::Released(_) => Kind::Released,
            Self::Refused(_) => Kind::Refused,
            Self::Response(_) => Kind::Response,
            Self::Ended(_) => Kind::Ended,
            Self::Drift(_) => Kind::Drift,
            Self::Late(_) => Kind::Late,
            Self::Uncovered(_) => Kind::Uncovered,
            Self::Heartbeat(_) => Kind::Heartbeat,
            Self::Drafts(_) => Kind::Drafts,
            Self::Epoch(_) => Kind::Epoch,
            Self::Audit(_) => Kind::Audit,
            Self::Health(_) => Kind::Health,
            Self::Mistake(_) => Kind::Mistake,
        }
    }

    /// As a JSON object, its fields in the order of the struct.
    pub(crate) fn to_json(&self) -> serde_json::Result<String> {
        match self {
            Self::Judged(entry) => serde_json::to_string(entry),
            Self::Shown(entry) => serde_json::to_string(entry),
            Self::Answered(entry) => serde_json::to_string(entry),
            Self::Released(entry) => serde_json::to_string(entry),
            Self::Refused(entry) => serde_json::to_string(entry),
            Self::Response(entry) => serde_json::to_string(entry),
            Self::Ended(entry) => serde_json::to_string(entry),
            Self::Drift(entry) => serde_json::to_string(entry),
            Self::Late(entry) => serde_json::to_string(entry),
            Self::Uncovered(entry) => serde_json::to_string(entry),
            Self::Heartbeat(entry) => serde_json::to_string(entry),
            Self::Drafts(entry) => serde_json::to_string(entry),
            Self::Epoch(entry) => serde_json::to_string(entry),
            Self::Audit(entry) => serde_json::to_string(entry),
            Self::Health(entry) => serde_json::to_string(entry),
            Self::Mistake(entry) => serde_json::to_string(entry),
        }
    }

    /// From a row's body; fields that belong to every row are passed over.
    pub(crate) fn from_json(kind: Kind, body: &str) -> serde_json::Result<Self> {
        Ok(match kind {
            Kind::Judged => Self::Judged(serde_json::from_str(body)?),
            Kind::Shown => Self::Shown(serde_json::from_str(body)?),
            Kind::Answered => Self::Answered(serde_json::from_str(body)?),
            Kind::Released => Self::Released(serde_json::from_str(body)?),
            Kind::Refused => Self::Refused(serde_json::from_str(body)?),
            Kind::Response => Self::Response(serde_json::from_str(body)?),
            Kind::Ended => Self::Ended(serde_json::from_str(body)?),
            Kind::Drift => Self::Drift(serde_json::from_str(body)?),
            Kind::Late => Self::Late(serde_json::from_str(body)?),
            Kind::Uncovered => Self::Uncovered(serde_json::from_str(body)?),
            Kind::Heartbeat => Self::Heartbeat(serde_json::from_str(body)?),
            Kind::Drafts => Self::Drafts(serde_json::from_str(body)?),
            Kind::Epoch => Self::Epoch(serde_json::from_str(body)?),
            Kind::Audit => Self::Audit(serde_json::from_str(body)?),
            Kind::Health => Self::Health(serde_json::from_str(body)?),
            Kind::Mistake => Self::Mistake(serde_json::from_str(body)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn words_and_numbers_are_one_to_one() {
        let numbers = Kind::ALL.map(Kind::number);
        assert!(numbers.is_sorted_by(|one, next| one < next) && numbers[0] == 1, "{numbers:?}");
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(Kind::parse("Judged"), None);
    }
}
