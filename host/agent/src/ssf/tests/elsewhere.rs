//! The key is held elsewhere, as a relay holds it for a fleet: this machine hands claims over and gets a token back.

use std::sync::mpsc::{Sender as Tell, channel};
use std::thread;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use host_risk::set::Profile;
use host_risk::set::key::{self, SigningKey};
use serde_json::Value;

use super::{Machine, START, answering, settings};
use crate::ssf::signer::Signer;
use crate::ssf::way::Post;
use crate::ssf::{Sender, Step};

/// Asks whoever holds the key.
struct Elsewhere(Tell<(Value, Tell<Option<String>>)>);

impl Signer for Elsewhere {
    fn sign(&self, claims: &Value) -> Result<String> {
        let (tell, told) = channel();
        self.0.send((claims.clone(), tell)).context("nobody holds the key")?;
        told.recv().context("nobody holds the key")?.context("the holder of the key does not sign it now")
    }
}

#[test]
fn a_key_that_is_held_elsewhere_signs_what_this_machine_tells() {
    let mut machine = Machine::new();
    std::fs::remove_file(machine.folder.path().join("key")).unwrap();
    let held = SigningKey::from_pem(&key::generate().unwrap()).unwrap();
    let kid = held.kid();
    let (ask, asked) = channel::<(Value, Tell<Option<String>>)>();
    let holder = thread::spawn(move || {
        let mut seen = Vec::new();
        for (claims, tell) in asked {
            // It is busy at first.
            let token = (!seen.is_empty()).then(|| held.sign(&claims).unwrap());
            tell.send(token).unwrap();
            seen.push(claims);
        }
        seen
    });
    let (port, told) = answering(&[202]);
    let (ssf, receiver) = settings(machine.folder.path(), port, Profile::Okta);
    let way = Post::to(receiver.clone());
    let mut sender = Sender::with(ssf, receiver, Box::new(Elsewhere(ask)), Box::new(way));
    machine.see("jane", START);
    let Step::Later(until, why) = machine.step(&mut sender, START) else { panic!("nobody signs it") };
    assert!(until > START && why.contains("does not sign it now"), "{why}");
    assert_eq!(told.try_iter().count(), 0);
    assert!(matches!(machine.step(&mut sender, until), Step::Sent(_)));
    drop(sender);
    let seen = holder.join().unwrap();
    let token = told.try_iter().next().unwrap();
    let part = |at: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
    };
    assert_eq!((part(0)["kid"].as_str(), &part(1)), (Some(kid.as_str()), seen.last().unwrap()));
    // Under the id that it was given when it was written down, in every try.
    let row = machine.recorder.look(|view| view.outbox(1)).unwrap().remove(0);
    assert!(seen.len() == 2 && seen.iter().all(|claims| claims["jti"] == row.jti.as_str()));
}
