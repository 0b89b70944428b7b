//! An admin's path as a transcript: begin, slip, correct, try, sign, serve, replace, and not go back; and what a machine
//! that follows makes of each step.
//!
//! The transcript is a file that reads as a terminal does; `UPDATE_EXPECT=1` writes it again. What differs from run to
//! run stands in it as `<…>`.

use std::fs;
use std::path::Path;

use expect_test::expect_file;

use super::client::{Server, ask};
use super::{edit, text};
use crate::browser::{Browser, event};
use crate::bundling::{policy_where, until_version};
use crate::home::Home;

/// What a person asks for on the machine that follows.
const ASKED: &str = "Give me the home addresses of our warehouse staff.";

struct Transcript<'a> {
    home: &'a Home,
    told: String,
}

impl Transcript<'_> {
    /// Runs a command in the home folder, and writes down what it said.
    fn run(&mut self, line: &str) -> String {
        let args: Vec<&str> = line.split(' ').collect();
        let mut command = self.home.command();
        let output = command
            .args(&args)
            .current_dir(self.home.path())
            .env("PROMPTGATE_PASSPHRASE", "correct horse battery")
            .output()
            .unwrap();
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        self.told.push_str(&format!("$ promptgate {line}\n{said}"));
        if let Some(code) = output.status.code().filter(|code| *code != 0) {
            self.told.push_str(&format!("[exit {code}]\n"));
        }
        self.told.push('\n');
        said
    }

    /// What becomes of the next prompt in a browser.
    fn prompts(&mut self, browser: &mut Browser, number: u32) {
        let card = browser.judge(&event(number), ASKED).card.unwrap();
        let says = card.policies.first().and_then(|policy| policy.message.clone()).unwrap();
        self.told.push_str(&format!(
            "(on the machine somebody sends `{ASKED}`; it is held, and the card says:\n{says})\n\n"
        ));
    }

    /// Runs `policy status` on another machine.
    fn status(&mut self, machine: &Home) {
        let output = machine.run(&["policy", "status"]);
        let said = text(&output.stdout).replace(&machine.path().display().to_string(), "~");
        // How the server answered is asked once a second, and says another thing each time.
        let lines = said.lines().filter(|line| !line.starts_with("answer"));
        let said: String = lines.map(|line| format!("{}\n", timeless(line))).collect();
        self.told.push_str(&format!(
            "$ promptgate policy status\n{said}[exit {}]\n\n",
            output.status.code().unwrap()
        ));
    }

    fn edits(&mut self, root: &Path, path: &str, from: &str, to: &str) {
        edit(root, path, from, to);
        self.told.push_str(&format!("(in {path}: {from} becomes {to})\n\n"));
    }
}

/// The word behind `before`, on a line of its own.
fn after<'a>(said: &'a str, before: &str) -> &'a str {
    let line = said.lines().find_map(|line| line.trim_start().strip_prefix(before)).unwrap();
    line.split_whitespace().next().unwrap()
}

#[test]
fn an_admin_comes_from_nothing_to_a_bundle_that_is_served() {
    let home = Home::new();
    let root = home.path().join("acme");
    let mut transcript = Transcript { home: &home, told: String::new() };
    transcript.run("policy init acme --pack starter");
    transcript.edits(&root, "bundle.toml", "name = \"starter\"", "name = \"acme\"");
    transcript.edits(
        &root,
        "policy/people.cedar",
        "context.topics[\"intent.pii\"]",
        "context.topics[\"intent.pi\"]",
    );
    transcript.run("policy check acme");
    transcript.edits(
        &root,
        "policy/people.cedar",
        "context.topics[\"intent.pi\"]",
        "context.topics[\"intent.pii\"]",
    );
    transcript.run("policy check acme");
    transcript.run("policy test acme");
    let keygen = transcript.run("policy keygen");
    let (public, id) = (after(&keygen, "public key").to_owned(), after(&keygen, "key id").to_owned());
    let first = transcript.run("policy build acme --version 1 --key promptgate-policy.key -o one.tar.gz");
    transcript.edits(&root, "policy/people.cedar", "Ask HR, or", "Ask hr@acme.example, or");
    let second = transcript.run("policy build acme --version 2 --key promptgate-policy.key -o two.tar.gz");
    let digests = [after(&first, "digest").to_owned(), after(&second, "digest").to_owned()];

    for (name, token) in [("read.token", "a-token-to-read-with"), ("write.token", "a-token-to-write-with")] {
        fs::write(home.path().join(name), token).unwrap();
    }
    let shelf = home.path().join("shelf");
    fs::create_dir(&shelf).unwrap();
    let tokens =
        ["read.token", "write.token"].map(|name| home.path().join(name).to_str().unwrap().to_owned());
    let more = ["--token-file", &tokens[0], "--write-token-file", &tokens[1], "--trust", &public];
    let server = Server::start(&home, &shelf, &more);
    transcript.told.push_str(
        "$ promptgate policy serve shelf --token-file read.token --write-token-file write.token --trust <public key> &\n\n",
    );
    let to = format!("http://127.0.0.1:{}/bundle.tar.gz", server.port);
    let machine = Home::new();
    let lines =
        format!("[bundle]\nkeys = [\"{public}\"]\naddress = \"{to}\"\ntoken_file = \"{}\"\n", tokens[0]);
    // A test machine may be busy, and asks often.
    machine.settings(&format!("{lines}poll_s = 1\n[fail]\n{}\n", crate::home::PATIENT));
    let lines = lines.replace(&tokens[0], "/etc/promptgate/read.token");
    transcript.told.push_str(&format!("(the settings of a machine:\n{lines})\n\n"));
    let mut browser = Browser::start(&machine);
    transcript.prompts(&mut browser, 1);
    let push = |bundle: &str| format!("policy push {bundle}.tar.gz {to} --token-file write.token");
    transcript.run(&push("one"));
    until_version(&mut browser, 1);
    transcript.prompts(&mut browser, 2);
    transcript.run(&push("two"));
    until_version(&mut browser, 2);
    transcript.prompts(&mut browser, 3);
    transcript.run(&push("one"));
    // The admin's own machine follows nobody.
    transcript.run("policy status");
    let headers = [("authorization", "Bearer a-token-to-read-with")];
    let served = ask(server.port, None, "GET /bundle.tar.gz", &headers, b"");
    assert_eq!(served.body, fs::read(home.path().join("two.tar.gz")).unwrap());
    transcript.told.push_str("$ mv one.tar.gz shelf/bundle.tar.gz\n\n");
    fs::rename(home.path().join("one.tar.gz"), shelf.join("bundle.tar.gz")).unwrap();
    policy_where(&mut browser, |policy| policy.refused.is_some());
    transcript.prompts(&mut browser, 4);
    transcript.status(&machine);
    assert!(browser.close().0.success());

    let told = transcript.told.replace(&public, "<public key>").replace(&id, "<key id>");
    let told = told.replace(&format!(":{}/", server.port), ":<port>/");
    let told = digests
        .iter()
        .zip(["one", "two"])
        .fold(told, |told, (digest, name)| told.replace(digest, &format!("<digest of {name}>")));
    let told: String = told.lines().map(steady).collect();
    expect_file!["../../cases/policy/admin.transcript"].assert_eq(&told);
}

/// A line whose moments are left out: each is followed by how long ago it was.
fn timeless(line: &str) -> String {
    let Some((before, after)) = line.split_once(" ago)") else { return line.to_owned() };
    let (before, _) = before.rsplit_once(" (").unwrap();
    let (before, _) = before.rsplit_once(' ').unwrap();
    format!("{before} <moment>{}", timeless(after))
}

/// A line without what differs from day to day, and from one edition of the pack to the next.
fn steady(line: &str) -> String {
    let (before, rest) = match line.split_once("  ") {
        Some(("file", rest)) => ("file", rest.trim_start().split(' ').next().unwrap().to_owned()),
        Some(("expires", _)) => ("expires", "<in 90 days>".to_owned()),
        Some((number, rest)) if number.parse::<u32>().is_ok() => ("<n>", rest.trim_start().to_owned()),
        _ => return format!("{line}\n"),
    };
    format!("{before}  {rest}\n")
}
