//! Our tokens at a receiver that others wrote (`tests/ssf-peer`), and their signatures by another implementation of JWS.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::browser::Browser;
use crate::okta::{AUDIENCE, ISSUER, PATH};
use crate::receiver::{Receiver, Reply, program, tool, until};
use crate::sharing::{TOKEN, judge, keys, shared, states};

/// What `jose` makes of tokens that go to an audience: a line for each, claims or the fault.
pub(crate) fn read_by_jose(
    tokens: &[String],
    jwks: &Path,
    issuer: &str,
    audience: &str,
) -> Option<Vec<String>> {
    let module = tool("oidc-provider-8.8.1/node_modules/jose/dist/node/esm/index.js")?;
    let mut node = Command::new(program("node")?);
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jws.mjs"))
        .arg(module)
        .arg(jwks)
        .args([issuer, audience]);
    Some(lines(node, tokens))
}

fn lines(mut program: Command, tokens: &[String]) -> Vec<String> {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all((tokens.join("\n") + "\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_receiver_of_others_takes_both_profiles_once_and_nothing_that_was_changed() {
    let Some(peer) = tool("ssf-peer-0.7.0/bin/ssf-peer") else { return };
    let receiver = Receiver::start(|_, _| Reply::Status(202, ""));
    let home = shared(&format!("http://127.0.0.1:{}{PATH}", receiver.port));
    let path = home.path().join(".config/promptgate/settings.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let other = format!(
        "[[ssf.receiver]]\nname = \"caep\"\nprofile = \"caep\"\naddress = \"http://127.0.0.1:{}/\"\naudience = \"{AUDIENCE}\"\n",
        receiver.port
    );
    home.settings(&format!("{settings}{other}"));
    let mut browser = Browser::start(&home);
    judge(&mut browser, 1, TOKEN);
    judge(&mut browser, 2, TOKEN);
    until("all is told", || states(&home).len() == 4 && states(&home).iter().all(|state| state == "sent"));
    assert!(browser.close().0.success());
    let jwks = home.path().join("jwks.json");
    fs::write(&jwks, serde_json::json!({"keys": keys(&home)}).to_string()).unwrap();
    let mut tokens: Vec<String> = receiver.requests().into_iter().map(|request| request.body).collect();
    let changed = {
        let parts: Vec<&str> = tokens[0].split('.').collect();
        let other: Vec<&str> = tokens[1].split('.').collect();
        format!("{}.{}.{}", parts[0], other[1], parts[2])
    };
    let again = tokens[0].clone();
    tokens.extend([again, changed, "no token".to_owned()]);

    let told = |audience: &str| {
        let mut peer = Command::new(&peer);
        peer.args([jwks.to_str().unwrap(), ISSUER, audience]);
        lines(peer, &tokens)
    };
    let lines = told(AUDIENCE);
    assert_eq!(lines.len(), 7, "{lines:?}");
    for line in &lines[..4] {
        assert!(line.starts_with("202 [") && line.contains(" true]"), "{line}");
    }
    let of = |kind: &str| lines.iter().filter(|line| line.contains(kind)).count();
    assert_eq!((of("okta/event-type/user-risk-change"), of("caep/event-type/risk-level-change")), (2, 2));
    // The same id again is taken and not handled.
    assert_eq!(lines[4].trim(), "202 []");
    assert!(lines[5].starts_with("400 []") && lines[5].contains("invalid_key"), "{}", lines[5]);
    assert!(lines[6].starts_with("400 []") && lines[6].contains("invalid_request"), "{}", lines[6]);
    assert!(told("https://other.example").iter().all(|line| line.starts_with("400 []")));

    let Some(read) = read_by_jose(&tokens, &jwks, ISSUER, AUDIENCE) else { return };
    assert_eq!(read.len(), 7, "{read:?}");
    for (line, token) in read.iter().zip(&tokens).take(5) {
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let (read, sent) =
            (serde_json::from_str::<Value>(line).unwrap(), serde_json::from_slice::<Value>(&payload));
        assert_eq!(read, sent.unwrap());
    }
    assert_eq!(read[5..], ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "ERR_JWS_INVALID"]);
    let other = read_by_jose(&tokens[..1], &jwks, ISSUER, "https://other.example").unwrap();
    assert_eq!(other, ["ERR_JWT_CLAIM_VALIDATION_FAILED"]);
}
