// `fetch`: a guarded call is frozen into a `Request` at once, held, and then sent as it is, sent with another
// body, or refused. Every other call goes through in the same turn.
// INVARIANT: to a host of the sites goes only what was looked at: what the page's own getters and `toString` say is
// asked once.

// Headers as a record: a `Headers` would be gone through by the page's iterators.
const typed = (type) => ({ __proto__: null, "content-type": type });

const synthetic = ({ status, content_type, body }) =>
  new native.Response(body, { __proto__: null, status, headers: typed(content_type) });

// What a request carries, frozen: by what the page gave where that is kept whole, else by the request's own bytes.
const freezeRequest = (request, given) => {
  const method = requestMethod(request);
  if (!carries(method)) return freeze(null);
  const type = headersGet(requestHeaders(request), "content-type") ?? "";
  if (given !== null && (typeof given === "string" || isParams(given) || isForm(given) || isBlob(given))) {
    return freeze(given, mostText(type));
  }
  if (given !== null && (native.isView(given) || isBuffer(given))) return freeze(given, mostText(type));
  const clone = requestClone(request);
  // Until it is read there is nothing to keep.
  const frozen = { keep: undefined, entries: [], read: null };
  frozen.read = async () => {
    const bytes = new native.Uint8Array(await sure(requestBytes(clone)));
    frozen.keep = viewLength(bytes) === 0 ? null : bytes;
    // A text that a request was made with says so by its type.
    const text = startsWith(lower(type), "text/plain");
    if (!startsWith(lower(type), "multipart/form-data")) {
      const body = bytesBody(bytes, text ? limit : mostText(type));
      return typeof body.type === "string" ? body : await sure(body);
    }
    const form = await sure(responseForm(new native.Response(bytes, { __proto__: null, headers: typed(type) })));
    frozen.entries = formParts(form);
    return await sure(formBody(frozen.entries));
  };
  return frozen;
};

const aboutFetch = (api, request) => ({
  api,
  method: requestMethod(request),
  url: before(requestUrl(request), "#"),
  headers: headersList(requestHeaders(request)),
});

// The request that goes: all that the page asked for, with the body that was judged. A body that could not be read
// goes as it came, and unvouched.
const outgoing = (request, go, frozen, signal) => {
  const body = go.kind === "send-this" ? thaw(go.body, frozen.entries) : frozen.keep;
  if (body === undefined) return { url: request, init: undefined };
  const headers = { __proto__: null };
  // The form's own boundary is written when it is sent.
  const left = (name) => name === "content-length" || (name === "content-type" && isForm(body));
  headersEach(requestHeaders(request), (value, name) => {
    if (!left(name)) headers[name] = value;
  });
  const init = { __proto__: null, method: requestMethod(request), headers, body, signal };
  each(requestParts, ({ name, read }) => {
    init[name] = read(request);
  });
  return { url: vouch(requestUrl(request)), init };
};

const heldFetch = (target, request, given) =>
  new native.Promise((resolve, reject) => {
    const signal = requestSignal(request);
    if (signalAborted(signal)) {
      reject(signalReason(signal));
      return;
    }
    const frozen = freezeRequest(request, given);
    let id = 0;
    const onAbort = () => {
      abandon(id);
      reject(signalReason(signal));
    };
    id = hold(aboutFetch("fetch", request), frozen.read, (go) => {
      unlisten(signal, "abort", onAbort);
      if (go.kind !== "refuse") resolve(release(target, request, go, frozen, id));
      else if (go.refusal === null) reject(new native.TypeError("Failed to fetch"));
      else resolve(synthetic(go.refusal));
    });
    listen(signal, "abort", onAbort);
  });

const release = (target, request, go, frozen, id) => {
  const signal = requestSignal(request);
  const { url, init } = outgoing(request, go, frozen, go.copy ? patient(signal, id) : signal);
  return answered(go, id, apply(target, window, init === undefined ? [url] : [url, init]));
};

// The page's abort reaches the network when the copy has read what is there.
const patient = (signal, id) => {
  const controller = new native.AbortController();
  const pass = async () => {
    await sure(drained(id));
    controllerAbort(controller, signalReason(signal));
  };
  listen(signal, "abort", pass, { __proto__: null, once: true });
  return controllerSignal(controller);
};

const answered = async (go, id, promise) => {
  if (!go.copy) return promise;
  let response;
  try {
    response = await sure(promise);
  } catch (error) {
    tell({ __proto__: null, kind: "end", id, reason: reasonOf(error) });
    throw error;
  }
  copyResponse(id, response);
  return response;
};

// What a page calls `fetch` with, as `{request, given}`; null when it does not concern a site, with `args` said once.
const asked = (args) => {
  const input = isRequest(args[0]) ? args[0] : `${args[0]}`;
  args[0] = input;
  if (!ofASite(parseUrl(typeof input === "string" ? input : requestUrl(input)))) return null;
  const init = args[1];
  const plain = init !== undefined && init !== null && !isRequest(init);
  const given = plain ? init.body ?? null : null;
  let once = init;
  if (plain) {
    once = native.create(init);
    defineProperty(once, "body", own(given));
  }
  return { request: new native.Request(input, once), given, opaque: isRequest(input) || isRequest(init) };
};

// A body that only a request knows of counts as one wherever there may be one.
const guardedRequest = ({ request, given, opaque }) => {
  const method = requestMethod(request);
  return guarded(parseUrl(requestUrl(request)), method, carries(method) && (given !== null || opaque));
};

patch(window, "fetch", (target, self, args) => {
  if (args.length === 0) return apply(target, self, args);
  let call;
  try {
    call = asked(args);
    if (call !== null && guardedRequest(call)) return heldFetch(target, call.request, call.given);
  } catch (error) {
    // As the browser says itself what is wrong with the arguments.
    return rejected(error);
  }
  return apply(target, self, call === null ? args : [call.request]);
});
