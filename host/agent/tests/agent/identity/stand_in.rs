//! An issuer of ours that does what no certified provider can be made to do. It shares no code with the program.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::provider::settings;
use super::visitor::{Login, Visitor, field};
use crate::home::Home;
use crate::receiver::{Certificates, Receiver, Reply, Request};

/// A token before it is signed.
pub(super) struct Token {
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) by: By,
}

/// Who signs it.
pub(super) enum By {
    /// The key that is published.
    Issuer,
    /// Another one.
    Stranger,
    /// Nobody.
    Nobody,
    /// A shared secret, of these bytes.
    Secret(Vec<u8>),
    /// The published key, another text than this.
    OtherText,
}

/// What it does otherwise than it should.
#[derive(Clone)]
pub(super) struct Twist {
    /// Of the metadata.
    pub(super) metadata: fn(&mut Value, &str),
    /// Of the ID token.
    pub(super) token: fn(&mut Token),
    /// Of what it says of a person.
    pub(super) userinfo: fn(&mut Value),
}

impl Default for Twist {
    fn default() -> Self {
        Self { metadata: |_, _| {}, token: |_| {}, userinfo: |_| {} }
    }
}

/// The issuer.
pub(super) struct Issuer {
    pub(super) url: String,
    pub(super) ca: PathBuf,
    nonce: Arc<Mutex<String>>,
    receiver: Receiver,
}

impl Issuer {
    pub(super) fn start(folder: &Path, twist: Twist) -> Self {
        let certificates = Certificates::make(folder, "localhost");
        let ours = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let strange = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let nonce = Arc::new(Mutex::new(String::new()));
        let asked = Arc::clone(&nonce);
        let receiver = Receiver::with(Some(&certificates), move |_, request| {
            // With the port that the caller came by: this closure is there before the port is known.
            let url = format!("https://{}", request.header("host").unwrap());
            answer(request, &url, &twist, &asked.lock().unwrap(), (&ours, &strange))
        });
        Self { url: format!("https://localhost:{}", receiver.port), ca: certificates.ca, nonce, receiver }
    }

    /// The way back that an honest provider sends a person, for this sign-in.
    pub(super) fn callback(&self, login: &Login) -> String {
        *self.nonce.lock().unwrap() = login.field("nonce");
        let mut fields = form_urlencoded::Serializer::new(String::new());
        fields.append_pair("code", "a-code").append_pair("state", &login.field("state"));
        let fields = fields.append_pair("iss", &self.url).finish();
        format!("{}?{fields}", login.field("redirect_uri"))
    }

    /// Paths that were asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        let path = |request: Request| request.line.split(' ').nth(1).unwrap().to_owned();
        self.receiver.requests().into_iter().map(path).collect()
    }

    /// A home whose settings name it.
    pub(super) fn home(&self, more: &str) -> Home {
        let home = Home::new();
        home.settings(&settings(&self.url, &self.ca, more));
        home
    }

    /// Signs in honestly, but for the twist.
    pub(super) fn sign_in(&self, home: &Home) -> Login {
        let login = Login::start(home, &["login"]);
        let page = Visitor::new().get(&self.callback(&login)).1;
        assert_eq!(field(&login.url, "client_id"), "promptgate");
        login.ended(page)
    }
}

type Keys<'a> = (&'a EcdsaKeyPair, &'a EcdsaKeyPair);

fn answer(request: &Request, url: &str, twist: &Twist, nonce: &str, keys: Keys<'_>) -> Reply {
    let path = request.line.split([' ', '?']).nth(1).unwrap();
    match path {
        "/.well-known/openid-configuration" => {
            let mut metadata = json!({
                "issuer": url,
                "authorization_endpoint": format!("{url}/authorize"),
                "token_endpoint": format!("{url}/token"),
                "userinfo_endpoint": format!("{url}/userinfo"),
                "jwks_uri": format!("{url}/jwks"),
                "revocation_endpoint": format!("{url}/revoke"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "authorization_response_iss_parameter_supported": true,
            });
            (twist.metadata)(&mut metadata, url);
            json_reply(200, &metadata)
        }
        "/jwks" => {
            // An uncompressed point: one byte, then both coordinates.
            let point = keys.0.public_key().as_ref();
            let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
            let key = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": "one", "alg": "ES256",
                "x": part(1), "y": part(33) });
            json_reply(200, &json!({ "keys": [key] }))
        }
        "/token" => json_reply(200, &tokens(url, twist, nonce, keys)),
        "/userinfo" => {
            let mut said = json!({ "sub": "jane", "email": "jane@example.com", "groups": ["hr"] });
            (twist.userinfo)(&mut said);
            json_reply(200, &said)
        }
        "/revoke" => json_reply(200, &json!({})),
        _ => Reply::Status(404, ""),
    }
}

fn tokens(url: &str, twist: &Twist, nonce: &str, keys: Keys<'_>) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut token = Token {
        header: json!({ "alg": "ES256", "kid": "one", "typ": "JWT" }),
        claims: json!({ "iss": url, "sub": "jane", "aud": "promptgate", "iat": now, "exp": now + 300,
            "auth_time": now, "nonce": nonce }),
        by: By::Issuer,
    };
    (twist.token)(&mut token);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&token.header), part(&token.claims));
    let sign = |key: &EcdsaKeyPair, text: &str| {
        key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec()
    };
    let signature = match &token.by {
        By::Issuer => sign(keys.0, &text),
        By::Stranger => sign(keys.1, &text),
        By::Nobody => Vec::new(),
        By::Secret(secret) => {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes()).as_ref().to_vec()
        }
        By::OtherText => sign(keys.0, "a.b"),
    };
    let id_token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature));
    json!({ "access_token": "an-access-token", "token_type": "Bearer", "expires_in": 300,
        "refresh_token": "a-refresh-token", "id_token": id_token })
}

fn json_reply(status: u16, value: &Value) -> Reply {
    let body = value.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Reply::Raw(format!("{head}{body}").into_bytes())
}
