//! A receiver of security events that others wrote (easyssf-receiver), for the tests: `ssf-peer JWKS ISSUER AUDIENCE` reads a
//! token a line and says of each, on a line, the status that a push would get and what its handler saw.
//!
//! It keeps its strict ways: `sub_id`, RS256, 2048 bits. It never shares code with the program that makes the tokens.

use std::env::args;
use std::io::stdin;
use std::sync::{Arc, Mutex};

use easyssf_receiver::event::SsfEventContext;
use easyssf_receiver::push::SsfPushHandler;
use easyssf_receiver::set::{
    InMemorySsfJtiDedupStore, JwtSsfSetVerifier, SsfSetProcessor, SsfSetVerifierOptions,
};
use jsonwebtoken::jwk::JwkSet;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let [_, jwks, issuer, audience] = args().collect::<Vec<_>>().try_into().expect("JWKS ISSUER AUDIENCE");
    let text = std::fs::read_to_string(jwks).expect("the file of keys");
    let keys: Arc<JwkSet> = Arc::new(serde_json::from_str(&text).expect("a set of keys"));
    let options =
        SsfSetVerifierOptions { expected_audiences: vec![audience], ..SsfSetVerifierOptions::default() };
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let handler = move |context: SsfEventContext| {
        let token = context.event_token();
        let events: Vec<String> = token.events().keys().cloned().collect();
        told.lock().unwrap().push(format!(
            "{} {} {}",
            token.jti(),
            events.join(","),
            token.subject_id().is_some()
        ));
        async { Ok(()) }
    };
    let verifier = JwtSsfSetVerifier::new(issuer, keys, options);
    let processor = SsfSetProcessor::new(verifier, InMemorySsfJtiDedupStore::new(1_000)).handler(handler);
    let handler = SsfPushHandler::new(Arc::new(processor), None);
    for line in stdin().lines() {
        let answer = handler.handle(None, line.expect("a line").as_bytes()).await;
        let handled = seen.lock().unwrap().drain(..).collect::<Vec<_>>().join(";");
        println!("{} [{handled}] {}", answer.status, answer.body.unwrap_or_default());
    }
}
