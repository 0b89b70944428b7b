//! Numbered faults of the wire. Parameters are numbers and event ids; never a string from inside.

use serde::{Deserialize, Serialize};

/// A fault, as it crosses the wire and stands in records: the word; the number is for people and exit codes.
///
/// INVARIANT: append-only. A number is never used again for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// 1: a frame or chunk that is not well formed.
    BadFrame,
    /// 2: well-formed JSON that is no message of this protocol.
    BadMessage,
    /// 3: no common protocol version.
    BadVersion,
    /// 4: the calling extension is not ours.
    BadOrigin,
    /// 5: more bytes than the limit.
    Oversize,
    /// 6: machine time ran out.
    Deadline,
    /// 7: a send that could not be read.
    Unread,
    /// 8: a file that could not be read.
    UnreadFile,
    /// 9: the record could not be written.
    NotRecorded,
    /// 10: the policy could not be loaded or evaluated.
    PolicyFault,
    /// 11: a panic or an unexpected state inside.
    Internal,
    /// 12: the host did not answer or is not there.
    Unreachable,
    /// 13: the current bundle is past its expiry.
    Expired,
    /// 14: a message names an event that is not known.
    UnknownEvent,
    /// 15: the redacted text could not be put back into the request.
    EditFailed,
    /// 16: the local store of late entries is full.
    LateFull,
    /// 17: a request that no hook vouched for was stopped at the network level.
    Uncovered,
    /// 18: the proof of who the person is did not come, or was not what it had to be.
    Unverified,
    /// 19: the person proved who they are, and something else stands in the way: the next send asks about that.
    SendAgain,
}

impl Code {
    /// The number in the list above.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::BadFrame => 1,
            Self::BadMessage => 2,
            Self::BadVersion => 3,
            Self::BadOrigin => 4,
            Self::Oversize => 5,
            Self::Deadline => 6,
            Self::Unread => 7,
            Self::UnreadFile => 8,
            Self::NotRecorded => 9,
            Self::PolicyFault => 10,
            Self::Internal => 11,
            Self::Unreachable => 12,
            Self::Expired => 13,
            Self::UnknownEvent => 14,
            Self::EditFailed => 15,
            Self::LateFull => 16,
            Self::Uncovered => 17,
            Self::Unverified => 18,
            Self::SendAgain => 19,
        }
    }
}

/// Why a one-time code does not let go. Words are append-only; one that is not known here reads as `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "&'static str")]
pub enum CodeFault {
    /// It is no code: mistyped or cut off.
    Unreadable,
    /// Nobody signed it who may.
    NotSigned,
    /// It is somebody else's.
    OtherPerson,
    /// It is for something else than what stands in the way.
    OtherMatter,
    /// Its time is over.
    Expired,
    /// It was used before.
    Used,
    /// Something else.
    Other,
}

impl CodeFault {
    /// Every word.
    pub const ALL: [Self; 7] = [
        Self::Unreadable,
        Self::NotSigned,
        Self::OtherPerson,
        Self::OtherMatter,
        Self::Expired,
        Self::Used,
        Self::Other,
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotSigned => "not-signed",
            Self::OtherPerson => "other-person",
            Self::OtherMatter => "other-matter",
            Self::Expired => "expired",
            Self::Used => "used",
            Self::Other => "other",
        }
    }
}

impl From<String> for CodeFault {
    fn from(word: String) -> Self {
        Self::ALL.into_iter().find(|fault| fault.as_str() == word).unwrap_or(Self::Other)
    }
}

impl From<CodeFault> for &'static str {
    fn from(fault: CodeFault) -> Self {
        fault.as_str()
    }
}
