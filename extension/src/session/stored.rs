//! What a version of another age stored, read when the background starts: an update or its taking back leaves it there.
//!
//! INVARIANT: whatever is stored, the session starts, and what cannot be read closes and never opens.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use shared_protocol::{LateEntry, Preview, Settings};

/// Read, or only known to be there.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored<T> {
    Read(T),
    Other(IgnoredAny),
}

/// The last settings. Closed where they cannot be read, until the host says which hold.
pub(super) fn settings<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Settings>, D::Error> {
    let stored = Option::<Stored<Settings>>::deserialize(from)?;
    Ok(stored.map(|stored| match stored {
        Stored::Read(settings) => settings,
        Stored::Other(IgnoredAny) => Settings::MANAGED,
    }))
}

/// What the person chose of reading ahead. A choice of another age reads nothing ahead.
pub(super) fn preview<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Preview>, D::Error> {
    let stored = Option::<Stored<Preview>>::deserialize(from)?;
    Ok(stored.map(|stored| match stored {
        Stored::Read(preview) => preview,
        Stored::Other(IgnoredAny) => Preview::Off,
    }))
}

/// Entries that wait for the host: those that can be read.
pub(super) fn late<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<LateEntry>, D::Error> {
    let stored = Vec::<Stored<LateEntry>>::deserialize(from)?;
    let read = |stored| match stored {
        Stored::Read(entry) => Some(entry),
        Stored::Other(IgnoredAny) => None,
    };
    Ok(stored.into_iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared_protocol::{Preview, Settings};

    use crate::session::Start;

    fn start(settings: &Value, late: &Value) -> Start {
        let start = json!({"browser": "firefox", "version": "0.1.0", "settings": settings, "late": late});
        serde_json::from_value(start).unwrap()
    }

    #[test]
    fn settings_of_another_age_close_until_the_host_speaks() {
        assert_eq!(start(&Value::Null, &json!([])).settings, None);
        let mut stored = serde_json::to_value(Settings::TRIAL).unwrap();
        stored["word_of_a_later_age"] = json!(1);
        assert_eq!(start(&stored, &json!([])).settings, Some(Settings::TRIAL));
        stored["preview"] = json!("in-a-way-of-a-later-age");
        assert_eq!(start(&stored, &json!([])).settings, Some(Settings::MANAGED));
        assert_eq!(start(&json!("x"), &json!([])).settings, Some(Settings::MANAGED));
    }

    #[test]
    fn a_choice_of_another_age_reads_nothing_ahead() {
        let chosen = |preview: Value| {
            let start = json!({"browser": "firefox", "version": "0.1.0", "preview": preview});
            serde_json::from_value::<Start>(start).unwrap().preview
        };
        assert_eq!(chosen(Value::Null), None);
        assert_eq!(chosen(json!("typing")), Some(Preview::Typing));
        assert_eq!(chosen(json!("in-a-way-of-a-later-age")), Some(Preview::Off));
        assert_eq!(chosen(json!({"when": "typing"})), Some(Preview::Off));
    }

    #[test]
    fn an_entry_that_cannot_be_read_takes_no_other_with_it() {
        let entry = json!({
            "event": "00000000-0000-4000-8000-000000000004",
            "app": "chatgpt", "at": 1, "released": true, "size": 5,
        });
        let mut later = entry.clone();
        later["operation"] = json!("of-a-later-age");
        assert_eq!(start(&Value::Null, &json!([later, entry])).late.len(), 1);
    }
}
