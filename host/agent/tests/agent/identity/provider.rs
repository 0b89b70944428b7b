//! The provider `oidc-provider` in a process of its own, and a home whose settings name it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::visitor::{Login, Visitor};
use crate::home::{Home, PATIENT};
use crate::receiver::{Certificates, program, tool};

/// It runs until its test ends.
pub(super) struct Provider {
    child: Child,
    pub(super) issuer: String,
    pub(super) ca: PathBuf,
    pub(super) home: Home,
}

impl Provider {
    /// With people's groups and addresses in the ID token.
    pub(super) fn start() -> Option<Self> {
        Self::with(json!({}))
    }

    pub(super) fn with(options: Value) -> Option<Self> {
        let module = tool("oidc-provider-8.8.1/node_modules/oidc-provider/lib/index.js")?;
        let node = program("node")?;
        let home = Home::new();
        let certificates = Certificates::make(&home.path().join("tls"), "localhost");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/provider.mjs");
        let mut child = Command::new(node)
            .arg(script)
            .arg(module)
            .args([&certificates.certificate, &certificates.key])
            .arg(options.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("https://"), "the provider does not start");
        let provider = Self { child, issuer: line.trim().to_owned(), ca: certificates.ca, home };
        provider.settings("");
        Some(provider)
    }

    /// The person's settings: this provider, a policy, and more of `[identity…]`.
    pub(super) fn settings(&self, more: &str) {
        self.home.settings(&settings(&self.issuer, &self.ca, more));
    }

    /// What the provider does from now on.
    pub(super) fn control(&self, fields: &[(&str, &str)]) {
        let (status, _) = Visitor::new().post(&format!("{}/control", self.issuer), fields);
        assert_eq!(status, 200);
    }

    /// Signs in, with these words in the provider's form; what the command came to.
    pub(super) fn sign_in(&self, command: &[&str], form: &[(&str, &str)]) -> Login {
        let login = Login::start(&self.home, command);
        let mut visitor = Visitor::new();
        let callback = visitor.visit(&login.url, form);
        let page = visitor.get(&callback).1;
        login.ended(page)
    }

    /// Who the command line says is there.
    pub(super) fn whoami(&self) -> Value {
        whoami(&self.home)
    }

    /// The audit rows' words, oldest first.
    pub(super) fn changes(&self) -> Vec<(String, String, String)> {
        let mut rows = self.home.audits();
        rows.reverse();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        rows.iter().map(|row| (text(row, "what"), text(row, "whose"), text(row, "name"))).collect()
    }
}

impl Provider {
    /// Nobody answers any more.
    pub(super) fn stop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(super) fn settings(issuer: &str, ca: &std::path::Path, more: &str) -> String {
    format!(
        "policy = \"builtin-enforce\"\n[fail]\n{PATIENT}\n[identity]\nissuer = \"{issuer}\"\nclient_id = \"promptgate\"\n\
         ca = \"{}\"\nscopes = [\"profile\", \"email\", \"groups\", \"offline_access\"]\nkey_store = \"file\"\n{more}\n",
        ca.display()
    )
}

pub(super) fn whoami(home: &Home) -> Value {
    let output = home.run(&["whoami", "--json"]);
    crate::home::json_lines(&output).pop().unwrap()
}
