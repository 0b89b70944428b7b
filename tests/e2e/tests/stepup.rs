//! Who is at the keyboard, in real browsers: signing in from the popup, enrolling, and proving who one is at a card, at a
//! certified provider; and what a receiver is told of it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::{env, fs, thread};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED, Guarded};
use tests_harness::{Browser, Launch, Organisation, PATIENCE, Provider, Site, State};

const FAIL: &str = "[fail]\ndeadline_ms = 20000\n";
const VERIFY: &str = "[identity.verify]\nacr = [\"high\"]\nmax_age_s = 0\n";
const ENROL: &str = "[identity.enrol]\nacr = [\"high\"]\nmax_age_s = 0\n";

/// Who is a high risk shows that it is them.
const RISKY: &str = "@id(\"high-risk-proves\")\n@action(\"block\")\n@message(\"Show that it is you.\")\n\
    forbid (principal, action in Action::\"send\", resource) when { principal.risk >= 3 };\n";
/// Nobody sends who was not enrolled on this device.
const ENROLLED: &str = "@id(\"enrolled-only\")\n@action(\"block\")\n@message(\"Enrol on this device first.\")\n\
    forbid (principal, action in Action::\"send\", resource) unless { principal.enrolled };\n";
/// Nobody sends who did not prove who they are.
const PROVED: &str = "@id(\"proved-only\")\n@action(\"block\")\n@message(\"Show that it is you.\")\n\
    forbid (principal, action in Action::\"send\", resource) unless { principal.verified };\n";

const ISSUER: &str = "https://ssf.promptgate.example";
const AUDIENCE: &str = "https://acme.okta.example";

struct Desk {
    _organisation: Organisation,
    provider: Provider,
    guarded: Guarded,
}

impl Desk {
    async fn start(browser: Browser, policy: &str, more: &str) -> Result<Option<Self>> {
        let Some(provider) = Provider::start()? else { return Ok(None) };
        let launch = Launch::guarded(browser)?;
        let organisation = Organisation::found(launch.host.as_deref().context("no host")?)?;
        organisation.write("policy/desk.cedar", policy)?;
        organisation.write("settings.toml", FAIL)?;
        organisation.publish(1)?;
        let settings = format!("{}{}", organisation.settings(), provider.settings(more));
        let guarded = Guarded::launch(&launch.settings(&settings), Site::Claude).await?;
        let desk = Self { _organisation: organisation, provider, guarded };
        desk.told("version 1", &["policy", "status", "--json"], |told| told["bundle"]["version"] == 1)
            .await?;
        Ok(Some(desk))
    }

    /// Waits until a command says what is `wanted`.
    async fn told(&self, what: &str, command: &[&str], wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let end = std::time::Instant::now() + PATIENCE;
        loop {
            let told = self.guarded.records()?.told(command)?;
            let mut values = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(value) = values.find(|value| wanted(value)) {
                return Ok(value);
            }
            ensure!(std::time::Instant::now() < end, "never {what}: {told}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Presses this in the popup and signs in with these words; what the way back says.
    async fn by_popup(&self, press: &str, form: &[(&str, &str)]) -> Result<String> {
        let page = self.guarded.open_page("ui/popup.html").await?;
        let popup = self.guarded.driver()?.window().await?;
        let tabs = self.guarded.tabs().await?;
        self.guarded.press_in_page(press).await?;
        let said = self.guarded.sign_in(&tabs, form).await?;
        self.guarded.close_tab(popup).await?;
        self.guarded.close_tab(page).await?;
        Ok(said)
    }

    /// Asks at the card to prove who one is, and does it with these words; then looks at the page again.
    async fn by_card(&self, form: &[(&str, &str)]) -> Result<String> {
        let page = self.guarded.driver()?.window().await?;
        let tabs = self.guarded.tabs().await?;
        let card = self.guarded.card().await?;
        ensure!(card.choices().await?.contains(&"verify".to_owned()), "{:?}", card.choices().await?);
        card.choose("verify").await?;
        let said = self.guarded.sign_in(&tabs, form).await?;
        self.guarded.close_tab(page).await?;
        Ok(said)
    }

    /// The audit rows' words, oldest first.
    fn changes(&self) -> Result<Vec<(String, String)>> {
        let mut rows = self.guarded.records()?.list(&["--kind", "audit"])?;
        rows.reverse();
        let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        Ok(rows.iter().map(|row| (word(row, "what"), word(row, "name"))).collect())
    }

    /// How the newest send ended, as its rows say: the answers and who refused it.
    async fn ended(&self, n: usize, kind: &str) -> Result<Vec<Value>> {
        Ok(self.guarded.sent(n, &[kind]).await?.rows().to_vec())
    }
}

fn picture(name: &str, browser: Browser) -> PathBuf {
    env::temp_dir().join(format!("promptgate-e2e/stepup-{name}-{browser}.png"))
}

/// Pressing "Sign in" leads through the provider's pages in a tab of the same browser; the popup then says who it is.
async fn signed_in_from_the_popup(browser: Browser) -> Result<()> {
    let policy = "@id(\"none\")\n@action(\"coach\")\n@message(\"Herons are shared.\")\n\
        forbid (principal, action in Action::\"share\", resource);\n";
    let Some(desk) = Desk::start(browser, policy, "").await? else { return Ok(()) };
    let guarded = &desk.guarded;
    guarded.popup("nobody", |words| words.contains("Sign in"), Some(&picture("nobody", browser))).await?;
    let said = desk.by_popup("login", &[("who", "jane")]).await?;
    ensure!(said.contains("You are signed in"), "{said}");
    let known = |words: &str| words.contains("jane@example.com");
    guarded.popup("jane", known, Some(&picture("jane", browser))).await?;
    desk.told("jane", &["whoami", "--json"], |told| told["person"] == "jane").await?;
    guarded.records()?.run(&["logout", "--json"])?;
    guarded.popup("nobody again", |words| words.contains("Sign in"), None).await?;
    let words: Vec<String> = desk.changes()?.into_iter().map(|(what, _)| what).collect();
    let signing: Vec<&String> = words.iter().filter(|word| word.starts_with("signed-")).collect();
    ensure!(signing == ["signed-in", "signed-out"], "{words:?}");
    desk.guarded.stop().await
}

/// The site is closed until the person was enrolled by a sign-in that is what the settings ask.
async fn enrolled(browser: Browser) -> Result<()> {
    let Some(desk) = Desk::start(browser, ENROLLED, &format!("{ENROL}{VERIFY}")).await? else {
        return Ok(());
    };
    let guarded = &desk.guarded;
    // A block waits for a code.
    guarded.send(ALLOWED.text).await?;
    guarded.card().await?.choose("edit").await?;
    guarded.wait_for(State::Failed).await?;
    let said = desk.by_popup("enrol", &[("who", "jane"), ("acr", "low")]).await?;
    ensure!(said.contains("You are not signed in"), "{said}");
    guarded.open(Site::Claude).await?;
    guarded.send(ALLOWED.text).await?;
    guarded.card().await?.choose("edit").await?;
    guarded.wait_for(State::Failed).await?;
    guarded.never_left(ALLOWED.text)?;
    let said = desk.by_popup("enrol", &[("who", "jane"), ("acr", "high")]).await?;
    ensure!(said.contains("You are signed in"), "{said}");
    guarded.open(Site::Claude).await?;
    guarded.ask(ALLOWED.text).await?;
    let changes = desk.changes()?;
    let falls = changes.iter().position(|one| *one == ("verification-failed".to_owned(), "acr".to_owned()));
    let enrols = changes.iter().position(|(what, _)| what == "enrolled");
    ensure!(falls.is_some() && falls < enrols, "{changes:?}");
    desk.guarded.stop().await
}

/// A proof that falls short ends the hold, whatever was wrong with it, and the rows say so; a good one lets it go in the
/// same tab.
async fn proved_at_the_card(browser: Browser) -> Result<()> {
    let Some(desk) = Desk::start(browser, PROVED, VERIFY).await? else { return Ok(()) };
    let guarded = &desk.guarded;
    desk.by_popup("login", &[("who", "jane")]).await?;
    let high = [("who", "jane"), ("acr", "high")];
    let falls: [(&[(&str, &str)], &str); 4] = [
        (&[("who", "jane"), ("acr", "low")], "acr"),
        (&[("who", "jane"), ("acr", "high"), ("age", "600")], "auth-time"),
        (&[("who", "joe"), ("acr", "high")], "other-person"),
        (&[("refuse", "yes")], "refused"),
    ];
    for (n, (form, word)) in falls.into_iter().enumerate() {
        guarded.open(Site::Claude).await?;
        guarded.send(ALLOWED.text).await?;
        let said = desk.by_card(form).await?;
        ensure!(said.contains("You are not signed in"), "{word}: {said}");
        guarded.wait_for(State::Failed).await?;
        guarded.never_left(ALLOWED.text)?;
        let rows = desk.ended(n, "refused").await?;
        let of = |kind: &str| rows.iter().find(|row| row["kind"] == kind).cloned().unwrap_or_default();
        ensure!(of("answered")["choice"] == "verify", "{word}: {rows:?}");
        ensure!(of("refused")["by"] == "policy", "{word}: {rows:?}");
        ensure!(of("audit")["name"] == word, "{word}: {rows:?}");
    }
    // A closed tab ends it at once.
    guarded.open(Site::Claude).await?;
    guarded.send(ALLOWED.text).await?;
    let page = guarded.driver()?.window().await?;
    let tabs = guarded.tabs().await?;
    guarded.card().await?.choose("verify").await?;
    guarded.new_tab_since(&tabs).await?;
    guarded.close_tab(page).await?;
    guarded.wait_for(State::Failed).await?;
    let card = guarded.card().await?;
    ensure!(
        card.words_of("body").await?.contains("not shown that it is you"),
        "{}",
        card.words_of("body").await?
    );
    card.leave().await?;
    guarded.screenshot(&picture("unverified", browser)).await?;
    let rows = desk.ended(4, "refused").await?;
    ensure!(rows.iter().any(|row| row["kind"] == "audit" && row["name"] == "closed"), "{rows:?}");
    // And what is good lets go what waits.
    guarded.open(Site::Claude).await?;
    guarded.send(ALLOWED.text).await?;
    let card = guarded.card().await?;
    card.leave().await?;
    guarded.screenshot(&picture("asked", browser)).await?;
    desk.by_card(&high).await?;
    guarded.wait_for(State::Done).await?;
    guarded.left(ALLOWED.text)?;
    let rows = desk.ended(5, "released").await?;
    ensure!(rows.iter().any(|row| row["choice"] == "verify"), "{rows:?}");
    ensure!(rows.iter().any(|row| row["kind"] == "audit" && row["what"] == "verified"), "{rows:?}");
    desk.guarded.stop().await
}

/// A receiver that takes everything: the tokens it was sent.
fn receiver() -> Result<(u16, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (port, tokens) = (listener.local_addr()?.port(), Arc::new(Mutex::new(Vec::new())));
    let told = Arc::clone(&tokens);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Some(token) = taken(stream) {
                told.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(token);
            }
        }
    });
    Ok((port, tokens))
}

fn taken(mut stream: TcpStream) -> Option<String> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        text.extend_from_slice(&buffer[..read]);
        let whole = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        })?;
        if body.len() >= length {
            stream
                .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .ok()?;
            return Some(body.to_owned());
        }
    }
}

/// What a receiver that others wrote says of these tokens.
fn peer(desk: &Desk, tokens: &[String]) -> Result<Option<Vec<String>>> {
    let tools = env::var_os("PROMPTGATE_TOOLS").map(PathBuf::from);
    let cache = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/promptgate/tools"));
    let Some(peer) = tools.or_else(cache).map(|tools| tools.join("ssf-peer-0.7.0/bin/ssf-peer")) else {
        return Ok(None);
    };
    if !peer.is_file() {
        return Ok(None);
    }
    let keys = desk.guarded.records()?.run(&["ssf", "jwks", "--json"])?;
    let keys: Value = serde_json::from_str(&keys)?;
    let jwks = desk.guarded.home().path().join("jwks.json");
    fs::write(&jwks, json!({ "keys": keys["keys"] }).to_string())?;
    let mut child = Command::new(peer)
        .arg(&jwks)
        .args([ISSUER, AUDIENCE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("no stdin")?.write_all((tokens.join("\n") + "\n").as_bytes())?;
    let output = String::from_utf8(child.wait_with_output()?.stdout)?;
    Ok(Some(output.lines().map(str::to_owned).collect()))
}

/// From risky prompts to a receiver, back into the next decision, and down again by a proof at its card.
async fn from_a_risky_prompt_to_a_proof(browser: Browser) -> Result<()> {
    let (port, tokens) = receiver()?;
    let ssf = format!(
        "{VERIFY}[ssf]\nissuer = \"{ISSUER}\"\nkey_file = \"ssf.key\"\njwks_uri = \"http://127.0.0.1:1/jwks.json\"\n\
         person = \"jane@example.com\"\n[[ssf.receiver]]\nname = \"okta\"\nprofile = \"okta\"\n\
         address = \"http://127.0.0.1:{port}/security/api/v1/security-events\"\naudience = \"{AUDIENCE}\"\n"
    );
    let key = tempfile::tempdir()?;
    let ssf = ssf.replace("ssf.key", &key.path().join("ssf.key").display().to_string());
    let Some(desk) = Desk::start(browser, RISKY, &ssf).await? else { return Ok(()) };
    let guarded = &desk.guarded;
    guarded.records()?.run(&["ssf", "keygen"])?;
    desk.by_popup("login", &[("who", "jane")]).await?;
    let mut transcript = Vec::new();
    for _ in 0..3 {
        guarded.open(Site::Claude).await?;
        guarded.ask(BLOCKED.text).await?;
        let shown =
            desk.told("a level", &["risk", "show", "--json"], |told| told["person"] == "jane").await?;
        // The time before the sign-in is no second person's.
        ensure!(!shown["reasons"].to_string().contains("several-persons"), "{shown}");
        transcript.push(format!("a prompt with a key: {} {}", shown["level"], shown["reasons"]));
    }
    let levels = || -> Vec<Value> {
        let told = tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        told.iter().filter_map(|token| event_of(token)).collect()
    };
    let last = |wanted: &str| levels().last().is_some_and(|event| event["current_level"] == *wanted);
    until("high is told", || last("high")).await?;
    transcript.push(format!("the receiver: {}", levels().last().cloned().unwrap_or_default()));

    guarded.open(Site::Claude).await?;
    guarded.send(ALLOWED.text).await?;
    desk.by_card(&[("who", "jane"), ("acr", "high")]).await?;
    guarded.wait_for(State::Done).await?;
    guarded.left(ALLOWED.text)?;
    until("medium is told", || last("medium")).await?;
    let event = levels().last().cloned().unwrap_or_default();
    transcript.push(format!("the receiver: {event}"));
    ensure!(event["initiating_entity"] == "user" && event["previous_level"] == "high", "{event}");
    let rows = desk.ended(3, "released").await?;
    let judged = rows.iter().find(|row| row["kind"] == "judged").context("no judgement")?;
    ensure!(judged["facts"]["user"]["risk"] == "high" && judged["action"] == "block", "{judged}");
    transcript.extend(rows.iter().map(|row| format!("row: {row}")));
    let sent = tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    ensure!(sent.iter().all(|token| !token.contains(BLOCKED.secret)));
    if let Some(lines) = peer(&desk, &sent)? {
        transcript.extend(lines.iter().map(|line| format!("a receiver of others: {line}")));
        ensure!(lines.len() == sent.len() && lines.iter().all(|line| line.starts_with("202 [")), "{lines:?}");
    }
    let text = transcript.join("\n");
    println!("{text}");
    let path = env::temp_dir().join(format!("promptgate-e2e/stepup-transcript-{browser}.txt"));
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(path, text)?;
    let Desk { guarded, provider, .. } = desk;
    drop(provider);
    guarded.stop().await
}

async fn until(what: &str, holds: impl Fn() -> bool) -> Result<()> {
    let end = std::time::Instant::now() + PATIENCE;
    while !holds() {
        ensure!(std::time::Instant::now() < end, "never: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The one event of a token, read without its signature: that is the peer's work.
fn event_of(token: &str) -> Option<Value> {
    let claims: Value = serde_json::from_slice(&base64url(token.split('.').nth(1)?)).ok()?;
    claims["events"].as_object()?.values().next().cloned()
}

/// RFC 4648, section 5, without padding.
fn base64url(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for letter in text.bytes() {
        let Some(value) = ALPHABET.iter().position(|one| *one == letter) else { continue };
        held = (held << 6) | u32::try_from(value).unwrap_or_default();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits).to_le_bytes()[0]);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

tests_e2e::in_both! {
    signed_in_from_the_popup;
    enrolled;
    proved_at_the_card;
    from_a_risky_prompt_to_a_proof;
}
