// The channel to the relay, and the requests that wait for it.
// INVARIANT: every hold ends: by the relay's word, by the page's abort, or by the deadline kept here, whose
// yield is the fail setting last told. The channel's far end goes to the relay in the turn in which both are there.
// INVARIANT: a word comes by a call and never by a promise: the page could resolve a promise itself.

const ANSWER_CAP = 16 * 1024 * 1024;
// While a person is waited for, a relay that is there says so when asked.
const THERE_MS = 4000;
const MOST_UNHEARD = 3;

const channel = new MessageChannel();
const wire = channel.port1;
const holds = new Map();
const copies = new Map();
// A hook that nobody hears lets nothing go. The time: as long as a host that was never met has to start.
const fail = { deadline_ms: 16000, on_deadline: "refuse", at_once: "refuse" };
let last = 0;

const REFUSE = { __proto__: null, kind: "refuse", refusal: null };
const SEND = { __proto__: null, kind: "send", copy: false };

const tell = (message) => post(wire, message);

const settle = (id, go) => {
  const held = mapGet(holds, id);
  if (!held) return false;
  native.clearTimeout(held.timer);
  mapDelete(holds, id);
  held.ended(go);
  return true;
};

const tellHold = (id, held, body) => {
  held.told = true;
  const { api, method, url, headers } = held.about;
  const message = (what) => {
    const request = { __proto__: null, api, method, url, headers, page_url: location.href, body: what };
    return { __proto__: null, kind: "hold", id, at_once: held.atOnce, request };
  };
  try {
    tell(message(body));
  } catch {
    tell(message(UNREADABLE));
  }
};

const fall = (id, yields) => {
  const held = mapGet(holds, id);
  if (!held) return;
  // Its body did not come to an end: that is all there is to say of it.
  if (!held.told) tellHold(id, held, UNREADABLE);
  settle(id, yields === "send" ? SEND : REFUSE);
  const sent = held.atOnce === "sent" || (yields === "send" && held.atOnce !== "never");
  tell({ __proto__: null, kind: "fell", id, sent });
};

const headersList = (headers) => {
  const list = [];
  headersEach(headers, (value, name) => {
    // A token says no more than that there is one.
    push(list, [name, name === "authorization" ? before(value, " ") : value]);
  });
  return list;
};

// Holds one request. `read` yields its body; `ended` is called once with the relay's word. `atOnce`: the page has
// its end already; see there.
const hold = (about, read, ended, atOnce = null) => {
  last += 1;
  const id = last;
  const timer = native.setTimeout(() => fall(id, fail.on_deadline), fail.deadline_ms);
  const held = { __proto__: null, about, ended, timer, atOnce, told: false, asked: false };
  mapSet(holds, id, held);
  readBody(read, (body) => {
    if (mapGet(holds, id) === held && !held.told) tellHold(id, held, body);
  });
  return id;
};

// The page took it back: nothing of it may leave, and nobody waits for a word.
const abandon = (id) => {
  const held = mapGet(holds, id);
  if (!held) return;
  native.clearTimeout(held.timer);
  mapDelete(holds, id);
  tell({ __proto__: null, kind: "abort", id });
};

let unheard = 0;
let asks = false;

// Firefox takes the relay away with its extension and tells nobody.
const askThere = () => {
  let waits = false;
  mapEach(holds, (held) => { waits ||= held.asked; });
  asks = waits;
  if (!waits) return;
  if (unheard === MOST_UNHEARD) return isGone();
  unheard += 1;
  tell({ __proto__: null, kind: "there" });
  native.setTimeout(askThere, THERE_MS);
};

// Nobody will answer: what is held ends now, and what comes at once. What a person was asked about stays here.
const isGone = () => {
  asks = false;
  fail.deadline_ms = 0;
  mapEach(holds, (held, id) => fall(id, held.asked ? "refuse" : fail.on_deadline));
};

const obey = (message) => {
  switch (message.kind) {
    case "config":
      learn(message.data);
      limit = message.limit;
      fail.deadline_ms = message.deadline_ms;
      fail.on_deadline = message.on_deadline;
      fail.at_once = message.at_once;
      break;
    case "gone":
      isGone();
      break;
    case "here":
      unheard = 0;
      break;
    case "open":
      fail.on_deadline = "send";
      break;
    case "wait": {
      const waiting = mapGet(holds, message.id);
      if (!waiting) break;
      native.clearTimeout(waiting.timer);
      waiting.timer = native.setTimeout(() => fall(message.id, "refuse"), message.ms);
      waiting.asked = true;
      if (!asks) {
        unheard = 0;
        askThere();
      }
      break;
    }
    case "send":
    case "send-this":
    case "refuse":
      settle(message.id, message);
      break;
    case "stop": {
      const copy = mapGet(copies, message.id);
      if (copy) copy.stop();
      break;
    }
    default:
  }
};

listen(wire, "message", (event) => obey(messageData(event)));
wire.start();

// The far end goes to the relay, and to nobody after. The two meet by events, which are heard in the same turn,
// whichever of them starts first: Firefox starts them in turns of their own when it is busy. In frames and windows that a
// page makes, both start before its next step: it finds nobody left who would take a port or give one.
// In a page of its own the parser's first element ends the wait: no script of the page runs before that is heard. Elsewhere
// a page could be at work, and a relay that is late has a moment to come.
const MEET_MS = 5000;
const fresh = document.readyState === "loading" && document.querySelector("script, body") === null;
const ownPage = window === top && window.opener === null && fresh;

const offer = () => {
  const given = { __proto__: null, cancelable: true, ports: only(channel.port2) };
  if (!dispatch(window, new native.MessageEvent("promptgate", given))) unlisten(window, "promptgate-relay", offer);
};
const giveUp = () => unlisten(window, "promptgate-relay", offer);

listen(window, "promptgate-relay", offer);
if (ownPage) {
  const begun = new native.MutationObserver(() => {
    giveUp();
    begun.disconnect();
  });
  begun.observe(document, { childList: true, subtree: true });
} else {
  native.setTimeout(giveUp, MEET_MS);
}
offer();
