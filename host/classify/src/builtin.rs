//! The detectors that are compiled in. A test compares the list with the files on disk.

use crate::detector::{Detector, RuleError};

/// Every file under `detectors/`, sorted by path. Adding a detector is adding its file and its line here.
const FILES: &[&str] = &[
    include_str!("../detectors/pii/email.toml"),
    include_str!("../detectors/pii/iban.toml"),
    include_str!("../detectors/pii/payment-card.toml"),
    include_str!("../detectors/pii/phone.toml"),
    include_str!("../detectors/pii/us-ssn.toml"),
    include_str!("../detectors/secret/anthropic-key.toml"),
    include_str!("../detectors/secret/aws-access-key-id.toml"),
    include_str!("../detectors/secret/aws-secret-key.toml"),
    include_str!("../detectors/secret/azure-storage-key.toml"),
    include_str!("../detectors/secret/digitalocean-token.toml"),
    include_str!("../detectors/secret/github-app.toml"),
    include_str!("../detectors/secret/github-fine-grained-pat.toml"),
    include_str!("../detectors/secret/github-oauth.toml"),
    include_str!("../detectors/secret/github-pat.toml"),
    include_str!("../detectors/secret/github-refresh.toml"),
    include_str!("../detectors/secret/gitlab-token.toml"),
    include_str!("../detectors/secret/google-api-key.toml"),
    include_str!("../detectors/secret/huggingface-token.toml"),
    include_str!("../detectors/secret/jwt.toml"),
    include_str!("../detectors/secret/npm-token.toml"),
    include_str!("../detectors/secret/openai-key.toml"),
    include_str!("../detectors/secret/private-key.toml"),
    include_str!("../detectors/secret/pypi-token.toml"),
    include_str!("../detectors/secret/sendgrid-key.toml"),
    include_str!("../detectors/secret/shopify-token.toml"),
    include_str!("../detectors/secret/slack-token.toml"),
    include_str!("../detectors/secret/slack-webhook.toml"),
    include_str!("../detectors/secret/stripe-key.toml"),
    include_str!("../detectors/secret/telegram-bot-token.toml"),
    include_str!("../detectors/secret/twilio-key.toml"),
    include_str!("../detectors/secret/url-password.toml"),
];

/// All of them, parsed.
pub(crate) fn detectors() -> Result<Vec<Detector>, RuleError> {
    let parse = |(file, text): (usize, &&str)| {
        toml::from_str(text).map_err(|error| RuleError::Malformed { file, message: error.to_string() })
    };
    FILES.iter().enumerate().map(parse).collect()
}
