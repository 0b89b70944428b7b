//! A page that works against the card: takes it away, lies over it, bends it, presses it, and looks for the
//! channel behind it.

use anyhow::{Result, ensure};
use serde_json::json;
use tests_e2e::{ALLOWED, BLOCKED, Guarded, WARNED};
use tests_harness::{Browser, Site, State, answer_to};

/// Takes every card away as soon as it is there.
const REMOVE: &str = "
const sweep = () => {
  for (const node of [...document.documentElement.children]) if (node.localName === 'div') node.remove();
};
new MutationObserver(sweep).observe(document.documentElement, { childList: true });
sweep();";

/// Lies over everything, anew whenever something came on top of it.
const COVER: &str = "
const cover = document.createElement('div');
cover.popover = 'manual';
cover.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;margin:0;background:#fff';
document.body.append(cover);
setInterval(() => { if (cover.matches(':popover-open')) cover.hidePopover(); cover.showPopover(); }, 150);";

/// The same, but every press goes through it, and nobody can find it in the document.
const VEIL: &str = "
const home = document.createElement('section');
document.body.append(home);
const veil = document.createElement('div');
veil.popover = 'manual';
veil.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;margin:0;background:#fff;pointer-events:none';
home.attachShadow({ mode: 'closed' }).append(veil);
setInterval(() => { if (veil.matches(':popover-open')) veil.hidePopover(); veil.showPopover(); }, 150);";

/// The question ends in a window of the extension, is answered there, and only then the prompt goes.
async fn moved(browser: Browser, hostile: &str, name: &str) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        guarded.send(WARNED.text).await?;
        guarded.script(hostile, Vec::new()).await?;
        let card = guarded.card_window().await?;
        ensure!(card.choices().await? == ["edit", "send-anyway"]);
        guarded.never_left(WARNED.secret)?;
        let picture = std::env::temp_dir().join(format!("promptgate-e2e/window-{name}-{browser}.png"));
        guarded.screenshot(&picture).await?;
        card.answer_in_window("send-anyway").await?;
        guarded.wait_for(State::Done).await?;
        guarded.left(WARNED.secret)?;
        guarded.sent(0, &["judged", "shown", "answered", "released", "response"]).await.map(drop)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("{name}-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_removed_asks_in_a_window_in_chromium() -> Result<()> {
    moved(Browser::Chromium, REMOVE, "removed").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_removed_asks_in_a_window_in_firefox() -> Result<()> {
    moved(Browser::Firefox, REMOVE, "removed").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_covered_asks_in_a_window_in_chromium() -> Result<()> {
    moved(Browser::Chromium, COVER, "covered").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_covered_asks_in_a_window_in_firefox() -> Result<()> {
    moved(Browser::Firefox, COVER, "covered").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_under_a_veil_nobody_can_touch_asks_in_a_window_in_chromium() -> Result<()> {
    moved(Browser::Chromium, VEIL, "veiled").await
}

/// Everything a page's sheets and scripts can do to the element that holds the card, and to what it stands in.
const BEND: &str = "
document.head.append(Object.assign(document.createElement('style'), { textContent:
  'html > div { opacity: 0 !important; transform: scale(.1) !important; clip-path: inset(50%) !important;' +
  'filter: blur(9px) !important; pointer-events: none !important; visibility: hidden !important;' +
  'display: none !important; z-index: -1 !important }' }));
addEventListener('beforetoggle', (event) => event.preventDefault(), true);
new MutationObserver(() => {
  for (const node of document.querySelectorAll('html > div')) {
    node.style.setProperty('opacity', '0', 'important');
    node.animate([{ opacity: 0 }, { opacity: 0 }], { duration: 1e6 });
  }
}).observe(document.documentElement, { childList: true });";

/// The same for the whole page around it.
const BEND_ALL: &str =
    "document.documentElement.style.cssText = 'opacity:.02;filter:blur(4px);clip-path:inset(40%)'";

/// Nothing of it reaches the card, which is answered where it is; and what the page presses itself is no answer.
async fn bent(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        guarded.script(BEND, Vec::new()).await?;
        guarded.send(WARNED.text).await?;
        guarded.script(BEND_ALL, Vec::new()).await?;
        guarded.card().await?.leave().await?;
        let press = "for (const node of document.querySelectorAll('html > div')) {
            node.click(); node.focus();
            for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click', 'keydown'])
              node.dispatchEvent(new (type === 'keydown' ? KeyboardEvent : MouseEvent)(type,
                { bubbles: true, composed: true, key: 'Enter', clientX: 600, clientY: 600 })); }
            return document.querySelectorAll('html > div').length;";
        ensure!(guarded.script(press, Vec::new()).await? == json!(1), "there is no card to press");
        guarded.never_left(WARNED.secret)?;
        guarded.card().await?.choose("send-anyway").await?;
        guarded.wait_for(State::Done).await
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("bent-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_a_page_styles_or_presses_reaches_the_card_in_chromium() -> Result<()> {
    bent(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_a_page_styles_or_presses_reaches_the_card_in_firefox() -> Result<()> {
    bent(Browser::Firefox).await
}

/// Speaks as hook and as relay, on channels of its own, by events and by messages to itself, out of order and again and
/// again; and listens on what a channel goes through. `heard` is what anybody said to it.
const FORGE: &str = "
window.heard = [];
const kinds = ['fell', 'end', 'hold', 'send', 'send-this', 'hold', 'refuse', 'config', 'abort', 'card-seen'];
const word = (kind, id) => ({ kind, id, event: crypto.randomUUID(), token: crypto.randomUUID(), ms: 9e9, sent: true,
  copy: true, on_deadline: 'send', refusal: null, request: { api: 'fetch', method: 'POST', headers: [],
  url: 'https://chatgpt.com/backend-api/f/conversation', body: { type: 'text', text: '{}' } } });
for (let id = 1; id <= 300; id += 1) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => heard.push(data);
  if (id % 2) dispatchEvent(new MessageEvent('promptgate', { cancelable: true, ports: [port2] }));
  else postMessage({ promptgate: 'port' }, '*', [port2]);
  for (const kind of kinds) {
    port1.postMessage(word(kind, id));
    postMessage(word(kind, id), '*');
  }
}
addEventListener('promptgate', () => heard.push('a port'), true);
dispatchEvent(new Event('promptgate-relay'));
const { postMessage: post } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (...said) { heard.push(said); return post.apply(this, said); };";

/// The page's own words change nothing: what is blocked stays blocked, what is allowed goes.
async fn forged(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        guarded.script(FORGE, Vec::new()).await?;
        guarded.send(BLOCKED.text).await?;
        guarded.wait_for(State::Failed).await?;
        guarded.never_left(BLOCKED.secret)?;
        guarded.card().await?.choose("close").await?;
        guarded.wait_for_draft(BLOCKED.text).await?;
        let addresses =
            "return performance.getEntries().filter(({ name }) => /extension:/.test(name)).length";
        ensure!(guarded.script(addresses, Vec::new()).await? == json!(0), "the page has the card's address");
        let heard = "return window.heard.length";
        ensure!(guarded.script(heard, Vec::new()).await? == json!(0), "the page heard something");
        guarded.clear_prompt().await?;
        ensure!(guarded.ask(ALLOWED.text).await? == answer_to(ALLOWED.text), "nothing works any more");
        Ok(())
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("forged-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_and_flooding_messages_change_nothing_in_chromium() -> Result<()> {
    forged(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_and_flooding_messages_change_nothing_in_firefox() -> Result<()> {
    forged(Browser::Firefox).await
}

/// In the turn in which it makes a frame and a window: speaks to each as its hook, then asks for its hook's port as its
/// relay would, and waits for one. `taken` is what it got. Then both send what the page is told.
const TAKE: &str = "
const [refused, ...controls] = arguments;
window.taken = [];
const take = (there, what) => {
  for (const [type, more] of [['promptgate', {}], ['message', { data: { promptgate: 'port' }, source: there }]]) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => taken.push(`${what} heard ${data.kind} by ${type}`);
    there.dispatchEvent(new there.MessageEvent(type, { cancelable: true, ports: [port2], ...more }));
  }
  for (const type of ['promptgate', 'message'])
    there.addEventListener(type, ({ ports }) => ports.length && taken.push(`${what} got a port by ${type}`), true);
  there.dispatchEvent(new there.Event('promptgate-relay'));
};
const send = (there, text) => there.fetch('https://chatgpt.com/backend-api/f/conversation', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ action: 'next', model: 'auto',
    messages: [{ author: { role: 'user' }, content: { content_type: 'text', parts: [text] } }] }) });
setTimeout(async () => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  take(frame.contentWindow, 'frame');
  const opened = window.open('');
  take(opened, 'window');
  const there = [frame.contentWindow, opened];
  await Promise.allSettled(there.flatMap((one, at) => [send(one, refused), send(one, controls[at])]));
  opened.close();
  window.ended = true;
}, 0);";

/// Whoever made a frame or a window is no part of its channel: its hook is heard by its relay, and by nobody else.
async fn taken(browser: Browser) -> Result<()> {
    let guarded = Guarded::start(browser, Site::ChatGpt).await?;
    let played = async {
        let controls =
            ["frame", "window"].map(|what| format!("What is a good name for a heron in a {what}?"));
        let [frame, window] = &controls;
        guarded.script(TAKE, vec![json!(BLOCKED.text), json!(frame), json!(window)]).await?;
        guarded.until_true("window.ended").await?;
        let taken = guarded.script("return window.taken", Vec::new()).await?;
        ensure!(taken == json!([]), "an end of a channel was taken: {taken}");
        guarded.never_left(BLOCKED.secret)?;
        guarded.left(frame)?;
        guarded.left(window)
    };
    let played = played.await;
    guarded.end(module_path!(), &format!("taken-{browser}"), played).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_takes_the_channel_of_a_fresh_frame_or_window_in_chromium() -> Result<()> {
    taken(Browser::Chromium).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_takes_the_channel_of_a_fresh_frame_or_window_in_firefox() -> Result<()> {
    taken(Browser::Firefox).await
}
