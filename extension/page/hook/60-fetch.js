// `fetch`: a guarded call is frozen into a `Request` at once, held, and then sent as it is, sent with another
// body, or refused. Every other call goes through with the caller's own arguments, in the same turn.

const asAddress = (input) => {
  if (typeof input === "string") return input;
  if (is(native.Request, input)) return requestUrl(input);
  return is(native.URL, input) ? urlHref(input) : `${input}`;
};

const synthetic = ({ status, content_type, body }) =>
  new native.Response(body, { status, headers: { "content-type": content_type } });

// Reads the frozen request's body: by the page's own string where there is one, else from a clone.
const requestBody = (request, given) => {
  if (typeof given === "string" || is(native.URLSearchParams, given) || is(native.FormData, given)) {
    return freeze(given);
  }
  if (is(native.Blob, given) && blobSize(given) > limit) return { read: () => oversize(blobSize(given)) };
  if (native.isView(given) || is(ArrayBuffer, given)) {
    if (given.byteLength > limit) return { read: () => oversize(given.byteLength) };
  }
  const clone = requestClone(request);
  const type = headersGet(requestHeaders(request), "content-type") ?? "";
  if (!startsWith(lower(type), "multipart/form-data")) {
    return { read: async () => bytesBody(await requestBytes(clone)) };
  }
  const entries = [];
  const read = async () => {
    const parts = formParts(await requestForm(clone));
    each(parts, (part, at) => {
      entries[at] = part;
    });
    return formBody(entries);
  };
  return { entries, read };
};

const rewritten = (request, body, entries) => {
  const headers = new native.Headers(requestHeaders(request));
  headersDelete(headers, "content-length");
  if (body.type === "form") headersDelete(headers, "content-type");
  return new native.Request(request, { headers, body: thaw(body, entries) });
};

const heldFetch = async (target, request, given) => {
  const signal = requestSignal(request);
  if (signal && signalAborted(signal)) throw signalReason(signal);
  const { read, entries } = requestBody(request, given);
  const about = {
    api: "fetch",
    method: requestMethod(request),
    url: split(requestUrl(request), "#")[0],
    headers: headersList(requestHeaders(request)),
  };
  const { id, word } = hold(about, read);
  let aborted = false;
  const onAbort = () => {
    aborted = true;
    abandon(id);
  };
  if (signal) listen(signal, "abort", onAbort);
  const go = await word;
  if (signal) unlisten(signal, "abort", onAbort);
  if (aborted) throw signalReason(signal);
  if (go.kind === "refuse") {
    if (go.refusal === null) throw new native.TypeError("Failed to fetch");
    return synthetic(go.refusal);
  }
  const outgoing = go.kind === "send-this" ? rewritten(request, go.body, entries) : request;
  return answered(go, id, apply(target, window, [go.copy ? patient(outgoing, signal, id) : outgoing]));
};

// The page's abort reaches the network when the copy has read what is there.
const patient = (request, signal, id) => {
  const own = new native.AbortController();
  const pass = () => drained(id).then(() => controllerAbort(own, signalReason(signal)));
  if (signal) listen(signal, "abort", pass, { once: true });
  return new native.Request(request, { signal: controllerSignal(own) });
};

const answered = async (go, id, promise) => {
  if (!go.copy) return promise;
  let response;
  try {
    response = await promise;
  } catch (error) {
    tell({ kind: "end", id, reason: reasonOf(error) });
    throw error;
  }
  copyResponse(id, response);
  return response;
};

patch(window, "fetch", (target, self, args) => {
  let request;
  let given;
  try {
    const [input, init] = args;
    const url = parseUrl(asAddress(input));
    const asked = init?.method ?? (is(native.Request, input) ? requestMethod(input) : "GET");
    given = init?.body ?? null;
    if (!guarded(url, upper(`${asked}`), given !== null)) return apply(target, self, args);
    request = new native.Request(typeof input === "string" || is(native.Request, input) ? input : urlHref(url), init);
  } catch {
    // The browser says itself what is wrong with the arguments.
    return apply(target, self, args);
  }
  return heldFetch(target, request, given);
});
