//! What each site does beside a plain conversation, with the product between: drafts, hand-offs, attachments,
//! edits, uploads, sharing; what is done in a way that nobody knows; and the product without policy or host.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, REDACTED};
use tests_harness::{Browser, Launch, Managed, PATIENCE, Served, Site, State, answer_to};

/// A test in each browser.
macro_rules! in_both {
    ($site:ident: $($name:ident),+) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn chromium() -> Result<()> {
                    let guarded = Guarded::start(Browser::Chromium, Site::$site).await?;
                    let played = super::$name(&guarded).await;
                    guarded.end(module_path!(), "chromium", played).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn firefox() -> Result<()> {
                    let guarded = Guarded::start(Browser::Firefox, Site::$site).await?;
                    let played = super::$name(&guarded).await;
                    guarded.end(module_path!(), "firefox", played).await
                }
            }
        )+
    };
}

in_both!(ChatGpt: drafts, drafts_together, handed_off, edited_and_regenerated, shared, uploaded, drifted);
in_both!(Claude: pasted_as_attachment, gone_another_way);
in_both!(Perplexity: suggestions, suggestions_by_socket);

/// Many times what a card takes to come.
const QUIET: Duration = Duration::from_secs(2);

/// Fails when a card appears, or has, for the first draft, which was held back.
async fn held_back_quietly(guarded: &Guarded) -> Result<()> {
    match tokio::time::timeout(QUIET, guarded.card()).await {
        Err(_) => guarded.driver()?.enter_default_frame().await?,
        Ok(card) => bail!("a card appeared for a draft that was held back: {}", card?.text().await?),
    }
    let draft = guarded.interaction("send-draft", 0, &["judged", "refused"]).await?;
    draft.expect_action(BLOCKED.action)?;
    ensure!(!draft.has(&["shown"]), "a draft that was held back was shown: {:?}", draft.rows());
    guarded.never_left(BLOCKED.secret)
}

/// The draft of a secret is not sent while it is typed, without a card, and the composer works on.
async fn drafts(guarded: &Guarded) -> Result<()> {
    guarded.type_prompt(BLOCKED.text).await?;
    guarded.interaction("send-draft", 0, &["judged", "refused"]).await?;
    held_back_quietly(guarded).await?;
    // Nothing took the keyboard.
    guarded.press_keys("?").await?;
    guarded.wait_for_draft(&format!("{}?", BLOCKED.text)).await.context("the composer lost the keyboard")?;
    guarded.never_left(BLOCKED.secret)?;
    guarded.clear_prompt().await?;
    ensure!(guarded.ask("never mind").await? == answer_to("never mind"), "the composer does not work on");
    Ok(())
}

/// A message that is typed with pauses leaves as many drafts, and few rows.
async fn drafts_together(guarded: &Guarded) -> Result<()> {
    let words = ["Tell me ", "about the ", "herons of ", "the Rhine ", "delta"];
    for (times, word) in (1..).zip(words) {
        if times == 1 {
            guarded.type_prompt(word).await?;
        } else {
            guarded.press_keys(word).await?;
        }
        guarded.wait_for_drafts(times).await?;
    }
    guarded.press_enter().await?;
    guarded.wait_for(State::Done).await?;
    guarded.sent(0, &["judged", "released", "response"]).await?;
    guarded.left("herons of the Rhine delta")?;
    // The first two leave together: either can be the one that the others are told with.
    let only_drafts = ["--operation", "send-draft"];
    let records = guarded.records()?;
    let together = |rows: &[Value]| -> Option<Value> {
        let shown = rows.iter().filter_map(|row| records.show(row["event"].as_str()?).ok());
        shown.flatten().find(|row| row["kind"] == "drafts")
    };
    let rows = records.wait_for_those(&only_drafts, PATIENCE, |rows| together(rows).is_some()).await?;
    let told = together(&rows).context("not told")?;
    // Each draft leaves twice: to prepare the answer and to complete the text.
    ensure!(told["drafts"] == json!(10) && told["released"] == json!(10), "{told}");
    let rows = records.list(&only_drafts)?;
    ensure!(rows.len() <= 2, "{} rows for one message: {rows:?}", rows.len());
    Ok(())
}

/// The same for suggestions while typing.
async fn suggestions(guarded: &Guarded) -> Result<()> {
    drafts(guarded).await
}

/// Opens the socket of suggestions; `window.suggested` is which texts were answered there.
const OPEN_SOCKET: &str = "
const done = arguments[arguments.length - 1];
window.suggested = [];
window.suggestions = new window.WebSocket('wss://suggest.perplexity.ai/suggest/ws');
window.suggestions.onmessage = ({ data }) => { window.suggested.push(JSON.parse(data)[0]); };
window.suggestions.onopen = () => done('open');
window.suggestions.onerror = () => done('refused');";

const SUGGEST: &str =
    "window.suggestions.send(JSON.stringify({ q: arguments[0], uuid: '1', full_completion: true }));";

/// The same for suggestions that are asked for by socket: the frame with a secret does not leave, the next one does.
async fn suggestions_by_socket(guarded: &Guarded) -> Result<()> {
    let opened = guarded.driver()?.execute_async(OPEN_SOCKET, Vec::new()).await?.json().clone();
    ensure!(opened == "open", "the socket of suggestions: {opened}");
    guarded.script(SUGGEST, vec![json!(BLOCKED.text)]).await?;
    guarded.interaction("send-draft", 0, &["judged", "refused"]).await?;
    held_back_quietly(guarded).await?;
    let harmless = "herons of the Rhine delta";
    guarded.script(SUGGEST, vec![json!(harmless)]).await?;
    guarded.until_true("window.suggested.length > 0").await.context("the socket does not work on")?;
    guarded.left(harmless)?;
    guarded.never_left(BLOCKED.secret)?;
    let said = guarded.script("return window.suggested", Vec::new()).await?;
    ensure!(said == json!([harmless]), "the page was answered {said}");
    Ok(())
}

/// An answer that moves to a WebSocket is whole in the record.
async fn handed_off(guarded: &Guarded) -> Result<()> {
    let prompt = "Tell me about herons [handoff]";
    ensure!(guarded.ask(prompt).await? == answer_to(prompt), "the page's answer was changed");
    let sent = guarded.sent(0, &["judged", "released", "response"]).await?;
    let texts = guarded.opened(&sent)?;
    ensure!(texts.iter().any(|text| text["answer"] == answer_to(prompt)), "not whole: {texts:?}");
    Ok(())
}

/// An edited prompt and a repeated one are told from a first one.
async fn edited_and_regenerated(guarded: &Guarded) -> Result<()> {
    guarded.ask("a first question").await?;
    guarded.edit_last("a better question").await?;
    guarded.wait_for(State::Done).await?;
    guarded.interaction("edit-prompt", 0, &["judged", "released", "response"]).await?;
    guarded.regenerate().await?;
    guarded.wait_for(State::Done).await?;
    guarded.interaction("regenerate", 0, &["judged", "released", "response"]).await?;
    Ok(())
}

/// Sharing asks first.
async fn shared(guarded: &Guarded) -> Result<()> {
    guarded.ask("something to share").await?;
    guarded.script("document.querySelector('[data-action=share]').click()", Vec::new()).await?;
    let card = guarded.card().await?;
    ensure!(
        guarded.stand_ins().ledger().requests("POST", "/backend-api/share/create").is_empty(),
        "shared unasked"
    );
    card.choose("send-anyway").await?;
    guarded.interaction("share-conversation", 0, &["judged", "answered", "released"]).await?;
    Ok(())
}

/// An upload is on record; the bytes of a text file with a secret in it do not leave.
async fn uploaded(guarded: &Guarded) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, BLOCKED.text)?;
    ensure!(!guarded.attach(&path).await?, "the upload was let through");
    guarded.never_left(BLOCKED.secret)?;
    guarded.interaction("upload-file", 0, &["judged"]).await?;
    Ok(())
}

/// A long paste travels as a file's text: it is judged and redacted like the prompt.
async fn pasted_as_attachment(guarded: &Guarded) -> Result<()> {
    let paste = format!("{} {}", "All the lines of a long letter.\n".repeat(200), REDACTED.text);
    guarded.paste_prompt(&paste).await?;
    guarded.press_send().await?;
    let card = guarded.card().await?;
    guarded.never_left(REDACTED.secret)?;
    card.choose("redact").await?;
    guarded.wait_for(State::Done).await?;
    guarded.left("[CARD_1]")?;
    guarded.never_left(REDACTED.secret)
}

/// A page that takes the text on Enter and asks nobody, as a site would whose road nobody guards.
const ANOTHER_WAY: &str = "document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.querySelector('.composer').replaceChildren();
}, true);";

/// Text that leaves the composer with no request to explain it leaves a row; a prompt that is sent leaves none.
async fn gone_another_way(guarded: &Guarded) -> Result<()> {
    guarded.ask("a question that goes the usual way").await?;
    guarded.script(ANOTHER_WAY, Vec::new()).await?;
    guarded.send("a question that goes another way").await?;
    let only_drift = ["--kind", "drift"];
    let rows = guarded.records()?.wait_for_those(&only_drift, PATIENCE, |rows| !rows.is_empty()).await?;
    let [row] = &rows[..] else { bail!("{} rows: {rows:?}", rows.len()) };
    ensure!(row["drift"] == json!({ "what": "unexplained", "path": "GET /chat/{}" }), "{row}");
    ensure!(!row.to_string().contains("question"), "{row}");
    Ok(())
}

/// Asks by the page's own fetch and reads the answer to its end; its status, or the name of the error.
const FETCH: &str = "
const [method, path, body, done] = arguments;
const headers = { 'content-type': 'application/json' };
fetch(path, body === null ? { method } : { method, headers, body: JSON.stringify(body) })
  .then((response) => response.text().then(() => response.status))
  .then(done, (error) => done(error.name));";

const SEND: &str = "/backend-api/f/conversation";

/// An answer that ends well and has no word in it.
const WORDLESS: &str =
    "data: {\"type\":\"message_stream_complete\",\"conversation_id\":\"c\"}\n\ndata: [DONE]\n\n";

/// A send whose text has moved, an answer without text and an operation that no rule knows each leave a row, which
/// the doctor groups with a next step; none of them has a word of the text.
async fn drifted(guarded: &Guarded) -> Result<()> {
    let fetched = async |method: &str, path: &str, body: Value| -> Result<Value> {
        let arguments = vec![json!(method), json!(path), body];
        Ok(guarded.driver()?.execute_async(FETCH, arguments).await?.json().clone())
    };
    let moved = json!({ "action": "next", "message": { "text": BLOCKED.text } });
    let ended = fetched("POST", SEND, moved).await?;
    ensure!(ended == json!(403), "a send whose text has moved ended as {ended}");
    guarded.never_left(BLOCKED.secret)?;

    let body = WORDLESS.to_owned();
    guarded.stand_ins().serve(SEND, Served { content_type: "text/event-stream", policy: None, body });
    let content = json!({ "content_type": "text", "parts": [ALLOWED.text] });
    let message = json!({ "author": { "role": "user" }, "content": content });
    let asked = json!({ "action": "next", "messages": [message] });
    let ended = fetched("POST", SEND, asked).await?;
    ensure!(ended == json!(200), "a send whose answer has no text ended as {ended}");
    guarded.left(ALLOWED.text)?;

    let ended = fetched("DELETE", "/backend-api/vaults/v1", Value::Null).await?;
    ensure!(ended == json!(404), "an unknown operation that carries nothing ended as {ended}");

    let wanted = [
        ("shape", format!("POST {SEND}"), json!("send-prompt"), json!("messages[].author.role")),
        ("answer", "delta-encoding".to_owned(), json!("send-prompt"), Value::Null),
        ("endpoint", "DELETE /backend-api/vaults/v1".to_owned(), Value::Null, Value::Null),
    ];
    let all_there =
        |rows: &[Value]| wanted.iter().all(|(what, ..)| rows.iter().any(|row| row["drift"]["what"] == *what));
    let only_drift = ["--kind", "drift"];
    let rows = guarded.records()?.wait_for_those(&only_drift, PATIENCE, all_there).await?;
    let told = guarded.records()?.run(&["doctor", "--drift", "--json"])?;
    for text in [format!("{rows:?}"), told.clone()] {
        for words in [BLOCKED.secret, ALLOWED.text] {
            ensure!(!text.contains(words), "`{words}` is in {text}");
        }
    }
    let groups = told.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    for (what, path, operation, place) in wanted {
        let like = |group: &&Value| group["what"] == what && group["path"] == path.as_str();
        let alike: Vec<&Value> = groups.iter().filter(like).collect();
        let [group] = alike[..] else { bail!("{} groups of {what} {path} in {told}", alike.len()) };
        let said = (&group["app"], &group["operation"], &group["place"], &group["count"]);
        ensure!(said == (&json!("chatgpt"), &operation, &place, &json!(1)), "{group}");
        ensure!(group["next"].as_str().is_some_and(|next| !next.is_empty()), "no next step: {group}");
    }
    Ok(())
}

/// Without any settings it is a trial: nothing is stopped, what would have been done is on record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trial_watches_only_in_each_browser() -> Result<()> {
    for browser in Browser::ALL {
        let launch = Launch { settings: None, ..Launch::guarded(browser)? };
        let guarded = Guarded::launch(&launch, Site::ChatGpt).await?;
        ensure!(guarded.ask(BLOCKED.text).await? == answer_to(BLOCKED.text), "a trial stopped a prompt");
        let sent = guarded.sent(0, &["judged", "released", "response"]).await?;
        let judged = sent.judged()?;
        ensure!(judged["mode"] == "monitor", "{judged}");
        guarded.stop().await.with_context(|| browser.id())?;
    }
    Ok(())
}

/// Where an organisation manages the profile, a fresh one is closed until a host has said what holds.
async fn fresh_and_managed(browser: Browser) -> Result<()> {
    let launch = Launch { host: None, ..Launch::guarded(browser)? };
    let Some(managed) = Managed::new(&launch)? else {
        eprintln!("skipped: only an administrator may write what {browser} reads");
        return Ok(());
    };
    let guarded = Guarded::launch(managed.launch(), Site::Claude).await?;
    let played = async {
        // Firefox answers the installation before every content process knows of it.
        guarded.open(Site::Claude).await?;
        guarded.send("the herons of the Rhine delta").await?;
        guarded.wait_for(State::Failed).await?;
        guarded.card().await?.leave().await?;
        guarded.never_left("the herons of the Rhine delta")
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("managed-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_managed_profile_is_closed_in_chromium() -> Result<()> {
    fresh_and_managed(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_managed_profile_is_closed_in_firefox() -> Result<()> {
    fresh_and_managed(Browser::Firefox).await
}

/// Without a host a fresh installation lets prompts go: nobody is locked out of their own tools by a trial.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_host_no_harm_in_each_browser() -> Result<()> {
    for browser in Browser::ALL {
        let launch = Launch { host: None, ..Launch::guarded(browser)? };
        let guarded = Guarded::launch(&launch, Site::Claude).await?;
        ensure!(guarded.ask("hello").await? == answer_to("hello"), "stopped without a host");
        guarded.stop().await.with_context(|| browser.id())?;
    }
    Ok(())
}
