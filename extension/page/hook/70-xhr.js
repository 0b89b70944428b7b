// `XMLHttpRequest`: a guarded `send` waits and then is the browser's own. A synchronous one cannot wait and is
// refused. While held, the object behaves as one whose request is on its way.

const xhrs = new WeakMap();
const xhrText = getter(XMLHttpRequest, "responseText");
const xhrAny = getter(XMLHttpRequest, "response");
const xhrType = getter(XMLHttpRequest, "responseType");
const xhrStatus = getter(XMLHttpRequest, "status");
const xhrReady = getter(XMLHttpRequest, "readyState");
const xhrHeader = bound(XMLHttpRequest.prototype.getResponseHeader);
const xhrSetHeader = bound(XMLHttpRequest.prototype.setRequestHeader);
const xhrUpload = getter(XMLHttpRequest, "upload");
const FAKED = ["readyState", "status", "statusText", "responseText", "response", "responseURL"];
const FAKED_CALLS = ["getResponseHeader", "getAllResponseHeaders"];

const fake = (xhr, name, value) => defineProperty(xhr, name, { configurable: true, get: () => value });
const unfake = (xhr) => each([...FAKED, ...FAKED_CALLS], (name) => delete xhr[name]);
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
      return new TextEncoder().encode(refusal.body).buffer;
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
      tell({ kind: "head", id, status: xhrStatus(xhr), type: xhrHeader(xhr, "content-type") ?? "" });
    }
    if (readable() && !over) over = grow(xhrText(xhr), event.type === "loadend");
    if (event.type !== "loadend") return;
    if (xhrType(xhr) === "json" && head) tell({ kind: "chunk", id, text: native.JSON.stringify(xhrAny(xhr)) });
    finish(id, over ? "cut" : ended);
    each(["readystatechange", "progress", "loadend"], (type) => unlisten(xhr, type, look));
  };
  let ended = "end";
  listen(xhr, "abort", () => { ended = "aborted"; }, { once: true });
  each(["error", "timeout"], (type) => listen(xhr, type, () => { ended = "network"; }, { once: true }));
  each(["readystatechange", "progress", "loadend"], (type) => listen(xhr, type, look));
  mapSet(copies, id, { stop: () => { over = true; }, pieces: 0 });
};

const heldXhr = async (target, xhr, state, body) => {
  const frozen = freeze(body);
  const about = { api: "xhr", method: state.method, url: address(state.url), headers: state.headers };
  const { id, word } = hold(about, frozen.read);
  state.held = id;
  const go = await word;
  if (state.held !== id) return;
  state.held = 0;
  if (go.kind === "refuse") {
    if (go.refusal === null) endXhr(xhr, "error");
    else answerXhr(xhr, state, go.refusal);
    return;
  }
  if (go.copy) copyXhr(id, xhr);
  // The address of a form body names its type; a plain string would not.
  const outgoing = go.kind === "send-this" ? thaw(go.body, frozen.entries) : frozen.keep;
  if (is(native.URLSearchParams, frozen.keep) && typeof outgoing === "string" && !state.typed) {
    xhrSetHeader(xhr, "content-type", "application/x-www-form-urlencoded;charset=UTF-8");
  }
  apply(target, xhr, [outgoing]);
};

patch(XMLHttpRequest.prototype, "open", (target, xhr, args) => {
  const state = weakGet(xhrs, xhr);
  if (state && state.held) abandonXhr(state);
  const answer = apply(target, xhr, args);
  unfake(xhr);
  const url = parseUrl(`${args[1]}`);
  const method = upper(`${args[0]}`);
  const waits = args.length < 3 || Boolean(args[2]);
  weakSet(xhrs, xhr, { url, method, waits, headers: [], typed: false, held: 0 });
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
    if (name === "content-type") state.typed = true;
    state.headers[state.headers.length] = [name, name === "authorization" ? "" : `${args[1]}`];
  }
  return answer;
});

patch(XMLHttpRequest.prototype, "send", (target, xhr, args) => {
  const state = weakGet(xhrs, xhr);
  const hasBody = args[0] !== undefined && args[0] !== null;
  if (!state || xhrReady(xhr) !== 1 || !guarded(state.url, state.method, hasBody)) return apply(target, xhr, args);
  if (state.held) throw invalid("The object's state must be OPENED.");
  if (!state.waits) {
    const about = { api: "xhr", method: state.method, url: address(state.url), headers: state.headers };
    refuseNow(about, freeze(args[0]).read);
    throw new native.DOMException("A network error occurred.", "NetworkError");
  }
  heldXhr(target, xhr, state, args[0]);
  return undefined;
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
