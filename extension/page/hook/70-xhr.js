// `XMLHttpRequest`: a guarded `send` waits and then is the browser's own. A synchronous one cannot wait and is
// refused, until it was judged. While held, the object behaves as one whose request is on its way.

const xhrs = new WeakMap();
const xhrText = getter(XMLHttpRequest, "responseText");
const xhrAny = getter(XMLHttpRequest, "response");
const xhrType = getter(XMLHttpRequest, "responseType");
const xhrStatus = getter(XMLHttpRequest, "status");
const xhrReady = getter(XMLHttpRequest, "readyState");
const xhrHeader = bound(XMLHttpRequest.prototype.getResponseHeader);
const xhrSetHeader = bound(XMLHttpRequest.prototype.setRequestHeader);
const xhrUpload = getter(XMLHttpRequest, "upload");
const FAKED = [
  "readyState", "status", "statusText", "responseText", "response", "responseURL", "getResponseHeader", "getAllResponseHeaders",
];

const fake = (xhr, name, value) => defineProperty(xhr, name, { configurable: true, get: () => value });
const unfake = (xhr) => each(FAKED, (name) => delete xhr[name]);
const fire = (xhr, type) => dispatch(xhr, new native.Event(type));
const fireProgress = (xhr, type, loaded = 0) =>
  dispatch(xhr, new native.ProgressEvent(type, { loaded, total: loaded, lengthComputable: loaded > 0 }));

const invalid = (what) => new native.DOMException(what, "InvalidStateError");

// The end of a request that never left, in the browser's order of events.
const endXhr = (xhr, type) => {
  fake(xhr, "readyState", 4);
  fire(xhr, "readystatechange");
  fireProgress(xhrUpload(xhr), type);
  fireProgress(xhrUpload(xhr), "loadend");
  fireProgress(xhr, type);
  fireProgress(xhr, "loadend");
};

const shaped = (type, refusal) => {
  switch (type) {
    case "json":
      try {
        return native.JSON.parse(refusal.body);
      } catch {
        return null;
      }
    case "blob":
      return new native.Blob([refusal.body], { type: refusal.content_type });
    case "arraybuffer":
      return encode(new native.TextEncoder(), refusal.body).buffer;
    default:
      return refusal.body;
  }
};

const answerXhr = (xhr, state, refusal) => {
  const header = (name) => (lower(`${name}`) === "content-type" ? refusal.content_type : null);
  fake(xhr, "status", refusal.status);
  fake(xhr, "statusText", "");
  fake(xhr, "responseURL", address(state.url));
  fake(xhr, "getResponseHeader", header);
  fake(xhr, "getAllResponseHeaders", () => `content-type: ${refusal.content_type}\r\n`);
  each([2, 3, 4], (ready) => {
    fake(xhr, "readyState", ready);
    if (ready === 3) {
      fake(xhr, "response", shaped(xhrType(xhr), refusal));
      if (xhrType(xhr) === "" || xhrType(xhr) === "text") fake(xhr, "responseText", refusal.body);
    }
    fire(xhr, "readystatechange");
  });
  fireProgress(xhr, "load", refusal.body.length);
  fireProgress(xhr, "loadend", refusal.body.length);
};

const copyXhr = (id, xhr) => {
  const grow = grower(id);
  let head = false;
  let over = false;
  const readable = () => xhrType(xhr) === "" || xhrType(xhr) === "text";
  const look = (event) => {
    const ready = xhrReady(xhr);
    if (ready < 2) return;
    if (!head && xhrStatus(xhr) > 0) {
      head = true;
      tell({ __proto__: null, kind: "head", id, status: xhrStatus(xhr), type: xhrHeader(xhr, "content-type") ?? "" });
    }
    if (readable() && !over) over = grow(xhrText(xhr), event.type === "loadend");
    if (event.type !== "loadend") return;
    if (xhrType(xhr) === "json" && head) tell({ __proto__: null, kind: "chunk", id, text: native.JSON.stringify(xhrAny(xhr)) });
    finish(id, over ? "cut" : ended);
    each(["readystatechange", "progress", "loadend"], (type) => unlisten(xhr, type, look));
  };
  let ended = "end";
  listen(xhr, "abort", () => { ended = "aborted"; }, { once: true });
  each(["error", "timeout"], (type) => listen(xhr, type, () => { ended = "network"; }, { once: true }));
  each(["readystatechange", "progress", "loadend"], (type) => listen(xhr, type, look));
  mapSet(copies, id, { stop: () => { over = true; }, pieces: 0 });
};

// The body to hand to the browser, with the type that it would have said for the page's own.
const bodyOf = (xhr, state, go, frozen) => {
  const outgoing = go.kind === "send-this" ? thaw(go.body, frozen.entries) : frozen.keep;
  if (frozen.type !== null && typeof outgoing === "string" && !state.typed) xhrSetHeader(xhr, "content-type", frozen.type);
  return outgoing;
};

const aboutXhr = ({ method, url, headers }) => ({ api: "xhr", method, url: address(url), headers });

const heldXhr = (target, xhr, state, frozen) => {
  const id = hold(aboutXhr(state), frozen.read, (go) => {
    state.held = 0;
    if (go.kind !== "refuse") {
      if (go.copy) copyXhr(id, xhr);
      apply(target, xhr, [bodyOf(xhr, state, go, frozen)]);
    } else if (go.refusal === null) endXhr(xhr, "error");
    else answerXhr(xhr, state, go.refusal);
  });
  state.held = id;
};

// Method and address are said once; the address is vouched for here, since it cannot be changed at `send`: what is
// not permitted there is not sent.
patch(XMLHttpRequest.prototype, "open", (target, xhr, args) => {
  if (args.length < 2) return apply(target, xhr, args);
  const state = weakGet(xhrs, xhr);
  if (state && state.held) abandonXhr(state);
  const url = parseUrl((args[1] = `${args[1]}`));
  args[0] = `${args[0]}`;
  const method = upper(args[0]);
  if (guarded(url, method, carries(method))) args[1] = vouch(urlHref(url));
  const answer = apply(target, xhr, args);
  unfake(xhr);
  const waits = args.length < 3 || Boolean(args[2]);
  weakSet(xhrs, xhr, { url, method, waits, headers: [], typed: false, type: "", held: 0 });
  return answer;
});

const abandonXhr = (state) => {
  const id = state.held;
  state.held = 0;
  abandon(id);
};

patch(XMLHttpRequest.prototype, "setRequestHeader", (target, xhr, args) => {
  const state = weakGet(xhrs, xhr);
  if (state && state.held) throw invalid("The object's state must be OPENED.");
  const answer = apply(target, xhr, args);
  if (state) {
    const name = lower(`${args[0]}`);
    if (name === "content-type") {
      state.typed = true;
      state.type = `${args[1]}`;
    }
    push(state.headers, [name, name === "authorization" ? "" : `${args[1]}`]);
  }
  return answer;
});

patch(XMLHttpRequest.prototype, "send", (target, xhr, args) => {
  const state = weakGet(xhrs, xhr);
  const hasBody = args[0] !== undefined && args[0] !== null;
  if (xhrReady(xhr) !== 1) return apply(target, xhr, args);
  // Opened by the function of another frame: nobody here knows where it goes.
  if (!state) throw new native.DOMException("A network error occurred.", "NetworkError");
  if (!guarded(state.url, state.method, hasBody)) return apply(target, xhr, args);
  if (state.held) throw invalid("The object's state must be OPENED.");
  const bodiless = state.method === "GET" || state.method === "HEAD";
  const frozen = freeze(bodiless ? null : args[0], mostText(state.type));
  if (state.waits) return heldXhr(target, xhr, state, frozen);
  const go = atOnce(aboutXhr(state), frozen);
  if (go === null) throw new native.DOMException("A network error occurred.", "NetworkError");
  return apply(target, xhr, [bodyOf(xhr, state, go, frozen)]);
});

patch(XMLHttpRequest.prototype, "abort", (target, xhr, args) => {
  const state = weakGet(xhrs, xhr);
  if (state && state.held) {
    abandonXhr(state);
    endXhr(xhr, "abort");
    unfake(xhr);
  }
  return apply(target, xhr, args);
});
