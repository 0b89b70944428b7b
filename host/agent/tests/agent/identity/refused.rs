//! What an issuer may not do, what a stranger may not do on the way back, and what a provider may not say of itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use serde_json::{Value, json};

use super::provider::whoami;
use super::stand_in::{By, Issuer, Twist};
use super::visitor::{Login, Visitor, field};
use crate::home::Home;

/// What a provider says of itself, with its address.
type Saying = fn(&mut Value, &str);

type Case = (&'static str, Twist, &'static str, &'static str);

fn token(name: &'static str, twist: fn(&mut super::stand_in::Token), said: &'static str) -> Case {
    (name, Twist { token: twist, ..Twist::default() }, said, "token")
}

fn now() -> i64 {
    i64::try_from(crate::identity::visitor::now()).unwrap()
}

#[test]
fn an_id_token_that_does_not_check_out_signs_in_nobody() {
    let other_person = |said: &mut Value| said["sub"] = json!("joe");
    let cases: Vec<Case> = vec![
        token("another nonce", |token| token.claims["nonce"] = json!("other"), "it answers another sign-in"),
        token(
            "no nonce",
            |token| drop(token.claims.as_object_mut().unwrap().remove("nonce")),
            "another sign-in",
        ),
        token("another audience", |token| token.claims["aud"] = json!("other"), "made for another app"),
        token(
            "one audience more",
            |token| token.claims["aud"] = json!(["promptgate", "other"]),
            "another app",
        ),
        token("another party", |token| token.claims["azp"] = json!("other"), "made for another app"),
        token("another issuer", |token| token.claims["iss"] = json!("https://localhost"), "another issuer"),
        token("expired", |token| token.claims["exp"] = json!(now() - 1), "it has expired: set"),
        token("of before", |token| token.claims["iat"] = json!(now() - 3600), "older than this sign-in"),
        token("of tomorrow", |token| token.claims["iat"] = json!(now() + 86_400), "it is dated ahead"),
        token(
            "not signed",
            |token| {
                token.header["alg"] = json!("none");
                token.by = By::Nobody;
            },
            "it is not signed",
        ),
        token("not signed, says it is", |token| token.by = By::Nobody, "its signature is wrong"),
        token(
            "a secret that everybody knows",
            |token| {
                token.header["alg"] = json!("HS256");
                token.by = By::Secret(b"promptgate".to_vec());
            },
            "an algorithm that is not taken",
        ),
        token("another key of the same name", |token| token.by = By::Stranger, "its signature is wrong"),
        token(
            "another key of another name",
            |token| {
                token.header["kid"] = json!("two");
                token.by = By::Stranger;
            },
            "no key of the provider signed it",
        ),
        token("changed after signing", |token| token.by = By::OtherText, "its signature is wrong"),
        (
            "userinfo of somebody else",
            Twist { userinfo: other_person, ..Twist::default() },
            "two different people",
            "other-person",
        ),
        (
            "groups left out for their number",
            Twist { token: |token| token.claims["hasgroups"] = json!(true), ..Twist::default() },
            "`groups` is left out",
            "claim",
        ),
        (
            "groups elsewhere",
            Twist {
                token: |token| token.claims["_claim_names"] = json!({ "groups": "src1" }),
                ..Twist::default()
            },
            "`groups` is left out",
            "claim",
        ),
        (
            "groups that are no names",
            Twist { token: |token| token.claims["groups"] = json!([1, 2]), ..Twist::default() },
            "`groups` is no list",
            "claim",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, twist, said, word) in cases {
        let issuer = Issuer::start(&folder.path().join(name), twist);
        let home = issuer.home("");
        let login = issuer.sign_in(&home);
        assert!(!login.ok && login.said.contains(said), "{name}: {}", login.said);
        assert!(login.page.contains("You are not signed in"), "{name}: {}", login.page);
        assert_eq!(whoami(&home)["person"], Value::Null, "{name}");
        let row = home.audits().remove(0);
        assert_eq!((&row["what"], &row["name"]), (&json!("verification-failed"), &json!(word)), "{name}");
        // No error carries a token.
        assert!(!login.said.contains("eyJ") && !login.page.contains("eyJ"), "{name}");
    }
}

/// The same issuer without a twist: what the cases above change is what they are refused for.
#[test]
fn the_stand_in_without_a_twist_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start(folder.path(), Twist::default());
    let home = issuer.home("");
    let login = issuer.sign_in(&home);
    assert!(login.ok, "{}", login.said);
    assert_eq!(whoami(&home)["groups"], json!(["hr"]));
    assert_eq!(issuer.asked(), ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"]);
    assert!(home.run(&["logout", "--no-browser"]).status.success());
    assert_eq!(issuer.asked().pop().unwrap(), "/revoke");
}

#[test]
fn a_provider_that_says_something_else_of_itself_is_not_used() {
    let cases: [(&str, Saying, &str); 5] = [
        ("another issuer", |said, _| said["issuer"] = json!("https://other.example"), "is no provider"),
        ("one letter more", |said, url| said["issuer"] = json!(format!("{url}/")), "is no provider"),
        (
            "tokens in clear",
            |said, _| said["token_endpoint"] = json!("http://localhost/token"),
            "not under https",
        ),
        (
            "keys in clear",
            |said, _| said["jwks_uri"] = json!("http://localhost/jwks"),
            "http://localhost/jwks` is no address",
        ),
        (
            "PKCE by the plain verifier",
            |said, _| said["code_challenge_methods_supported"] = json!(["plain"]),
            "does not take PKCE with S256",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, metadata, said) in cases {
        let issuer = Issuer::start(&folder.path().join(name), Twist { metadata, ..Twist::default() });
        let output = issuer.home("").run(&["login", "--no-browser"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(said), "{name}: {told}");
        assert!(output.stdout.is_empty(), "{name}: nothing to open");
    }
    // Nor one whose certificate nobody vouches for.
    let issuer = Issuer::start(&folder.path().join("strange"), Twist::default());
    let other = Issuer::start(&folder.path().join("other"), Twist::default());
    let home = Home::new();
    home.settings(&super::provider::settings(&issuer.url, &other.ca, ""));
    let output = home.run(&["login", "--no-browser"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("TLS"));
    assert!(issuer.asked().is_empty());
}

/// RFC 9207: the answer of another provider, or of nobody, is not taken to this one.
#[test]
fn two_issuers_are_not_mixed_up() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Issuer::start(&folder.path().join("ours"), Twist::default());
    let other = Issuer::start(&folder.path().join("other"), Twist::default());
    let home = ours.home("");
    for fields in [
        format!("iss={}&code=a-code", other.url),
        "code=a-code".to_owned(),
        // Nor is a refusal, or an address that only begins like it.
        format!("iss={}&error=access_denied", other.url),
        format!("iss={}/&code=a-code", ours.url),
    ] {
        let login = Login::start(&home, &["login"]);
        let callback = format!("{}?state={}&{fields}", login.field("redirect_uri"), login.field("state"));
        let page = Visitor::new().get(&callback).1;
        let login = login.ended(page);
        assert!(!login.ok && login.said.contains("mixing up providers"), "{fields}: {}", login.said);
    }
    // The code went to nobody.
    assert!(!ours.asked().iter().chain(&other.asked()).any(|path| path == "/token"));
}

/// A provider that says nothing of `iss` is held to it when it sends one.
#[test]
fn a_provider_without_rfc_9207_is_taken_at_its_word() {
    let folder = tempfile::tempdir().unwrap();
    let silent: Saying = |said, _| {
        said["authorization_response_iss_parameter_supported"] = json!(false);
    };
    let issuer = Issuer::start(folder.path(), Twist { metadata: silent, ..Twist::default() });
    let home = issuer.home("");
    for (without, ok) in [(true, true), (false, false)] {
        let login = Login::start(&home, &["login"]);
        let callback = issuer.callback(&login);
        let callback = if without {
            callback.split("&iss=").next().unwrap().to_owned()
        } else {
            callback.replace("iss=https", "iss=http")
        };
        let login = login.ended(Visitor::new().get(&callback).1);
        assert_eq!(login.ok, ok, "{}", login.said);
    }
}

/// Who knows the port and not the `state` can neither end a sign-in nor take it over.
#[test]
fn strangers_on_the_way_back_are_turned_away_and_the_wait_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start(folder.path(), Twist::default());
    let home = issuer.home("");
    let login = Login::start(&home, &["login"]);
    let redirect = login.field("redirect_uri");
    let origin = redirect.trim_end_matches("/callback").to_owned();
    let port = origin.rsplit(':').next().unwrap().to_owned();
    let state = login.field("state");
    // A connection that says nothing holds up nobody: browsers open some ahead.
    let _silent = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let visitor = Visitor::new();
    for (address, status) in [
        (format!("{redirect}?code=evil&state=guessed"), 400),
        (format!("{redirect}?code=evil"), 400),
        (format!("{redirect}?code=evil&state={}", state.get(1..).unwrap()), 400),
        (format!("{redirect}?code=evil&state={state}&state=guessed"), 400),
        (format!("{redirect}?error=access_denied&state=guessed"), 400),
        (format!("{origin}/?code=evil&state={state}"), 404),
        (format!("{origin}/callback/?code=evil&state={state}"), 404),
        (format!("{origin}//evil.example/callback?state={state}"), 404),
    ] {
        let (got, page) = visitor.get(&address);
        assert_eq!(got, status, "{address}");
        assert!(page.contains("Nothing here") && !page.contains("evil"), "{address}: {page}");
    }
    assert_eq!(visitor.post(&format!("{redirect}?code=evil&state={state}"), &[]).0, 405);
    // A page of another name that leads here.
    let mut other = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let request =
        format!("GET /callback?code=evil&state={state} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n");
    other.write_all(request.as_bytes()).unwrap();
    let mut said = String::new();
    other.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 400") && !said.to_lowercase().contains("location:"), "{said}");
    assert!(!issuer.asked().contains(&"/token".to_owned()));

    let callback = issuer.callback(&login);
    let page = visitor.get(&callback).1;
    let login = login.ended(page);
    assert!(login.ok, "{}", login.said);
    // One answer, and the door is closed.
    assert!(TcpStream::connect(("127.0.0.1", port.parse().unwrap())).is_err());
    assert_eq!(issuer.asked().iter().filter(|path| *path == "/token").count(), 1);
}

#[test]
fn no_number_of_strangers_ends_a_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start(folder.path(), Twist::default());
    let home = issuer.home("");
    let login = Login::start(&home, &["login"]);
    let redirect = login.field("redirect_uri");
    let port = redirect.trim_end_matches("/callback").rsplit(':').next().unwrap().parse().unwrap();
    // Some that say nothing and stay, and some that ask for what is not theirs.
    let silent: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    let visitor = Visitor::new();
    for _ in 0..100 {
        assert_eq!(visitor.get(&format!("{redirect}?code=evil&state=guessed")).0, 400);
    }
    let page = visitor.get(&issuer.callback(&login)).1;
    let login = login.ended(page);
    assert!(login.ok, "{}", login.said);
    drop(silent);
}

#[test]
fn two_sign_ins_share_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start(folder.path(), Twist::default());
    let home = issuer.home("");
    let logins = [Login::start(&home, &["login"]), Login::start(&home, &["login"])];
    for drawn in ["state", "nonce", "code_challenge", "redirect_uri"] {
        assert_ne!(logins[0].field(drawn), logins[1].field(drawn), "{drawn}");
    }
    // The one's answer at the other's door.
    let [first, second] = logins;
    let crossed = format!("{}?code=a-code&state={}", second.field("redirect_uri"), first.field("state"));
    assert_eq!(Visitor::new().get(&crossed).0, 400);
    assert_eq!(field(&second.url, "code_challenge_method"), "S256");
}

#[test]
fn nobody_who_comes_back_is_waited_for_only_so_long() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start(folder.path(), Twist::default());
    let home = issuer.home("login_s = 1");
    let output = home.run(&["login", "--no-browser"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("nobody came back"), "{said}");
}

#[test]
fn a_port_that_the_provider_knows_is_used_and_a_taken_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start(folder.path(), Twist::default());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (taken_port, free) = (taken.local_addr().unwrap().port(), crate::receiver::free_port());
    let home = issuer.home(&format!("redirect_ports = [{taken_port}, {free}]"));
    let login = Login::start(&home, &["login"]);
    assert_eq!(login.field("redirect_uri"), format!("http://127.0.0.1:{free}/callback"));
    let mut second = home.command();
    second.args(["login", "--no-browser"]).stdin(Stdio::null());
    let output = second.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("redirect_ports"), "{said}");
}
