//! A signed head: what the record's newest row was at a moment, to be kept elsewhere. Every export carries one, and
//! every message to a sink (`sink::heads` finds it in what the receiver kept).
//!
//! ```json
//! {"v":1,"device":"…","seq":1000,"hash":"<64 digits>","at":1700000000000,"epoch":7,"mac":"<64 digits>"}
//! mac = HMAC(key of the epoch, "promptgate/journal/1/head" | 0x00
//!            | u32 length of device | device | u64 seq | hash | u64 at | u64 epoch)
//! ```
//! With it, a record that was cut off before that row, or written anew, is seen ([`crate::verify`]). `epoch` and `mac`
//! are absent where the record has no keys yet; such a head says as much as the place where it was kept can be trusted.

use host_store::View;
use serde::{Deserialize, Serialize};
use shared_protocol::Millis;

use crate::JournalError;
use crate::encoding::{hex, unhex};
use crate::epoch::ChainKey;

const HEAD: &[u8] = b"promptgate/journal/1/head\0";

/// The newest row at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
// A row's line has these fields too, and others: it is no head.
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// The version of this form.
    v: u16,
    /// The device's id.
    pub device: String,
    /// The row's sequence.
    pub seq: u64,
    /// The row's hash, in hexadecimal.
    hash: String,
    /// When the head was made.
    pub at: Millis,
    /// The epoch whose key made `mac`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// In hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
}

/// Makes the head of this moment; none while there is no row.
///
/// # Errors
/// When the file cannot be read.
pub fn head(view: &View<'_>, device: &str, at: Millis) -> Result<Option<SignedHead>, JournalError> {
    let Some(newest) = view.head()? else { return Ok(None) };
    let mut head = SignedHead {
        v: 1,
        device: device.to_owned(),
        seq: newest.seq,
        hash: hex(&newest.hash),
        at,
        epoch: None,
        mac: None,
    };
    if let Some(key) = view.epoch_key()? {
        head.epoch = Some(key.epoch);
        head.mac = head.sign(&ChainKey::from(&key)).map(|mac| hex(&mac));
    }
    Ok(Some(head))
}

impl SignedHead {
    /// From its JSON; `None` when it is none.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        let head: Self = serde_json::from_str(json).ok()?;
        head.is_understood().then_some(head)
    }

    /// Of a version that is known here, with a hash.
    pub(crate) fn is_understood(&self) -> bool {
        self.v == 1 && self.row_hash().is_some()
    }

    /// One line of JSON.
    ///
    /// # Errors
    /// When JSON cannot say it, which it always can.
    pub fn to_json(&self) -> Result<String, JournalError> {
        serde_json::to_string(self).map_err(|_| JournalError::Encoding)
    }

    /// The row's hash as it is written, in hexadecimal.
    pub(crate) fn digits(&self) -> &str {
        &self.hash
    }

    /// The row's hash.
    #[must_use]
    pub fn row_hash(&self) -> Option<[u8; 32]> {
        unhex(&self.hash)
    }

    /// Whether this key, of the head's epoch, made it.
    #[must_use]
    pub fn is_signed_by(&self, key: &ChainKey) -> bool {
        let mac = self.mac.as_deref().and_then(unhex::<32>);
        mac.is_some() && mac == self.sign(key)
    }

    fn sign(&self, key: &ChainKey) -> Option<[u8; 32]> {
        let length = u32::try_from(self.device.len()).ok()?.to_be_bytes();
        let numbers = [self.seq, self.at, self.epoch?].map(u64::to_be_bytes);
        let [seq, at, epoch] = &numbers;
        Some(key.over(&[HEAD, &length, self.device.as_bytes(), seq, &self.row_hash()?, at, epoch]))
    }
}
