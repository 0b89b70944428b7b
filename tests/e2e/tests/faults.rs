//! What breaks while a prompt is held, in real browsers: every hold ends, nothing leaves unasked, and the record says
//! how it ended. What the session makes of each fault, in every state, is in its own tests.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests_e2e::{ALLOWED, BLOCKED, Guarded, WARNED};
use tests_harness::{Browser, Launch, PATIENCE, Site, State, answer_to};

/// Settings under which a fault is over soon, though long enough for a debug build on a busy machine.
const HASTY: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 6000\n";

/// Time for many prompts at once in a debug build.
const PATIENT: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 20000\n";

/// The same as the hasty ones, where a prompt goes without a host.
const LENIENT: &str = "policy = \"builtin-enforce\"\n[fail]\ndeadline_ms = 6000\nunreachable = \"allow\"\n";

/// A test in each of the named browsers.
macro_rules! faults {
    ($($name:ident: $settings:expr, in $($browser:ident $of:ident),+;)+) => {
        $(
            mod $name {
                use super::*;

                async fn play(browser: Browser) -> Result<()> {
                    let launch = Launch::guarded(browser)?.settings($settings);
                    let guarded = Guarded::launch(&launch, Site::Claude).await?;
                    let played = super::$name(&guarded).await;
                    // A host that a test stopped would outlive its browser.
                    let _none_is_stopped = guarded.wake_host();
                    guarded.end(module_path!(), browser.id(), played).await
                }

                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $of() -> Result<()> {
                        play(Browser::$browser).await
                    }
                )+
            }
        )+
    };
}

faults! {
    host_killed_while_judging: HASTY, in Chromium chromium, Firefox firefox;
    host_hung: HASTY, in Chromium chromium, Firefox firefox;
    host_missing: HASTY, in Chromium chromium, Firefox firefox;
    host_missing_and_lenient: LENIENT, in Chromium chromium, Firefox firefox;
    late_is_bounded: LENIENT, in Chromium chromium, Firefox firefox;
    hundred_at_once: PATIENT, in Chromium chromium, Firefox firefox;
    tab_closed: HASTY, in Chromium chromium, Firefox firefox;
    page_aborts: HASTY, in Chromium chromium, Firefox firefox;
    suspended: HASTY, in Chromium chromium, Firefox firefox;
    host_slow: PATIENT, in Chromium chromium, Firefox firefox;
    // In Firefox the driver goes down with the process of the extension's background: there Firefox ends it itself.
    background_killed_while_asking: HASTY, in Chromium chromium, Firefox firefox;
    background_killed_while_judging: HASTY, in Chromium chromium, Firefox firefox;
    host_missing_for_a_new_background: HASTY, in Chromium chromium, Firefox firefox;
}

/// What the card says of each fault.
const SLOW: &str = "Checking took too long.";
const MISSING: &str = "The Promptgate program on this computer does not answer.";

/// The card comes back, and its answer counts.
async fn background_killed_while_asking(guarded: &Guarded) -> Result<()> {
    guarded.send(WARNED.text).await?;
    guarded.card().await?.leave().await?;
    guarded.kill_background().await?;
    guarded.card().await?.choose("send-anyway").await?;
    guarded.wait_for(State::Done).await?;
    let sent = guarded.sent(0, &["judged", "answered", "released", "response"]).await?;
    sent.expect_action(WARNED.action)
}

/// The next background asks again, another host.
async fn background_killed_while_judging(guarded: &Guarded) -> Result<()> {
    guarded.hang_host()?;
    guarded.send(ALLOWED.text).await?;
    guarded.kill_background().await?;
    guarded.wait_for(State::Done).await?;
    guarded.sent(0, &["judged", "released", "response"]).await?;
    works(guarded).await
}

/// Another host is asked.
async fn host_killed_while_judging(guarded: &Guarded) -> Result<()> {
    guarded.hang_host()?;
    guarded.send(ALLOWED.text).await?;
    guarded.kill_host()?;
    guarded.wait_for(State::Done).await?;
    guarded.sent(0, &["judged", "released", "response"]).await?;
    works(guarded).await
}

/// A host that says nothing costs one prompt its deadline; the next prompt has another host.
async fn host_hung(guarded: &Guarded) -> Result<()> {
    guarded.hang_host()?;
    is_refused(guarded, SLOW).await?;
    works(guarded).await?;
    guarded.late(1).await?;
    nothing_was_let_go(guarded)
}

/// Refused while there is no host; then on record, and the next prompt goes.
async fn host_missing(guarded: &Guarded) -> Result<()> {
    guarded.home().hide_host(true)?;
    guarded.kill_host()?;
    is_refused(guarded, MISSING).await?;
    guarded.home().hide_host(false)?;
    works(guarded).await?;
    guarded.late(1).await?;
    nothing_was_let_go(guarded)
}

/// A host that answers late, but in time, is heard: what it permits goes, what it refuses does not.
async fn host_slow(guarded: &Guarded) -> Result<()> {
    guarded.hang_host()?;
    guarded.send(ALLOWED.text).await?;
    is_held_for(guarded, LATE).await?;
    guarded.wake_host()?;
    guarded.wait_for(State::Done).await?;
    let answer = guarded.answer().await?;
    ensure!(answer == answer_to(ALLOWED.text), "the answer: {answer}");
    let sent = guarded.sent(0, &["judged", "released", "response"]).await?;
    ensure!(sent.row("refused").is_none(), "it went, and is on record as refused: {sent:?}");
    guarded.open(Site::Claude).await?;
    guarded.hang_host()?;
    guarded.send(BLOCKED.text).await?;
    is_held_for(guarded, LATE).await?;
    guarded.wake_host()?;
    guarded.wait_for(State::Failed).await?;
    let card = guarded.card().await?;
    let said = card.text().await?;
    card.leave().await?;
    ensure!(!said.contains(SLOW) && !said.contains(MISSING), "the card speaks of a fault: {said}");
    let sent = guarded.sent(1, &["judged", "refused"]).await?;
    sent.expect_action(BLOCKED.action)?;
    let by = sent.row("refused").map(|row| row["by"].clone());
    ensure!(by == Some(json!("policy")), "the verdict did not count: {sent:?}");
    let late = guarded.records()?.list(&["--kind", "late"])?;
    ensure!(late.is_empty(), "a host that was slow is told as one that was away: {late:?}");
    guarded.never_left(BLOCKED.secret)
}

/// How late a slow host is; far from the deadline.
const LATE: Duration = Duration::from_secs(2);

/// The prompt waits for all of this time.
async fn is_held_for(guarded: &Guarded, time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        let state = guarded.state().await?;
        ensure!(state == "sending", "it is not held while the host is silent: the page is at {state}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// What goes without a host is told when there is one again.
async fn host_missing_and_lenient(guarded: &Guarded) -> Result<()> {
    guarded.home().hide_host(true)?;
    guarded.kill_host()?;
    guarded.ask(ALLOWED.text).await?;
    guarded.home().hide_host(false)?;
    works(guarded).await?;
    let rows = guarded.records()?.list(&["--kind", "late"])?;
    // The page asks for a title beside it.
    ensure!(!rows.is_empty() && rows.iter().all(|row| row["released"] == json!(true)), "{rows:?}");
    Ok(())
}

/// A background that never met a host obeys the settings that an earlier one was told.
async fn host_missing_for_a_new_background(guarded: &Guarded) -> Result<()> {
    guarded.home().hide_host(true)?;
    guarded.kill_background().await?;
    is_refused(guarded, MISSING).await?;
    guarded.open(Site::Claude).await?;
    guarded.send(BLOCKED.text).await?;
    guarded.wait_for(State::Failed).await?;
    guarded.never_left(BLOCKED.secret)
}

/// Sends many prompts from the page, each its own conversation: `argument 0` a list of words, `argument 1` a name of a
/// mark that says how many went once all have an end.
const MANY: &str = "const [list, mark, most] = arguments;
const one = (words, n) => {
  const id = String(n).padStart(12, '0');
  const path = `/api/organizations/00000000-0000-4000-8000-000000000001/chat_conversations/00000000-0000-4000-8000-${id}/completion`;
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: words, parent_message_uuid: '00000000-0000-4000-8000-000000000000', create_conversation_params: {} }) };
  return fetch(path, init).then((response) => (response.body.cancel(), response.ok), () => false);
};
const all = [];
const work = async () => {
  for (let n; (n = all.length) < list.length; ) await (all[n] = one(list[n], n));
};
Promise.all(Array.from({ length: most }, work)).then(() => Promise.all(all)).then((ends) => {
  document.documentElement.dataset[mark] = ends.filter(Boolean).length;
});";

async fn many(guarded: &Guarded, words: &[String], mark: &str, most: usize) -> Result<usize> {
    guarded.script(MANY, vec![json!(words), json!(mark), json!(most)]).await?;
    Ok(guarded.wait_for_mark(mark).await?.parse()?)
}

/// Without a host, what is let go is let go only as long as it can be told later.
async fn late_is_bounded(guarded: &Guarded) -> Result<()> {
    guarded.home().hide_host(true)?;
    guarded.kill_host()?;
    let words: Vec<String> = (0..1_010).map(|n| format!("What is the name of heron {n}?")).collect();
    let went = many(guarded, &words, "late", 20).await?;
    ensure!(went == 1_000, "{went} went");
    let heard = guarded.stand_ins().ledger().entries();
    let heard = heard.iter().filter(|entry| entry.contains("the name of heron")).count();
    ensure!(heard == 1_000, "{heard} arrived");
    guarded.home().hide_host(false)?;
    // A host that was missing this often is not looked for with every prompt.
    let end = Instant::now() + PATIENCE;
    for look in 0.. {
        let words = [format!("What is the name of crane {look}?")];
        if many(guarded, &words, &format!("crane{look}"), 1).await? == 1 {
            break;
        }
        ensure!(Instant::now() < end, "the host is not found again");
    }
    works(guarded).await?;
    let rows = guarded.records()?.list(&["--kind", "late", "--limit", "2000"])?;
    let released = rows.iter().filter(|row| row["released"] == json!(true)).count();
    ensure!(released == 1_000, "{released} of {} are on record as let go", rows.len());
    Ok(())
}

/// A hundred at once: each gets its own end and its own row.
async fn hundred_at_once(guarded: &Guarded) -> Result<()> {
    let words = |n| {
        if n % 2 == 0 { format!("What is the name of heron {n}?") } else { format!("{} {n}", BLOCKED.text) }
    };
    let words: Vec<String> = (0..100).map(words).collect();
    let went = many(guarded, &words, "hundred", 100).await?;
    ensure!(went == 50, "{went} went");
    guarded.never_left(BLOCKED.secret)?;
    guarded.left("heron 98?")?;
    let rows = guarded.records()?.list(&["--kind", "judged", "--limit", "200"])?;
    ensure!(rows.len() == 100, "{} are on record", rows.len());
    works(guarded).await
}

/// A page that is closed takes its prompt along.
async fn tab_closed(guarded: &Guarded) -> Result<()> {
    let driver = guarded.driver()?;
    let first = driver.window().await?;
    let tab = driver.new_tab().await?;
    driver.switch_to_window(tab).await?;
    guarded.open(Site::Claude).await?;
    guarded.send(WARNED.text).await?;
    guarded.card().await?.leave().await?;
    driver.close_window().await?;
    driver.switch_to_window(first).await?;
    let sent = guarded.sent(0, &["judged", "refused"]).await?;
    ensure!(sent.row("refused").is_some_and(|row| row["by"] == json!({"extension": "closed"})), "{sent:?}");
    works(guarded).await?;
    guarded.never_left(WARNED.secret)
}

const ABORTED: &str = "const [words] = arguments;
const abort = new AbortController();
const init = { method: 'POST', signal: abort.signal, body: JSON.stringify({ prompt: words }) };
fetch('/api/organizations/00000000-0000-4000-8000-000000000001/chat_conversations/00000000-0000-4000-8000-000000000002/completion', init)
  .catch(({ name }) => { document.documentElement.dataset.aborted = name; });
setTimeout(() => abort.abort(), 200);";

/// A page that takes its prompt back is told so at once, whatever becomes of the verdict.
async fn page_aborts(guarded: &Guarded) -> Result<()> {
    guarded.hang_host()?;
    guarded.script(ABORTED, vec![json!(ALLOWED.text)]).await?;
    let said = guarded.wait_for_mark("aborted").await?;
    ensure!(said == "AbortError", "{said}");
    guarded.wake_host()?;
    works(guarded).await?;
    ensure!(!guarded.stand_ins().ledger().contains(ALLOWED.text), "it left");
    // A host that wakes up judges what waited in any order.
    let aborted = |rows: &[Value]| rows.iter().any(|row| row["by"] == json!({"extension": "aborted"}));
    guarded.records()?.wait_for_those(&["--kind", "refused"], PATIENCE, aborted).await.map(drop)
}

/// A lid closed over a held prompt, for longer than any deadline.
async fn suspended(guarded: &Guarded) -> Result<()> {
    guarded.hang_host()?;
    guarded.send(ALLOWED.text).await?;
    guarded.suspend(Duration::from_secs(12)).await?;
    // The host sleeps no longer either: it may answer in time, or be given up.
    guarded.until_state(&[State::Done, State::Failed]).await?;
    let went = guarded.state().await? == "done";
    let arrived = guarded.stand_ins().ledger().contains(ALLOWED.text);
    ensure!(arrived == went, "the page says that it went: {went}; it arrived: {arrived}");
    if went {
        let sent = guarded.sent(0, &["judged", "released", "response"]).await?;
        ensure!(sent.row("refused").is_none(), "it went, and is on record as refused: {sent:?}");
        return works(guarded).await;
    }
    works(guarded).await?;
    ensure!(!guarded.stand_ins().ledger().contains(ALLOWED.text), "it left after it had failed");
    // By the background's deadline, told to the host that knew it or as an entry; or by the hook's own.
    let is_told = |row: &Value| {
        (row["kind"] == "late" && row["released"] == json!(false))
            || (row["kind"] == "refused" && row["by"] == json!({"extension": "deadline"}))
    };
    let records = guarded.records()?;
    let told =
        async |kind: &str| -> Result<bool> { Ok(records.list(&["--kind", kind])?.iter().any(is_told)) };
    let end = Instant::now() + PATIENCE;
    while !(told("late").await? || told("refused").await?) {
        ensure!(Instant::now() < end, "nobody told how it ended: {:?}", records.list(&[])?);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// A prompt that would go is refused for the fault, and the card says which it was.
async fn is_refused(guarded: &Guarded, fault: &str) -> Result<()> {
    guarded.send(ALLOWED.text).await?;
    guarded.wait_for(State::Failed).await?;
    let card = guarded.card().await?;
    let said = card.text().await?;
    card.leave().await?;
    ensure!(said.contains(fault), "the card does not say `{fault}`: {said}");
    ensure!(!guarded.stand_ins().ledger().contains(ALLOWED.text), "it left");
    Ok(())
}

/// No row says that something went while the host was away.
fn nothing_was_let_go(guarded: &Guarded) -> Result<()> {
    let late = guarded.records()?.list(&["--kind", "late"])?;
    ensure!(late.iter().all(|row| row["released"] == json!(false)), "{late:?}");
    Ok(())
}

/// The next prompts are judged as if nothing had happened.
async fn works(guarded: &Guarded) -> Result<()> {
    let prompt = "And what is a good name for its mouse?";
    guarded.open(Site::Claude).await?;
    let answer = guarded.ask(prompt).await.context("the next prompt")?;
    ensure!(answer == answer_to(prompt), "the next answer: {answer}");
    guarded.send(BLOCKED.text).await?;
    guarded.wait_for(State::Failed).await?;
    guarded.never_left(BLOCKED.secret)
}
