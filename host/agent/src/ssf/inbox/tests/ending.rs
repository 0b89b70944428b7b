//! Sessions that another transmitter calls over, and the sign-in here.

use host_identity::{Person, Tokens};
use serde_json::{Value, json};
use shared_protocol::Level;

use super::{Machine, NOW, Transmitter, Whose};
use crate::identity::{Session, State, Vault};
use crate::settings::{Configured, IdentitySettings, KeyStore};

fn session(signed_in_at: u64) -> Session {
    let person = Person {
        issuer: "https://idp.example".to_owned(),
        sub: "00u1".to_owned(),
        id: "jane".to_owned(),
        email: Some("jane.doe@example.com".to_owned()),
        department: None,
        groups: std::collections::BTreeSet::new(),
        acr: None,
        amr: Vec::new(),
        auth_time: None,
    };
    let at = i64::try_from(signed_in_at / 1000).unwrap();
    Session { person, signed_in_at: at, refreshed_at: at }
}

pub(super) fn identity() -> IdentitySettings {
    let folder = tempfile::tempdir().unwrap();
    let vars = [("HOME", folder.path().to_str().unwrap().to_owned())];
    let env = crate::os::Env::new(crate::os::Os::Linux, vars);
    let path = env.own_settings().unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "[identity]\nissuer = \"https://idp.example\"\nclient_id = \"x\"\n").unwrap();
    Configured::load(&env).identity.unwrap()
}

/// A machine on which jane signed in at this time, and what it knows of her.
fn signed_in(at: u64) -> (Machine, Whose, Vault) {
    let machine = Machine::new();
    machine.recorder.open().unwrap();
    let (data, session) = (machine.folder.path().join("data"), session(at));
    State::change(&data, |state| state.session = Some(session.clone())).unwrap();
    let vault = Vault::new(&data, KeyStore::File);
    vault.keep(&Tokens { id_token: "i".to_owned(), refresh_token: Some("r".to_owned()) }).unwrap();
    let identity = Some(IdentitySettings { key_store: KeyStore::File, ..identity() });
    let whose = Whose { session: Some(session), identity, ..machine.whose() };
    (machine, whose, vault)
}

/// Whether nobody is signed in any more, once this signal was dealt with.
fn ends(signed_in: &(Machine, Whose, Vault), signal: &Value) -> bool {
    let (machine, whose, vault) = signed_in;
    let idp = Transmitter::start();
    idp.tell(signal);
    let polled = idp.inbox().round(&machine.recorder, whose, NOW + 120_000).unwrap();
    assert_eq!(polled.counted, 1);
    let is_over = State::load(&machine.folder.path().join("data")).unwrap().session.is_none();
    assert_eq!(vault.open().unwrap().is_none(), is_over);
    let audits = if is_over { &["signed-out", "signal-received"][..] } else { &["signal-received"] };
    // A session that is over says nothing of risk.
    assert_eq!((machine.audits(), machine.level()), (audits.to_vec(), Level::None));
    is_over
}

fn revoked() -> Value {
    Transmitter::claims("a", "session-revoked", json!({"event_timestamp": NOW / 1000 - 1}))
}

#[test]
fn a_revoked_session_ends_the_sign_in_and_an_old_word_does_not_end_a_new_one() {
    for (at, is_over) in [(NOW - 3_600_000, true), (NOW + 60_000, false)] {
        assert_eq!(ends(&signed_in(at), &revoked()), is_over);
    }
}

/// The sessions of a person on a device that is named are over, and those on others are not.
#[test]
fn a_session_that_is_revoked_on_another_device_does_not_end_the_sign_in_here() {
    for here in [true, false] {
        let signed_in = signed_in(NOW - 3_600_000);
        let ours = signed_in.0.recorder.in_record(|_, device| Ok(device.to_owned())).unwrap();
        let device = if here { ours } else { "e9297990-14d2-42ec-a4a9-4036db86509a".to_owned() };
        let mut claims = revoked();
        let user = claims["sub_id"].take();
        claims["sub_id"] = json!({
            "format": "complex", "user": user, "device": {"format": "opaque", "id": device},
        });
        assert_eq!(ends(&signed_in, &claims), here);
    }
}
