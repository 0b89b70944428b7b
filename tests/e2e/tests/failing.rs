//! Each fail setting with each value that it can have, in real browsers: the same fault, and the end that the setting says.
//!
//! And the rows that tell of it. `expired` is with the bundles.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
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
    /// How the page hears of a refusal: in the site's own form, or as of a request that never was.
    refused: &'static str,
    /// How it is told.
    told: Told,
}

/// Where a fault is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// By the host, with its judgement. It also keeps a reason.
    Judged(&'static str),
    /// By the background, as an entry for the next host.
    Late,
    /// The same of what the hook let go; what it refused, to the host that knew it.
    Hook,
}

impl Told {
    /// The kind of the rows that tell it, and whether a row is one.
    fn is_it(self, goes: bool, row: &Value) -> bool {
        match self {
            Told::Judged(code) => row["kind"] == "judged" && row["fault"] == code,
            Told::Hook if !goes => row["kind"] == "refused" && row["by"] == json!({"extension": "deadline"}),
            Told::Late | Told::Hook => row["kind"] == "late" && row["released"] == json!(goes),
        }
    }

    fn kind(self, goes: bool) -> &'static str {
        match self {
            Told::Judged(_) => "judged",
            Told::Hook if !goes => "refused",
            Told::Late | Told::Hook => "late",
        }
    }
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
    refused: "403",
    told: Told::Judged("unread"),
};

const OVERSIZE: Fault = Fault {
    setting: "oversize",
    more: "oversize_bytes = 2048\n",
    body: || prompt(1_000),
    told: Told::Judged("oversize"),
    ..UNREAD
};

const UNREAD_FILE: Fault = Fault {
    setting: "unread_file",
    send: UPLOAD,
    arrives: ("PUT", "/files/file_1/raw"),
    told: Told::Judged("unread-file"),
    ..UNREAD
};

const DEADLINE: Fault = Fault {
    setting: "deadline",
    body: || prompt(3),
    begin: |guarded| guarded.hang_host(),
    end: |guarded| guarded.wake_host(),
    told: Told::Late,
    ..UNREAD
};

/// The background hangs, so that nobody is left but the hook. Its own deadline lets go where both settings do.
const HOOK: Fault = Fault {
    values: &["block", "allow"],
    more: "unreachable = \"allow\"\n",
    begin: |guarded| guarded.hang_background(),
    end: |guarded| guarded.wake_background(),
    refused: "TypeError",
    told: Told::Hook,
    ..DEADLINE
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
            let before = told(&guarded, fault, value)?.len();
            played = ends(&guarded, fault, value).await;
            // A host that is stopped would outlive its browser.
            let taken_back = (fault.end)(&guarded);
            if played.is_ok() {
                played = taken_back.and(is_told(&guarded, fault, value, before).await);
                break;
            }
            if fault.told == Told::Hook || !hook_was_first(&guarded).await? {
                break;
            }
        }
        if played.is_err() {
            played = played.with_context(|| format!("{} = {value}", fault.setting));
            break;
        }
    }
    let name = if fault.told == Told::Hook { "hook" } else { fault.setting };
    guarded.end(module_path!(), &format!("{name}-{browser}"), played).await
}

/// Whether the value lets the prompt go in the end; whoever is asked sends it.
fn goes(fault: &Fault, value: &str) -> bool {
    match value {
        "allow" | "warn" => true,
        "justify" => matches!(fault.told, Told::Judged(_)),
        _ => false,
    }
}

/// The rows so far that tell of such an end, oldest first.
fn told(guarded: &Guarded, fault: &Fault, value: &str) -> Result<Vec<Value>> {
    let goes = goes(fault, value);
    let rows = guarded.records()?.list(&["--limit", "1000", "--kind", fault.told.kind(goes)])?;
    let mut rows: Vec<Value> = rows.into_iter().filter(|row| fault.told.is_it(goes, row)).collect();
    rows.sort_by_key(|row| row["seq"].as_u64());
    Ok(rows)
}

/// The fault and its end are on record: what stopped it, what the person saw and answered, what became of it.
async fn is_told(guarded: &Guarded, fault: &Fault, value: &str, before: usize) -> Result<()> {
    if !matches!(fault.told, Told::Judged(_)) {
        // An entry goes to the next host, which comes with the next prompt.
        works(guarded).await?;
    }
    let end = Instant::now() + PATIENCE;
    let row = loop {
        if let Some(row) = told(guarded, fault, value)?.into_iter().nth(before) {
            break row;
        }
        ensure!(
            Instant::now() < end,
            "no row tells of it; the rows are: {:?}",
            guarded.records()?.list(&["--limit", "40"])?
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let Told::Judged(code) = fault.told else { return Ok(()) };
    let event = row["event"].as_str().context("a judged row without an event")?;
    let asks = matches!(value, "warn" | "justify");
    let choice = if value == "warn" { "send-anyway" } else { "justify" };
    let is_whole = |rows: &[Value]| {
        let row = |kind: &str| rows.iter().find(|row| row["kind"] == kind);
        let answered = row("answered").is_some_and(|row| row["choice"] == choice);
        let refused = row("refused").is_some_and(|row| row["by"] == json!({ "fault": code }));
        let ended =
            if goes(fault, value) { row("released").is_some() && row("refused").is_none() } else { refused };
        // Of what it only refuses the card is on record when it was drawn, which nobody waited for.
        ended && answered == asks && (!asks || row("shown").is_some())
    };
    let end = Instant::now() + PATIENCE;
    loop {
        let rows = guarded.records()?.show(event)?;
        if is_whole(&rows) {
            return Ok(());
        }
        ensure!(Instant::now() < end, "the rows do not say how it ended: {rows:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn ends(guarded: &Guarded, fault: &Fault, value: &str) -> Result<()> {
    guarded.home().set(&settings(fault, value))?;
    works(guarded).await?;
    if fault.told == Told::Hook {
        // Whose page heard a verdict under these settings has heard of them before.
        works(guarded).await?;
    }
    let (method, path) = fault.arrives;
    let sends = || guarded.stand_ins().ledger().requests(method, path).len();
    let there = sends();
    (fault.begin)(guarded)?;
    guarded.script(fault.send, vec![json!((fault.body)()), json!("end")]).await?;
    match value {
        "warn" => {
            let card = guarded.card().await?;
            ensure!(card.choices().await?.contains(&"send-anyway".to_owned()), "{:?}", card.choices().await?);
            ensure!(sends() == there, "it left before the person said so");
            card.choose("send-anyway").await?;
        }
        "justify" if matches!(fault.told, Told::Judged(_)) => {
            let card = guarded.card().await?;
            ensure!(card.choices().await?.contains(&"justify".to_owned()), "{:?}", card.choices().await?);
            card.give_reason("the heron office asked").await?;
            ensure!(sends() == there, "it left before the person said why");
            card.choose("justify").await?;
        }
        _ => {}
    }
    let goes = goes(fault, value);
    let end = guarded.wait_for_mark("end").await?;
    // What goes ends as the site says, what is refused in the site's own form.
    let went = end != "403" && end.parse::<u16>().is_ok();
    ensure!(if goes { went } else { end == fault.refused }, "it ended as {end}");
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
    hook: HOOK;
}
