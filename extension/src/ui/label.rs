//! Human words for labels and sites. Both are open sets: an unknown label gets the words of its family, an
//! unknown site its id.

use shared_protocol::{App, Label, Topic};

use super::words::{Fill, Key, Words};

/// Labels with words of their own.
const KNOWN: &[(&str, Key)] = &[
    ("pii.birth-date", Key::LabelBirth),
    ("pii.email", Key::LabelEmail),
    ("pii.phone", Key::LabelPhone),
    ("pii.iban", Key::LabelIban),
    ("pii.name", Key::LabelName),
    ("pii.payment-card", Key::LabelPaymentCard),
    ("pii.postal-address", Key::LabelAddress),
    ("pii.us-ssn", Key::LabelUsSsn),
    ("secret.private-key", Key::LabelPrivate),
    ("secret.password", Key::LabelPassword),
    ("secret.url-password", Key::LabelPassword),
];

/// Names of those who issue keys (or of the kind, where nobody does), by the second word of a `secret.` label. Names are the same in every language.
const ISSUERS: &[(&str, &str)] = &[
    ("anthropic", "Anthropic"),
    ("aws", "AWS"),
    ("azure", "Azure"),
    ("digitalocean", "DigitalOcean"),
    ("github", "GitHub"),
    ("gitlab", "GitLab"),
    ("google", "Google"),
    ("gcp", "Google Cloud"),
    ("huggingface", "Hugging Face"),
    ("jwt", "JWT"),
    ("npm", "npm"),
    ("okta", "Okta"),
    ("openai", "OpenAI"),
    ("pypi", "PyPI"),
    ("sendgrid", "SendGrid"),
    ("shopify", "Shopify"),
    ("slack", "Slack"),
    ("stripe", "Stripe"),
    ("telegram", "Telegram"),
    ("twilio", "Twilio"),
];

/// Sites as they write their own names.
const SITES: &[(&str, &str)] =
    &[("chatgpt", "ChatGPT"), ("claude", "Claude"), ("gemini", "Gemini"), ("perplexity", "Perplexity")];

/// The site's name.
pub(crate) fn app_name(app: &App) -> String {
    find(SITES, app.as_str()).unwrap_or(app.as_str()).to_owned()
}

/// What a person calls it.
pub(crate) fn words(label: &Label) -> Words {
    let label = label.as_str();
    if let Some(key) = find(KNOWN, label) {
        return key.into();
    }
    let mut parts = label.split('.');
    match (parts.next(), parts.next()) {
        (Some("pii"), _) => Key::LabelPersonal.into(),
        (Some("secret"), Some("private-key")) => Key::LabelPrivate.into(),
        (Some("secret"), Some(issuer)) => match find(ISSUERS, issuer) {
            Some(name) => Words::with(Key::LabelSecretOf, Fill::Name(name.to_owned())),
            None => Key::LabelSecret.into(),
        },
        (Some("code"), _) => Key::LabelCode.into(),
        (Some("data"), _) => Key::LabelData.into(),
        _ => Key::LabelOther.into(),
    }
}

/// What a person calls a topic.
pub(crate) fn topic(topic: &Topic) -> Words {
    let key = match topic {
        Topic::ContentPii | Topic::IntentPii => Key::TopicPersonal,
        Topic::ContentCredentials => Key::TopicCredentials,
        Topic::ContentSourceCode => Key::TopicCode,
        Topic::ContentCustomerData => Key::TopicCustomers,
        Topic::ContentFinancial => Key::TopicFinancial,
        Topic::IntentCodeAbuse | Topic::IntentJailbreak => Key::TopicMisuse,
        // Its own name is the organisation's, and says what is meant.
        Topic::Custom(name) => return Words::Given(name.replace(['-', '_'], " ")),
    };
    key.into()
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use shared_protocol::Label;

    use super::super::words::{Fill, Key, Words};
    use super::words;

    #[test]
    fn an_unknown_label_gets_the_words_of_its_family() {
        let of = |name: &str| words(&Label::try_from(name.to_owned()).unwrap());
        assert_eq!(of("pii.email"), Key::LabelEmail.into());
        assert_eq!(of("pii.passport.de"), Key::LabelPersonal.into());
        assert_eq!(of("secret.github.pat"), Words::with(Key::LabelSecretOf, Fill::Name("GitHub".to_owned())));
        assert_eq!(of("secret.private-key.rsa"), Key::LabelPrivate.into());
        assert_eq!(of("secret.unheard-of"), Key::LabelSecret.into());
        assert_eq!(of("custom.ships"), Key::LabelOther.into());
    }
}
