//! The same page twice: in a browser with the product and in one without. Both live at once and are measured in turns,
//! so that what else the machine does hits both.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::Guarded;
use tests_harness::{Browser, Launch, Paced, Served, Site, StandIns};

use crate::report::Sample;
use crate::say;

/// Where the page is, on Claude's host: it sends nothing before Send.
const PAGE: &str = "/bench/";

/// Where its sends go.
pub const COMPLETION: &str = "/api/organizations/0a9c0de0-0000-4000-8000-000000000001/chat_conversations/\
                              5fd0c0de-0000-4000-8000-0000000000c1/completion";

/// The same for an answer that is streamed slowly.
pub const STREAMED: &str = "/api/organizations/0a9c0de0-0000-4000-8000-000000000001/chat_conversations/\
                            5fd0c0de-0000-4000-8000-0000000000c2/completion";

/// As people have it but for the policy, which enforces: nothing in the texts is found, so nothing is held.
const SETTINGS: &str = "policy = \"builtin-enforce\"\n";

/// A script of a block may take this long.
const BLOCK: Duration = Duration::from_secs(300);

/// Pieces of a streamed answer, and between two of them.
const PIECES: usize = 100;
const PACE: Duration = Duration::from_millis(10);

/// One of the two browsers.
pub struct Side {
    guarded: Guarded,
    /// With the product.
    pub with: bool,
}

impl Side {
    /// Once more where a browser does not come up: what was measured so far was an hour's work.
    async fn start(browser: Browser, with: bool) -> Result<Self> {
        match Self::begin(browser, with).await {
            Ok(side) => Ok(side),
            Err(error) => {
                say(&format!("{browser} does not come up, once more: {error:#}"));
                Self::begin(browser, with).await
            }
        }
    }

    async fn begin(browser: Browser, with: bool) -> Result<Self> {
        let launch = if with { Launch::guarded(browser)?.settings(SETTINGS) } else { Launch::plain(browser) };
        let guarded = Guarded::launch(&launch, Site::Claude).await?;
        if with {
            guarded.until_net_is_closed().await?;
        }
        serve(guarded.stand_ins());
        guarded.driver()?.set_script_timeout(BLOCK).await?;
        let side = Self { guarded, with };
        side.open().await?;
        Ok(side)
    }

    /// Loads the page anew.
    pub async fn open(&self) -> Result<()> {
        self.guarded.open_at(Site::Claude, PAGE).await
    }

    /// The browser, its stand-ins and its record.
    pub fn guarded(&self) -> &Guarded {
        &self.guarded
    }

    /// The value of a promise of the page.
    pub async fn ask(&self, promise: &str, arguments: Value) -> Result<Value> {
        let script = format!(
            "const [a, done] = arguments;
             const asked = JSON.parse(a);
             Promise.resolve(window.bench.{promise}(...asked)).then(
               (value) => done(JSON.stringify({{ value }})), (error) => done(JSON.stringify({{ error: `${{error}}` }})));"
        );
        let said = self.guarded.driver()?.execute_async(script, vec![json!(arguments.to_string())]).await;
        let said = said.with_context(|| format!("{promise} {}", self.name()))?.json().clone();
        let said: Value = serde_json::from_str(said.as_str().context("no answer of the page")?)?;
        ensure!(said.get("error").is_none(), "{promise} {}: {}", self.name(), said["error"]);
        Ok(said["value"].clone())
    }

    /// One send of so many characters, in milliseconds.
    pub async fn send(&self, length: usize, seed: usize) -> Result<f64> {
        let times = self.ask("cold", json!([COMPLETION, length, seed, 1, 0])).await?;
        Ok(Sent::read(&times[0])?.took)
    }

    /// `with` or `without`.
    pub fn name(&self) -> &'static str {
        if self.with { "with" } else { "without" }
    }
}

/// One send as the page timed it, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// When fetch was called, since 1970.
    pub from: f64,
    /// Until there was a response.
    pub took: f64,
}

impl Sent {
    /// From the page's word for it.
    pub fn read(value: &Value) -> Result<Self> {
        let number = |at: usize| value[at].as_f64().context("no time");
        Ok(Self { from: number(0)?, took: number(1)? })
    }
}

/// The two of them.
pub struct Pair {
    /// With the product.
    pub with: Side,
    /// Without it.
    pub without: Side,
    /// Which browser it is.
    pub browser: Browser,
    seed: usize,
    started: Instant,
}

impl Pair {
    /// Starts both, on stand-ins of their own.
    pub async fn start(browser: Browser) -> Result<Self> {
        let with = Side::start(browser, true).await?;
        let without = Side::start(browser, false).await?;
        Ok(Self { with, without, browser, seed: 0, started: Instant::now() })
    }

    /// Both, in turns: which goes first changes with the block.
    pub fn sides(&self, block: usize) -> [&Side; 2] {
        if block.is_multiple_of(2) { [&self.with, &self.without] } else { [&self.without, &self.with] }
    }

    /// Numbers for `count` texts that no send had yet.
    pub fn seeds(&mut self, count: usize) -> usize {
        let first = self.seed + 1;
        self.seed += count;
        first
    }

    /// A sample, with when it was taken.
    pub fn sample(&self, ms: f64, block: usize) -> Sample {
        Sample { ms, block, at: self.started.elapsed(), reached_ms: None, host_ms: None }
    }

    /// Ends both.
    pub async fn stop(self) -> Result<()> {
        self.with.guarded.stop().await?;
        self.without.guarded.stop().await
    }
}

fn serve(stand_ins: &StandIns) {
    let file = |content_type, body: String| Served { content_type, policy: None, body };
    let html = "<!doctype html><html lang=\"en\" data-state=\"loading\"><meta charset=\"utf-8\"><title>Bench</title><body>\
                <div contenteditable=\"true\" class=\"composer\" style=\"white-space: pre-wrap; max-height: 160px; overflow: auto\"></div>\
                <script src=\"/bench/page.js\"></script>";
    stand_ins.serve(PAGE, file("text/html; charset=utf-8", html.to_owned()));
    stand_ins.serve("/bench/page.js", file("text/javascript", include_str!("page.js").to_owned()));
    let answer = [start(), delta("Here it is."), stop()].concat();
    stand_ins.serve(COMPLETION, file("text/event-stream; charset=utf-8", answer));
    let mut pieces = vec![start()];
    pieces.extend((0..PIECES).map(|_| delta("at @written-at@ it says")));
    pieces.push(stop());
    stand_ins.serve_paced(STREAMED, Paced { pace: PACE, pieces });
}

fn start() -> String {
    let message = json!({"type": "message_start", "message": {
        "id": "chatcompl_bench", "type": "message", "role": "assistant", "model": "", "content": [],
        "uuid": "5fd0c0de-0000-4000-8000-0000000000a2", "parent_uuid": "5fd0c0de-0000-4000-8000-0000000000a1",
        "stop_reason": null,
    }});
    let block = json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "", "citations": []}});
    [event("message_start", &message), event("content_block_start", &block)].concat()
}

fn delta(text: &str) -> String {
    let delta = json!({"type": "text_delta", "text": format!(" {text}")});
    event("content_block_delta", &json!({"type": "content_block_delta", "index": 0, "delta": delta}))
}

fn stop() -> String {
    let delta = json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}});
    [
        event("content_block_stop", &json!({"type": "content_block_stop", "index": 0})),
        event("message_delta", &delta),
        event("message_stop", &json!({"type": "message_stop"})),
    ]
    .concat()
}

fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
