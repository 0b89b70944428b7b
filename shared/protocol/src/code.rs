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
        }
    }
}
