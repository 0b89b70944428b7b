//! Who is at the keyboard, as far as the popup is told, and what it can start.

use serde::{Deserialize, Serialize};

/// A sign-in that somebody starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// Anybody's.
    Login,
    /// Of who is there already: a proof that is fresh.
    StepUp,
    /// One that binds the person to this device.
    Enrol,
}

/// Who is at the keyboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Their address or name; absent when nobody is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What is to be done next: to sign in, to enrol, to prove again who they are. Absent when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<SignIn>,
    /// A page for it is open, and somebody waits for its answer.
    #[serde(default)]
    pub waiting: bool,
}
