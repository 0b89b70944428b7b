// The channel to the relay, and the requests that wait for it.
// INVARIANT: every hold ends: by the relay's word, by the page's abort, or by the deadline kept here, whose
// yield is the fail setting last told. The channel's far end goes to the relay before any script of the page runs.

const ANSWER_CAP = 16 * 1024 * 1024;

const channel = new MessageChannel();
const wire = channel.port1;
const holds = new Map();
const copies = new Map();
// Until the first word: as long as a host that was never met has to start.
const fail = { deadline_ms: 16000, on_deadline: "send" };
let last = 0;

const REFUSE = { kind: "refuse", refusal: null };

const tell = (message) => post(wire, message);

const settle = (id, go) => {
  const hold = mapGet(holds, id);
  if (!hold) return false;
  native.clearTimeout(hold.timer);
  mapDelete(holds, id);
  hold.settle(go);
  return true;
};

const fall = (id, yields) => {
  if (settle(id, yields === "send" ? { kind: "send", copy: false } : REFUSE)) {
    tell({ kind: "fell", id, sent: yields === "send" });
  }
};

const headersList = (headers) => {
  const list = [];
  headersEach(headers, (value, name) => {
    // A token says no more than that there is one.
    list[list.length] = [name, name === "authorization" ? split(value, " ")[0] : value];
  });
  return list;
};

// Holds one request. `read` yields its body; the promise becomes the relay's word.
const hold = (about, read) => {
  last += 1;
  const id = last;
  const word = new native.Promise((settleWord) => {
    const timer = native.setTimeout(() => fall(id, fail.on_deadline), fail.deadline_ms);
    mapSet(holds, id, { settle: settleWord, timer });
  });
  const send = (body) => {
    if (!mapGet(holds, id)) return;
    try {
      tell({ kind: "hold", id, request: { ...about, page_url: location.href, body } });
    } catch {
      tell({ kind: "hold", id, request: { ...about, page_url: location.href, body: UNREADABLE } });
    }
  };
  readBody(read).then(send);
  return { id, word };
};

// The page took it back: nothing of it may leave.
const abandon = (id) => {
  if (settle(id, REFUSE)) tell({ kind: "abort", id });
};

// What cannot wait is refused, and the relay is told what it was.
const refuseNow = (about, read) => {
  const { id } = hold(about, read);
  settle(id, REFUSE);
  readBody(read).then((body) => {
    tell({ kind: "hold", id, request: { ...about, page_url: location.href, body } });
    tell({ kind: "fell", id, sent: false });
  });
};

const obey = (message) => {
  switch (message.kind) {
    case "config":
      learn(message.data);
      limit = message.limit;
      fail.deadline_ms = message.deadline_ms;
      fail.on_deadline = message.on_deadline;
      break;
    case "closed":
      fail.on_deadline = "refuse";
      break;
    case "wait": {
      const waiting = mapGet(holds, message.id);
      if (!waiting) break;
      native.clearTimeout(waiting.timer);
      waiting.timer = native.setTimeout(() => fall(message.id, "refuse"), message.ms);
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
window.postMessage({ promptgate: "port" }, "*", [channel.port2]);
