//! Topics: what a prompt contains and what it asks for.

use serde::{Deserialize, Serialize};

/// A topic. The eight built-in ones are append-only; an organisation's own are `custom.<name>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Topic {
    /// Personal data is in the text.
    ContentPii,
    /// A secret is in the text.
    ContentCredentials,
    /// Source code is in the text.
    ContentSourceCode,
    /// Data about the organisation's customers is in the text.
    ContentCustomerData,
    /// Financial data is in the text.
    ContentFinancial,
    /// The assistant is asked for somebody's personal data.
    IntentPii,
    /// The assistant is asked for harmful code.
    IntentCodeAbuse,
    /// The assistant is asked to drop its rules.
    IntentJailbreak,
    /// An organisation's own topic; the name without `custom.`.
    Custom(String),
}

/// The text names no topic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no topic; the built-in ones are content.* and intent.*, your own custom.<name>")]
pub struct TopicError(String);

impl Topic {
    /// The eight built-in topics.
    pub const BUILTIN: [Self; 8] = [
        Self::ContentPii,
        Self::ContentCredentials,
        Self::ContentSourceCode,
        Self::ContentCustomerData,
        Self::ContentFinancial,
        Self::IntentPii,
        Self::IntentCodeAbuse,
        Self::IntentJailbreak,
    ];
}

impl TryFrom<String> for Topic {
    type Error = TopicError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Ok(match name.as_str() {
            "content.pii" => Self::ContentPii,
            "content.credentials" => Self::ContentCredentials,
            "content.source-code" => Self::ContentSourceCode,
            "content.customer-data" => Self::ContentCustomerData,
            "content.financial" => Self::ContentFinancial,
            "intent.pii" => Self::IntentPii,
            "intent.code-abuse" => Self::IntentCodeAbuse,
            "intent.jailbreak" => Self::IntentJailbreak,
            other => match other.strip_prefix("custom.") {
                Some(own) if !own.is_empty() => Self::Custom(own.to_owned()),
                _ => return Err(TopicError(name)),
            },
        })
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::ContentPii => "content.pii".to_owned(),
            Topic::ContentCredentials => "content.credentials".to_owned(),
            Topic::ContentSourceCode => "content.source-code".to_owned(),
            Topic::ContentCustomerData => "content.customer-data".to_owned(),
            Topic::ContentFinancial => "content.financial".to_owned(),
            Topic::IntentPii => "intent.pii".to_owned(),
            Topic::IntentCodeAbuse => "intent.code-abuse".to_owned(),
            Topic::IntentJailbreak => "intent.jailbreak".to_owned(),
            Topic::Custom(name) => format!("custom.{name}"),
        }
    }
}

/// A calibrated level. In policies the number, elsewhere the word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 0
    #[default]
    None,
    /// 1
    Low,
    /// 2
    Medium,
    /// 3
    High,
}

impl Level {
    /// The number policies compare: 0 to 3.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 3,
        }
    }
}

/// A topic with what the classifier says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopicScore {
    /// Which topic.
    pub topic: Topic,
    /// 0 to 1.
    pub score: f32,
    /// The calibrated level.
    pub level: Level,
}

#[cfg(test)]
mod tests {
    use super::Topic;

    #[test]
    fn names_go_round() {
        for topic in Topic::BUILTIN.into_iter().chain([Topic::Custom("ships".to_owned())]) {
            let name = String::from(topic.clone());
            assert_eq!(Topic::try_from(name).unwrap(), topic);
        }
        assert!(Topic::try_from("custom.".to_owned()).is_err());
    }
}
