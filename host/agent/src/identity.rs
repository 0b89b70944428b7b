//! Who is at the keyboard on this machine: what a sign-in left behind, and what of it counts now.
//!
//! ```text
//! State (identity.json)     who signed in, and who is bound to this device; written whole, under a lock
//! Tokens (identity.tokens)  sealed to a key in the platform's key store, else in a file of this person alone
//! Known                     what policies and rows are told now, and until when that holds
//! ```
//! INVARIANT: nothing here asks a network but [`renew`], which has a thread of its own. INVARIANT: a file that is damaged,
//! of another provider or of another machine makes nobody somebody.

mod change;
mod known;
pub(crate) mod renew;
mod signing;
mod state;
mod tokens;

pub(crate) use change::{erased, is_signed_in, signed_out};
pub(crate) use known::Known;
pub(crate) use renew::revoked;
pub(crate) use signing::Signing;
#[cfg(test)]
pub(crate) use state::Bound;
pub(crate) use state::{Session, State};
pub(crate) use tokens::Vault;
