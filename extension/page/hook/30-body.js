// A request's body as `shared_sites::Body`, without using up what the page gave, and back again.
// INVARIANT: what cannot be obtained is `unreadable`, what is over the limit `oversize`; never nothing.
// INVARIANT: what is sent is what was read: a page that changes its buffer or document afterwards changes nothing.

let limit = 16 * 1024 * 1024;

const NONE = { __proto__: null, type: "none" };
const UNREADABLE = { __proto__: null, type: "unreadable" };
const oversize = (size) => ({ __proto__: null, type: "oversize", size });

const textBody = (text) =>
  text.length > limit ? oversize(text.length) : { __proto__: null, type: "text", text: wellFormed(text) };

const toBase64 = (bytes) => {
  let text = "";
  for (let at = 0; at < viewLength(bytes); at += 0x8000) {
    const left = viewLength(bytes) - at;
    const piece = new native.Uint8Array(viewBuffer(bytes), viewOffset(bytes) + at, left < 0x8000 ? left : 0x8000);
    // Else the page's `length` would be asked.
    defineProperty(piece, "length", own(viewLength(piece)));
    text += apply(native.fromCharCode, null, piece);
  }
  return native.btoa(text);
};

const fromBase64 = (text) => {
  const raw = native.atob(text);
  const bytes = new native.Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = charCode(raw, at);
  return bytes;
};

const utf8 = (bytes) => {
  try {
    return decode(new native.TextDecoder("utf-8", { __proto__: null, fatal: true, ignoreBOM: true }), bytes);
  } catch {
    return null;
  }
};

const bytesBody = (bytes) => {
  if (viewLength(bytes) > limit) return oversize(viewLength(bytes));
  const text = utf8(bytes);
  return text === null
    ? { __proto__: null, type: "bytes", base64: toBase64(bytes) }
    : { __proto__: null, type: "text", text };
};

const formParts = (form) => {
  const parts = [];
  formEach(form, (value, name) => push(parts, { __proto__: null, name, value }));
  return parts;
};

const formOf = (entries) => {
  const form = new native.FormData();
  each(entries, ({ name, value }) =>
    typeof value === "string" ? formAppend(form, name, value) : formAppend(form, name, value, fileName(value)),
  );
  return form;
};

const formBody = async (entries) => {
  const parts = [];
  let left = limit;
  for (let at = 0; at < entries.length; at += 1) {
    const { name, value } = entries[at];
    if (typeof value === "string") {
      left -= value.length;
      push(parts, { __proto__: null, name, size: value.length, text: wellFormed(value) });
    } else {
      const part = { __proto__: null, name, file_name: fileName(value), media_type: blobType(value), size: blobSize(value) };
      left -= part.size;
      if (left >= 0) {
        const text = utf8(new native.Uint8Array(await sure(blobBytes(value))));
        if (text !== null) part.text = text;
      }
      push(parts, part);
    }
    // A file that does not fit is named without its text; text that does not fit makes the whole oversize.
    if (left < 0 && typeof value === "string") return oversize(limit - left);
  }
  return { __proto__: null, type: "form", parts };
};

const blobBody = async (blob) =>
  blobSize(blob) > limit ? oversize(blobSize(blob)) : bytesBody(new native.Uint8Array(await sure(blobBytes(blob))));

// What a page hands to `send` or `fetch`, frozen at this moment: `keep` is what may be sent later, `type` the one
// the browser would say, `read` yields its `Body`, at once or as a promise.
const freeze = (body) => {
  if (body === undefined || body === null) return { keep: null, type: null, read: () => NONE };
  if (isParams(body)) return frozenText(paramsText(body), "application/x-www-form-urlencoded;charset=UTF-8");
  if (isForm(body)) {
    const entries = formParts(body);
    return { keep: formOf(entries), type: null, entries, read: () => formBody(entries) };
  }
  if (isBlob(body)) return { keep: body, type: null, read: () => blobBody(body) };
  if (native.isView(body) || isBuffer(body)) {
    const keep = copyBytes(body);
    return { keep, type: null, read: () => bytesBody(keep) };
  }
  if (isDocument(body)) {
    const type = documentType(body) === "text/html" ? "text/html" : "application/xml";
    return frozenText(serialize(new native.XMLSerializer(), body), `${type};charset=UTF-8`);
  }
  return frozenText(`${body}`, null);
};

const frozenText = (text, type) => ({ keep: text, type, read: () => textBody(text) });

// A body that may be asynchronous; a fault is `unreadable`. `done` is called once, at once where it can be.
const readBody = (read, done) => {
  let body = UNREADABLE;
  try {
    body = read();
  } catch {
    // It stays unreadable.
  }
  if (typeof body.type === "string") done(body);
  else readLater(body, done);
};

const readLater = async (promise, done) => {
  let body = UNREADABLE;
  try {
    body = await sure(promise);
  } catch {
    // It stays unreadable.
  }
  done(body);
};

// A `shared_sites::Body` as something to send. Files that were not rewritten come from the page's own `entries`.
const thaw = (body, entries) => {
  switch (body.type) {
    case "text":
      return body.text;
    case "bytes":
      return fromBase64(body.base64);
    case "form": {
      const form = new native.FormData();
      each(body.parts, (part, at) => {
        if (part.file_name === undefined) formAppend(form, part.name, part.text ?? "");
        else if (part.text === undefined) formAppend(form, part.name, entries[at].value, part.file_name);
        else {
          const options = { __proto__: null, type: part.media_type ?? "" };
          formAppend(form, part.name, new native.Blob(only(part.text), options), part.file_name);
        }
      });
      return form;
    }
    default:
      return null;
  }
};
