// A request's body as `shared_sites::Body`, without using up what the page gave, and back again.
// Bytes are not read here: the relay gets a handle to them and reads them in pieces, away from the page's own turn.
// Small ones that are text come along as text too, since a request's document may be written that way.
// INVARIANT: what cannot be obtained is `unreadable`, what is over the limit `oversize`; never nothing.
// INVARIANT: what is sent is what was read: a page that changes its buffer or document afterwards changes nothing. Of a
// piece the whole is read, and the piece is sent.

let limit = 16 * 1024 * 1024;

const NONE = { __proto__: null, type: "none" };
const UNREADABLE = { __proto__: null, type: "unreadable" };
const oversize = (size) => ({ __proto__: null, type: "oversize", size });

const textBody = (text) =>
  text.length > limit ? oversize(text.length) : { __proto__: null, type: "text", text: wellFormed(text) };

const utf8 = (bytes) => {
  try {
    return decode(new native.TextDecoder("utf-8", { __proto__: null, fatal: true, ignoreBOM: true }), bytes);
  } catch {
    return null;
  }
};

// Most bytes that are also looked at as text, unless the request says that it is a document.
const SMALL = 64 * 1024;

const mostText = (type) =>
  startsWith(lower(type), "application/json") || startsWith(lower(type), "application/x-www-form-urlencoded") ? limit : SMALL;

const withText = (body, bytes) => {
  const text = utf8(bytes);
  if (text !== null) body.text = text;
  return body;
};

const bytesBody = (bytes, most) => {
  const size = viewLength(bytes);
  if (size === 0) return textBody("");
  const body = { __proto__: null, type: "file", size, file: new native.Blob(only(bytes)) };
  if (size <= most) withText(body, bytes);
  return mayBePiece(body.file) ? orWhole(body.file, body) : body;
};

// What a person chose is no document of a request, whatever its type.
const blobBody = async (blob, most) => {
  const size = blobSize(blob);
  if (size === 0) return textBody("");
  const body = { __proto__: null, type: "file", size, file: blob };
  if (size <= (isFile(blob) ? SMALL : most)) withText(body, new native.Uint8Array(await sure(blobBytes(blob))));
  return mayBePiece(blob) ? await sure(orWhole(blob, body)) : body;
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

const filePart = async (name, file) => {
  const part = { __proto__: null, name, file_name: fileName(file), media_type: blobType(file), size: blobSize(file), file };
  if (part.size <= SMALL) withText(part, new native.Uint8Array(await sure(blobBytes(file))));
  return mayBePiece(file) ? await sure(orWhole(file, part)) : part;
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
      push(parts, await sure(filePart(name, value)));
    }
    if (left < 0) return oversize(limit - left);
  }
  return { __proto__: null, type: "form", parts };
};

// What a page hands to `send` or `fetch`, frozen at this moment: `keep` is what may be sent later, `type` the one
// the browser would say, `read` yields its `Body`, at once or as a promise.
// `most`: bytes that are also looked at as text.
const freeze = (body, most = SMALL) => {
  if (body === undefined || body === null) return { keep: null, type: null, read: () => NONE };
  if (isParams(body)) return frozenText(paramsText(body), "application/x-www-form-urlencoded;charset=UTF-8");
  if (isForm(body)) {
    const entries = formParts(body);
    return { keep: formOf(entries), type: null, entries, read: () => formBody(entries) };
  }
  if (isBlob(body)) return { keep: body, type: null, read: () => blobBody(body, most) };
  if (native.isView(body) || isBuffer(body)) {
    const keep = copyBytes(body);
    return { keep, type: null, read: () => bytesBody(keep, most) };
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
