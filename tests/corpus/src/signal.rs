//! Signals of other transmitters: tokens, sets of keys and answers to polls. Whatever comes, nothing is believed that the one
//! known key did not sign.

use std::sync::LazyLock;

use host_risk::set::key::{self, SigningKey};
use host_risk::signal::{Keys, Match, Subject, Trust, poll, read};
use serde_json::{Value, json};

const NOW: u64 = 1_760_500_000_000;
const EVENT: &str = "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";

struct Known {
    key: SigningKey,
    keys: Keys,
    token: String,
}

static KNOWN: LazyLock<Option<Known>> = LazyLock::new(|| {
    let key = SigningKey::from_pem(&key::generate().ok()?).ok()?;
    let keys = Keys::parse(json!({"keys": [key.jwk()]}).to_string().as_bytes()).ok()?;
    let token = key.sign(&claims()).ok()?;
    Some(Known { key, keys, token })
});

fn claims() -> Value {
    json!({
        "iss": "https://idp.example", "aud": "https://receiver.example", "iat": NOW / 1000, "jti": "a", "txn": "t",
        "sub_id": {"format": "email", "email": "jane.doe@example.com"},
        "events": {EVENT: {"principal": "USER", "current_level": "HIGH"}},
    })
}

/// Bytes as a token, as claims that the known key signed, as a set of keys and as an answer.
pub(crate) fn signal(bytes: &[u8]) {
    let Some(known) = &*KNOWN else { return };
    let subject = Subject::Email("jane.doe@example.com".to_owned());
    let trust = Trust {
        issuer: "https://idp.example",
        audience: "https://receiver.example",
        subject: &subject,
        ours: None,
    };
    let text = String::from_utf8_lossy(bytes);
    if read(&text, &known.keys, &trust, NOW).is_ok() {
        assert!(*text == known.token, "a token that the key did not sign");
    }
    // What is inside of the known token, changed.
    if let Some((head, _)) = known.token.rsplit_once('.') {
        assert!(
            read(&format!("{head}.{text}"), &known.keys, &trust, NOW).is_err()
                || known.token.ends_with(&*text)
        );
    }
    if let Ok(claims) = serde_json::from_slice::<Value>(bytes)
        && let Ok(token) = known.key.sign(&claims)
        && let Ok(told) = read(&token, &known.keys, &trust, NOW)
    {
        let of = |name: &str| claims.get(name).and_then(Value::as_str);
        assert!(
            of("iss") == Some(trust.issuer) && of("jti") == Some(&told.jti),
            "other claims than were signed"
        );
        assert!(told.at <= NOW, "a time that is still to come");
        let names = text.to_ascii_lowercase().contains("jane.doe") || text.contains("\\u");
        assert!(told.about != Match::Person || names, "somebody else");
    }
    let _keys = Keys::parse(bytes);
    if let Ok(given) = poll::answer(bytes) {
        assert!(given.sets.len() <= poll::MOST_SETS && given.sets.keys().all(|jti| !jti.is_empty()));
    }
}

/// Claims, a set of keys and an answer as they are.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut aliases = claims();
    if let Some(subject) = aliases.get_mut("sub_id") {
        *subject = json!({"format": "aliases", "identifiers": [{"format": "opaque", "id": "d"}, {
            "format": "complex", "user": {"format": "email", "email": "jane.doe@example.com"}, "device": {"format": "opaque", "id": "d"},
        }]});
    }
    let keys = KNOWN.as_ref().map(|known| json!({"keys": [known.key.jwk()]}).to_string());
    let token = KNOWN.as_ref().map(|known| known.token.clone());
    let answer = json!({"sets": {"a": "x.y.z"}, "moreAvailable": true}).to_string();
    let texts = [Some(claims().to_string()), Some(aliases.to_string()), keys, token, Some(answer)];
    texts.into_iter().flatten().map(String::into_bytes).collect()
}
