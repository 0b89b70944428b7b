//! Each fail setting with each value that it can have, in real browsers: the same fault, and the end that the setting says.
//!
//! `expired` is with the bundles.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests_e2e::Guarded;
use tests_harness::{Browser, Launch, PATIENCE, Site};

/// How long a prompt without a fault may take before it is tried anew.
const LONG: Duration = Duration::from_secs(10);

/// How often a send is tried that the hook's own deadline ended.
const TRIES: usize = 3;

/// A page's own send: `argument 0` the body, `argument 1` the name of the mark that says its status.
const SEND: &str = "const [body, mark] = arguments;
const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
fetch('/backend-api/f/conversation', init).then(({ status }) => status, ({ name }) => name)
  .then((end) => { document.documentElement.dataset[mark] = end; });";

/// A page's own upload of bytes that are no file of any kind: likewise.
const UPLOAD: &str = "const [, mark] = arguments;
const bytes = Uint8Array.from({ length: 4096 }, (_, n) => (n * 193 + 129) % 251);
const init = { method: 'PUT', body: new Blob([bytes]), headers: { 'x-ms-blob-type': 'BlockBlob' } };
fetch('https://sdmntprwestus.oaiusercontent.com/files/file_1/raw', init).then(({ status }) => status, ({ name }) => name)
  .then((end) => { document.documentElement.dataset[mark] = end; });";

/// A prompt of this many words.
fn prompt(words: usize) -> String {
    let message = json!({ "author": { "role": "user" },
        "content": { "content_type": "text", "parts": ["heron ".repeat(words)] } });
    json!({ "action": "next", "messages": [message] }).to_string()
}

/// A fault: its setting, what else the settings say, how it is brought about and taken back.
struct Fault {
    setting: &'static str,
    values: &'static [&'static str],
    more: &'static str,
    body: fn() -> String,
    /// What sends it, and where it arrives.
    send: &'static str,
    arrives: (&'static str, &'static str),
    begin: fn(&Guarded) -> Result<()>,
    end: fn(&Guarded) -> Result<()>,
    /// There is nobody who would keep a reason.
    alone: bool,
}

const ALL: &[&str] = &["block", "justify", "warn", "allow"];

const UNREAD: Fault = Fault {
    setting: "unread",
    values: ALL,
    more: "",
    body: || json!({ "not": "text" }).to_string(),
    send: SEND,
    arrives: ("POST", "/backend-api/f/conversation"),
    begin: |_| Ok(()),
    end: |_| Ok(()),
    alone: false,
};

const OVERSIZE: Fault =
    Fault { setting: "oversize", more: "oversize_bytes = 2048\n", body: || prompt(1_000), ..UNREAD };

const UNREAD_FILE: Fault =
    Fault { setting: "unread_file", send: UPLOAD, arrives: ("PUT", "/files/file_1/raw"), ..UNREAD };

const DEADLINE: Fault = Fault {
    setting: "deadline",
    body: || prompt(3),
    begin: |guarded| guarded.hang_host(),
    end: |guarded| guarded.wake_host(),
    alone: true,
    ..UNREAD
};

const UNREACHABLE: Fault = Fault {
    setting: "unreachable",
    values: &["block", "warn", "allow"],
    begin: |guarded| {
        guarded.home().hide_host(true)?;
        guarded.kill_host()
    },
    end: |guarded| guarded.home().hide_host(false),
    ..DEADLINE
};

/// Long enough for a debug build on a busy machine; a hung host costs it whole.
fn settings(fault: &Fault, value: &str) -> String {
    let Fault { setting, more, .. } = fault;
    format!("policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 6000\n{more}{setting} = \"{value}\"\n")
}

async fn play(browser: Browser, fault: &Fault) -> Result<()> {
    let launch = Launch::guarded(browser)?.settings(&settings(fault, "block"));
    let guarded = Guarded::launch(&launch, Site::ChatGpt).await?;
    let mut played = Ok(());
    for value in fault.values {
        for _ in 0..TRIES {
            played = ends(&guarded, fault, value).await;
            // A host that is stopped would outlive its browser.
            let _taken_back = (fault.end)(&guarded);
            if played.is_ok() || !hook_was_first(&guarded).await? {
                break;
            }
        }
        if played.is_err() {
            played = played.with_context(|| format!("{} = {value}", fault.setting));
            break;
        }
    }
    guarded.end(module_path!(), &format!("{}-{browser}", fault.setting), played).await
}

async fn ends(guarded: &Guarded, fault: &Fault, value: &str) -> Result<()> {
    guarded.home().set(&settings(fault, value))?;
    works(guarded).await?;
    let (method, path) = fault.arrives;
    let sends = || guarded.stand_ins().ledger().requests(method, path).len();
    let there = sends();
    (fault.begin)(guarded)?;
    guarded.script(fault.send, vec![json!((fault.body)()), json!("end")]).await?;
    let goes = match value {
        "allow" => true,
        "warn" => {
            let card = guarded.card().await?;
            ensure!(card.choices().await?.contains(&"send-anyway".to_owned()), "{:?}", card.choices().await?);
            ensure!(sends() == there, "it left before the person said so");
            card.choose("send-anyway").await?;
            true
        }
        "justify" if !fault.alone => {
            let card = guarded.card().await?;
            ensure!(card.choices().await?.contains(&"justify".to_owned()), "{:?}", card.choices().await?);
            card.give_reason("the heron office asked").await?;
            ensure!(sends() == there, "it left before the person said why");
            card.choose("justify").await?;
            true
        }
        _ => false,
    };
    let end = guarded.wait_for_mark("end").await?;
    let as_said = if goes { "200" } else { "403" };
    ensure!(end == as_said, "it ended as {end}");
    ensure!(sends() == there + usize::from(goes), "{} of it arrived", sends() - there);
    Ok(())
}

/// Whether the last send ended by the hook's own deadline, half a second after the background's. On a busy machine it can
/// be first; what ends so ends stricter than the setting says, and is tried again.
async fn hook_was_first(guarded: &Guarded) -> Result<bool> {
    let mark = guarded.script("return document.documentElement.dataset.end ?? ''", Vec::new()).await?;
    Ok(mark == json!("TypeError"))
}

/// Waits until a prompt without a fault goes: the extension hears of other settings with its next prompt, and looks for a
/// host that was missing anew after a while.
async fn works(guarded: &Guarded) -> Result<()> {
    let begin = Instant::now();
    loop {
        guarded.open(Site::ChatGpt).await?;
        guarded.script(SEND, vec![json!(prompt(2)), json!("before")]).await?;
        let asked = Instant::now();
        let mut end = String::new();
        // A card may wait for somebody; the page is loaded anew then.
        while end.is_empty() && asked.elapsed() < LONG {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let mark =
                guarded.script("return document.documentElement.dataset.before ?? ''", Vec::new()).await?;
            end = mark.as_str().unwrap_or_default().to_owned();
        }
        if end == "200" {
            return Ok(());
        }
        ensure!(begin.elapsed() < PATIENCE, "a prompt without a fault ended as {end}");
    }
}

macro_rules! settings {
    ($($name:ident: $fault:ident;)+) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn chromium() -> Result<()> {
                    play(Browser::Chromium, &$fault).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn firefox() -> Result<()> {
                    play(Browser::Firefox, &$fault).await
                }
            }
        )+
    };
}

settings! {
    unread: UNREAD;
    unread_file: UNREAD_FILE;
    oversize: OVERSIZE;
    deadline: DEADLINE;
    unreachable: UNREACHABLE;
}
