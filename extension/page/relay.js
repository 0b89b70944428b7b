// Between the hook in the page's world and the background: passes on what has the right shape, keeps what is
// still held so that a background that died is told again, and draws the ids that link the record.
// INVARIANT: nothing from the hook is trusted but as a request to judge; no text is kept after its request's end.

(() => {
  "use strict";
  const { isText, isId, isRequest, isReason, atOnceOf, draw } = promptgateShape;
  const api = globalThis.browser ?? globalThis.chrome;
  const MOST_HELD = 256;
  const MOST_KEPT = 4 * 1024 * 1024;
  const PING_MS = 20_000;
  // By event: {id, hold} while held; {id, ticket, head, text} while its answer is copied.
  const [open, events] = [new Map(), new Map()];
  let [hook, worker] = [null, null];
  let [failures, lost] = [0, false];

  const post = (message) => {
    try {
      worker?.postMessage(message);
    } catch {
      worker = null;
    }
  };

  // A new background is told of all that is open before it hears anything else.
  const connect = () => {
    if (worker) return true;
    try {
      worker = api.runtime.connect({ name: "relay" });
    } catch {
      // The extension was updated or removed: nobody will speak here again until the page is loaded anew.
      hook.postMessage({ kind: "gone" });
      return false;
    }
    worker.onMessage.addListener(fromWorker);
    worker.onDisconnect.addListener(onLost);
    for (const [event, held] of open) {
      if (held.hold) post({ kind: "hold", event, request: held.hold, again: lost, at_once: held.at_once });
      else if (held.text !== null) post({ kind: "resume", event, ticket: held.ticket, head: held.head, text: held.text });
    }
    lost = false;
    return true;
  };

  // `kept`: what it says is also in `open`, and so was said if a connection had to be made.
  const say = (message, kept = false) => {
    const there = worker !== null;
    if (connect() && (there || !kept)) post(message);
  };

  const onLost = () => {
    worker = null;
    lost = true;
    if (open.size === 0) return;
    failures += 1;
    setTimeout(connect, Math.min(2000, 25 * 2 ** failures));
  };

  setInterval(() => {
    if (open.size > 0 && worker) say({ kind: "ping" });
  }, PING_MS);

  const forget = (event) => {
    const held = open.get(event);
    if (!held) return;
    open.delete(event);
    events.delete(held.id);
    promptgateFiles.drop(event);
  };

  const onHold = ({ id, request, at_once: said }) => {
    if (!isId(id) || events.has(id) || !isRequest(request)) return undefined;
    if (open.size >= MOST_HELD) return hook.postMessage({ kind: "refuse", id, refusal: null });
    const event = draw();
    const { api: made, method, url, headers } = request;
    const body = promptgateFiles.take(event, request.body);
    const hold = { api: made, method, url, headers, body, page_url: location.href };
    const at_once = atOnceOf(said);
    open.set(event, { id, hold, at_once });
    events.set(id, event);
    return say({ kind: "hold", event, request: hold, again: false, at_once }, true);
  };

  const onHook = ({ data }) => {
    if (data === null || typeof data !== "object") return;
    if (data.kind === "hold") return onHold(data);
    if (data.kind === "there") return hook.postMessage({ kind: "here" });
    if (data.kind === "frame") {
      if (isText(data.url, 4096) && isText(data.text, 1 << 20)) say({ kind: "frame", url: data.url, text: data.text });
      return undefined;
    }
    const event = isId(data.id) ? events.get(data.id) : undefined;
    const held = event && open.get(event);
    return held ? onHeld(event, held, data) : undefined;
  };

  const onHeld = (event, held, data) => {
    switch (data.kind) {
      case "abort":
        say({ kind: "abort", event });
        return forget(event);
      case "fell":
        say({ kind: "fell", event, sent: data.sent === true, request: held.hold });
        return forget(event);
      case "head":
        if (!Number.isSafeInteger(data.status) || !isText(data.type, 256)) return undefined;
        held.head = { status: data.status, content_type: data.type };
        return say({ kind: "head", event, head: held.head }, true);
      case "chunk":
        if (!isText(data.text, 1 << 24)) return undefined;
        // Over what is kept, a background that dies loses the answer.
        if (held.text !== null) held.text = held.text.length < MOST_KEPT ? held.text + data.text : null;
        return say({ kind: "chunk", event, text: data.text }, held.text !== null);
      case "end":
        if (!isReason(data.reason)) return undefined;
        say({ kind: "end", event, reason: data.reason });
        return forget(event);
      default:
        return undefined;
    }
  };

  const onGo = (message) => {
    const held = open.get(message.event);
    if (!held) return;
    const { kind, body, copy, refusal, ticket, text } = message;
    forget(message.event);
    if (kind !== "refuse" && copy === true) {
      open.set(message.event, { id: held.id, ticket, head: null, text: "" });
      events.set(held.id, message.event);
    }
    hook.postMessage({ kind, id: held.id, body, copy: copy === true, refusal: refusal ?? null });
    // The worker shows a card before it refuses.
    if (kind !== "refuse" || !text) return;
    const lost = () => say({ kind: "text-lost", event: message.event });
    promptgateFrame.afterClose(() => promptgateGiveBack.quietly(promptgateFrame.fieldNow, text, lost));
  };

  const fromWorker = (message) => {
    failures = 0;
    switch (message.kind) {
      case "send":
      case "send-this":
      case "refuse":
        return onGo(message);
      case "wait":
      case "stop": {
        const held = open.get(message.event);
        return held && hook.postMessage({ kind: message.kind, id: held.id, ms: message.ms });
      }
      case "file-read":
        return promptgateFiles.read(message.file, message.offset, say);
      case "config":
        return hook?.postMessage(message);
      case "give-back":
        return promptgateFrame.afterClose(() => promptgateGiveBack.now(promptgateFrame.fieldNow(), message.text));
      case "preview":
        return promptgatePreview.set(message.when);
      case "card":
        return promptgateFrame.open(message.token, message.focus, (token) => say({ kind: "card-lost", token }));
      case "card-look":
        return say({ kind: "card-seen", token: message.token, ms: promptgateFrame.seen(message.token) });
      case "card-size":
        return promptgateFrame.size(message.token, message.height);
      case "card-close":
        return promptgateFrame.close(message.token);
    }
    return undefined;
  };

  // A page that is left takes its requests along, also when the browser keeps it for "back".
  addEventListener("pagehide", () => {
    for (const { id, hold } of open.values()) if (hold) hook.postMessage({ kind: "refuse", id, refusal: null });
    for (const event of open.keys()) promptgateFiles.drop(event);
    open.clear();
    events.clear();
    worker?.disconnect();
    worker = null;
  });

  const begin = (port) => {
    hook = port;
    hook.onmessage = onHook;
    // A frame connects when it has something to say.
    if (window === top && connect()) {
      promptgatePreview.start(say);
      promptgateEmptied.start(say);
    }
    // What the last background knew, before the one that is starting speaks. Where nothing is known and nobody manages
    // the profile, what waits too long goes.
    const managing = api.storage.managed.get("managed").catch(() => ({}));
    managing.then(async ({ managed }) => {
      const { config } = await api.storage.local.get("config");
      if (config) hook.postMessage({ kind: "config", ...config });
      else if (managed !== true) hook.postMessage({ kind: "open" });
    }).catch(() => {});
  };

  promptgateMeet(begin);
})();
