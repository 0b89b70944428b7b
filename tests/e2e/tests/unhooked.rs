//! A send that no hook sees, at the times when the background is not there to help: right after it was killed, after the
//! extension was loaded anew, and after the browser was started again with the profile that it had. There the settings
//! that were last known hold too, though no host ever spoke to this background.
//!
//! What no hook sees here is a worker's: its `fetch` is the browser's own.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED};
use tests_harness::{Browser, Launch, PATIENCE, Served, Session, Site, StandIns};

/// A prompt without a host is asked about: neither what a fresh profile does nor what most faults come to.
const SETTINGS: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\nunreachable = \"warn\"\n";

/// Where the prompts go.
const PATH: &str = "/backend-api/f/conversation";

const WORKER: &str = "addEventListener('message', ({ data: [address, init] }) => {
  fetch(address, init).then(({ status }) => postMessage(`status ${status}`), ({ name }) => postMessage(name));
});";

const PAGE: &str =
    "<!doctype html><html lang=\"en\" data-state=\"idle\"><meta charset=\"utf-8\"><title>Worker</title><body>
<script>window.worker = new Worker('/unhooked/worker.js');</script>";

/// Lets the page's worker send: `argument 0` the address, `argument 1` the body.
const SEND: &str = "const [address, body, done] = arguments;
window.worker.onmessage = ({ data }) => done(data);
window.worker.postMessage([address, { method: 'POST', body, headers: { 'content-type': 'application/json' } }]);";

/// A send of the page itself: `argument 0` the body, `argument 1` the name of the mark that says its end.
const HOOKED: &str = "const [body, mark] = arguments;
const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
fetch('/backend-api/f/conversation', init).then(({ status }) => status, ({ name }) => name)
  .then((end) => { document.documentElement.dataset[mark] = end; });";

fn body(text: &str) -> String {
    let message =
        json!({ "author": { "role": "user" }, "content": { "content_type": "text", "parts": [text] } });
    json!({ "action": "next", "messages": [message] }).to_string()
}

/// One browser, the sites, and how it was started.
struct Unhooked {
    stand_ins: StandIns,
    session: Session,
    launch: Launch,
}

impl Unhooked {
    async fn start(browser: Browser) -> Result<Self> {
        let launch = Launch::guarded(browser)?.settings(SETTINGS).lasting();
        let stand_ins = StandIns::start()?;
        let file = |content_type, body: &str| Served { content_type, policy: None, body: body.to_owned() };
        stand_ins.serve("/unhooked/", file("text/html; charset=utf-8", PAGE));
        stand_ins.serve("/unhooked/worker.js", file("text/javascript", WORKER));
        let session = Session::start(&stand_ins, &launch).await?;
        Ok(Self { stand_ins, session, launch })
    }

    /// Opens the page whose worker sends.
    async fn open(&self) -> Result<()> {
        self.session.open_at(Site::ChatGpt, "/unhooked/").await
    }

    /// What the worker says of its send.
    async fn send(&self, path: &str, text: &str) -> Result<String> {
        let address = format!("https://{}{path}", Site::ChatGpt.host());
        let arguments = vec![json!(address), json!(body(text))];
        let said = self.session.driver()?.execute_async(SEND, arguments).await?.json().clone();
        said.as_str().map(str::to_owned).with_context(|| format!("the worker says {said}"))
    }

    /// That the worker can send at all: what bears the mark of what was judged is stopped by no rule.
    async fn can_send(&self, when: &str) -> Result<()> {
        let text = format!("the heron of the worker {when}");
        let said = self.send(&format!("{PATH}?"), &text).await?;
        let arrived = self.stand_ins.ledger().contains(&text);
        ensure!(said == "status 200" && arrived, "{when}: the worker cannot send at all: {said}");
        Ok(())
    }

    /// The very next send is stopped.
    async fn is_stopped(&self, when: &str) -> Result<()> {
        let said = self.send(PATH, BLOCKED.text).await?;
        let left = self.stand_ins.ledger().contains(BLOCKED.secret);
        ensure!(!left, "{when}: a send that no hook saw arrived; the worker says {said}");
        ensure!(said == "TypeError", "{when}: it did not arrive, and the worker says {said}");
        Ok(())
    }

    /// Sends what may go until it is stopped.
    async fn until_stopped(&self, when: &str) -> Result<()> {
        let begin = Instant::now();
        for look in 0.. {
            if self.send(PATH, &format!("{} {look}", ALLOWED.text)).await? == "TypeError" {
                return Ok(());
            }
            ensure!(begin.elapsed() < PATIENCE, "{when}: the network level is never closed; {look} went");
        }
        Ok(())
    }

    /// How many rows say that a send of the worker was stopped.
    fn told(&self) -> Result<usize> {
        let rows = self.session.records()?.list(&["--limit", "1000", "--kind", "uncovered"])?;
        let is_it = |row: &&Value| {
            let path = row["path"].as_str().unwrap_or_default();
            row["stopped"] == true && row["road"] == "request" && path.contains(PATH)
        };
        Ok(rows.iter().filter(is_it).count())
    }

    /// One more such row than there were: the background is there again, and heard of it.
    async fn until_told(&self, before: usize, when: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while self.told()? <= before {
            ensure!(Instant::now() < end, "{when}: it is stopped and not on record");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// The page's own sends, which the hook holds: each is asked about, and goes or stays as the person says.
    async fn last_settings_hold(&self) -> Result<()> {
        let ledger = self.stand_ins.ledger();
        let missing = "The Promptgate program on this computer does not answer.";
        for (text, choice) in [(ALLOWED.text, "send-anyway"), (BLOCKED.text, "edit")] {
            // As a whole prompt it never went before.
            let text = format!("After the start: {text}");
            self.session.open(Site::ChatGpt).await?;
            self.session.script(HOOKED, vec![json!(body(&text)), json!("end")]).await?;
            let card =
                self.session.card().await.with_context(|| format!("nobody is asked about `{text}`"))?;
            let said = card.text().await?;
            ensure!(said.contains(missing), "the card does not say that there is no host: {said}");
            ensure!(!ledger.contains(&text), "it left before the person said so: {text}");
            card.choose(choice).await?;
            let end = self.session.wait_for_mark("end").await?;
            let goes = choice == "send-anyway";
            ensure!((end == "200") == goes, "after {choice} it ended as {end}");
            ensure!(ledger.contains(&text) == goes, "after {choice}: arrived is {}", !goes);
        }
        ensure!(!ledger.contains(BLOCKED.secret), "the secret left");
        Ok(())
    }
}

async fn play(unhooked: &mut Unhooked) -> Result<()> {
    let browser = unhooked.launch.browser;
    unhooked.open().await?;
    unhooked.until_stopped("at first").await?;
    unhooked.until_told(0, "at first").await?;
    unhooked.can_send("at first").await?;

    let when = "right after the background was killed";
    let before = unhooked.told()?;
    unhooked.session.kill_background().await?;
    unhooked.is_stopped(when).await?;
    unhooked.until_told(before, when).await?;
    unhooked.can_send(when).await?;

    // The rules are in the browser's keeping, whatever the manifest of the new one says.
    let when = "after the extension was loaded anew";
    unhooked.session.reload_extension(&unhooked.launch).await?;
    unhooked.is_stopped(when).await?;
    unhooked.can_send(when).await?;

    // With the host away nobody can tell the new background anything.
    let when = "after the browser was started again";
    unhooked.session.home().hide_host(true)?;
    unhooked.session.restart(&unhooked.stand_ins, &unhooked.launch).await?;
    if browser == Browser::Chromium {
        unhooked.session.close_other_tabs().await?;
    }
    unhooked.open().await?;
    unhooked.is_stopped(when).await?;
    unhooked.can_send(when).await?;
    unhooked.last_settings_hold().await.context(when)?;

    // A host that is there again is looked for with a prompt, and hears what went without it.
    unhooked.session.home().hide_host(false)?;
    let end = Instant::now() + PATIENCE;
    loop {
        unhooked.session.open(Site::ChatGpt).await?;
        unhooked.session.script(HOOKED, vec![json!(body("the heron of the end")), json!("end")]).await?;
        let rows = unhooked.session.records()?.list(&["--kind", "late"])?;
        if rows.iter().any(|row| row["released"] == true && row["operation"] == "send-prompt") {
            return Ok(());
        }
        ensure!(Instant::now() < end, "what went without a host is never told: {rows:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn unhooked(browser: Browser) -> Result<()> {
    let mut unhooked = Unhooked::start(browser).await?;
    let played = play(&mut unhooked).await;
    if played.is_err() {
        let name = format!("promptgate-e2e/unhooked-{browser}.png");
        let picture = std::env::temp_dir().join(name);
        let _taken = unhooked.session.screenshot(&picture).await;
        let told = format!("{}\n{}", picture.display(), unhooked.stand_ins.ledger().outline());
        return played.context(told);
    }
    unhooked.session.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_hook_sees_is_stopped_without_a_background_in_chromium() -> Result<()> {
    unhooked(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_hook_sees_is_stopped_without_a_background_in_firefox() -> Result<()> {
    unhooked(Browser::Firefox).await
}
