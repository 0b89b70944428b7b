//! Rows as they stand in the tables: plain values, no meaning.

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Device sequence, from 1, without gaps.
    pub seq: u64,
    /// The device's id.
    pub device: String,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// Links the rows of one interaction.
    pub event: Option<String>,
    /// What kind of statement it is.
    pub kind: String,
    /// Absent once erased.
    pub salt: Option<[u8; 32]>,
    /// What it states; absent once erased.
    pub body: Option<String>,
    /// What the hash keeps of the body's fields.
    pub commitments: Vec<u8>,
    /// The hash of the row before.
    pub previous: [u8; 32],
    /// This row's hash.
    pub hash: [u8; 32],
    /// Whose key made `mac`; absent in rows from before there were keys.
    pub epoch: Option<u64>,
    /// The seal on the hash: 32 bytes, 64 in the first row of an epoch.
    pub mac: Option<Vec<u8>>,
    /// Copies of values in the body, for filters.
    pub index: Index,
}

/// Copies of values in a row's body. All absent once erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// The site.
    pub app: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// What the request did.
    pub operation: Option<String>,
    /// The decision's label.
    pub action: Option<String>,
    /// The site's conversation id.
    pub conversation: Option<String>,
    /// The site's id of the message this one follows.
    pub parent: Option<String>,
    /// The site's id of this message.
    pub message: Option<String>,
    /// Something was found, or a policy applied.
    pub matched: bool,
}

/// A topic of a row, above level 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicLevel {
    /// The topic's name.
    pub topic: String,
    /// 1 to 3.
    pub level: u8,
}

/// A row's text for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBlob {
    /// The short name of the key that opens it.
    pub key_id: String,
    /// The sealed text.
    pub blob: String,
}

/// The newest row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its sequence.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// The site's ids that join events to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The conversation's id.
    Conversation,
    /// The id of a message in it.
    Message,
    /// The id of the message that was followed.
    Parent,
}
