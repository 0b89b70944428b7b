//! One prompt for each action of the built-in policy, with the words that must or must not leave.

/// A prompt and what the built-in policy makes of it.
#[derive(Clone, Copy, Debug)]
pub struct Prompt {
    /// What the person writes.
    pub text: &'static str,
    /// What is found in it; empty when nothing is.
    pub secret: &'static str,
    /// The action's word.
    pub action: &'static str,
}

/// Nothing to say.
pub const ALLOWED: Prompt =
    Prompt { text: "What is a good name for a ship's cat?", secret: "", action: "allow" };

/// Sent, with advice.
pub const COACHED: Prompt = Prompt {
    text: "Draft a reply to jane.doe@example.com about the picnic",
    secret: "jane.doe@example.com",
    action: "coach",
};

/// Held for "send anyway".
pub const WARNED: Prompt = Prompt {
    text: "Write a voicemail script for +1 415-555-0132 about the delivery",
    secret: "415-555-0132",
    action: "warn",
};

/// Held for a reason.
pub const JUSTIFIED: Prompt = Prompt {
    text: "Format this account for an invoice: DE89 3704 0044 0532 0130 00 please",
    secret: "DE89 3704 0044 0532 0130 00",
    action: "justify",
};

/// Held until the number is out.
pub const REDACTED: Prompt = Prompt {
    text: "Why was card 4111 1111 1111 1111 declined at the till?",
    secret: "4111 1111 1111 1111",
    action: "redact",
};

/// Not sent. The key is made up; its form and its two halves are what a leak would show.
pub const BLOCKED: Prompt = Prompt {
    text: "Why does this fail: aws configure set aws_access_key_id AKIAQ3EGRIZ7WMN5TB2C",
    secret: "AKIAQ3EGRIZ7WMN5TB2C",
    action: "block",
};
