//! Asking a transmitter for tokens (RFC 8936): what is asked, and what its answers mean.
//!
//! INVARIANT: what was dealt with is acknowledged or refused by its id in the next request, so that nothing is lost when
//! this machine dies in between: the transmitter keeps what nobody acknowledged.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{MOST_JTI, Refusal};

/// Most tokens of one answer that are taken.
pub const MOST_SETS: usize = 64;

/// What is dealt with and still to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dealt {
    /// Ids of tokens that were taken.
    pub taken: Vec<String>,
    /// Ids of tokens that were refused, and why.
    pub refused: BTreeMap<String, Refusal>,
}

impl Dealt {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.refused.is_empty()
    }
}

/// The body of a request (RFC 8936, section 2.2): at most so many tokens, at once.
#[must_use]
pub fn request(most: usize, dealt: &Dealt) -> Value {
    let mut asked = json!({"maxEvents": most, "returnImmediately": true});
    let Some(members) = asked.as_object_mut() else { return asked };
    if !dealt.taken.is_empty() {
        members.insert("ack".to_owned(), json!(dealt.taken));
    }
    if !dealt.refused.is_empty() {
        let told = |refusal: &Refusal| json!({"err": refusal.code(), "description": refusal.to_string()});
        let all: Map<String, Value> =
            dealt.refused.iter().map(|(jti, refusal)| (jti.clone(), told(refusal))).collect();
        members.insert("setErrs".to_owned(), Value::Object(all));
    }
    asked
}

/// What a transmitter gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Tokens by the ids under which they are given.
    pub sets: BTreeMap<String, String>,
    /// There are more.
    pub more: bool,
}

/// An answer that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is none that RFC 8936 knows, or is cut off")]
pub struct PollError;

/// Reads the body of an answer (RFC 8936, section 2.4). A member of the wrong form is refused with its whole answer; tokens
/// above the bound wait for the next one.
///
/// # Errors
/// When it is none.
pub fn answer(body: &[u8]) -> Result<Given, PollError> {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else { return Err(PollError) };
    let more = match body.get("moreAvailable") {
        None => false,
        Some(more) => more.as_bool().ok_or(PollError)?,
    };
    let Some(Value::Object(sets)) = body.get("sets") else { return Err(PollError) };
    let is_more = sets.len() > MOST_SETS;
    let mut given = BTreeMap::new();
    for (jti, token) in sets.iter().take(MOST_SETS) {
        let Value::String(token) = token else { return Err(PollError) };
        if jti.is_empty() || jti.len() > MOST_JTI {
            return Err(PollError);
        }
        given.insert(jti.clone(), token.clone());
    }
    Ok(Given { sets: given, more: more || is_more })
}
