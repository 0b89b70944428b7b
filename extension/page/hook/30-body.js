// A request's body as `shared_sites::Body`, without using up what the page gave, and back again.
// INVARIANT: what cannot be obtained is `unreadable`, what is over the limit `oversize`; never nothing.

let limit = 16 * 1024 * 1024;

const NONE = { type: "none" };
const UNREADABLE = { type: "unreadable" };
const oversize = (size) => ({ type: "oversize", size });

const textBody = (text) => (text.length > limit ? oversize(text.length) : { type: "text", text: wellFormed(text) });

const toBase64 = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += apply(native.fromCharCode, null, bytes.subarray(at, at + 0x8000));
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
    return decode(new native.TextDecoder("utf-8", { fatal: true, ignoreBOM: true }), bytes);
  } catch {
    return null;
  }
};

const bytesBody = (buffer) => {
  const bytes = new native.Uint8Array(buffer);
  if (bytes.length > limit) return oversize(bytes.length);
  const text = utf8(bytes);
  return text === null ? { type: "bytes", base64: toBase64(bytes) } : { type: "text", text };
};

const formParts = (form) => {
  const parts = [];
  formEach(form, (value, name) => {
    parts[parts.length] = { name, value };
  });
  return parts;
};

const formBody = async (entries) => {
  const parts = [];
  let left = limit;
  for (let at = 0; at < entries.length; at += 1) {
    const { name, value } = entries[at];
    if (typeof value === "string") {
      left -= value.length;
      parts[at] = { name, size: value.length, text: wellFormed(value) };
    } else {
      const part = { name, file_name: fileName(value), media_type: blobType(value), size: blobSize(value) };
      left -= part.size;
      if (left >= 0) {
        const text = utf8(new native.Uint8Array(await blobBytes(value)));
        if (text !== null) part.text = text;
      }
      parts[at] = part;
    }
    // A file that does not fit is named without its text; text that does not fit makes the whole oversize.
    if (left < 0 && typeof value === "string") return oversize(limit - left);
  }
  return { type: "form", parts };
};

// What a page hands to `send` or `fetch`, frozen at this moment: `keep` is what may be sent later, `read`
// yields its `Body`. A page that changes its buffer afterwards changes nothing.
const freeze = (body) => {
  if (body === undefined || body === null) return { keep: body, read: () => NONE };
  if (typeof body === "string") return { keep: body, read: () => textBody(body) };
  if (is(native.URLSearchParams, body)) {
    const text = paramsText(body);
    return { keep: new native.URLSearchParams(text), read: () => textBody(text) };
  }
  if (is(native.FormData, body)) {
    const entries = formParts(body);
    const keep = new native.FormData();
    each(entries, ({ name, value }) =>
      typeof value === "string" ? formAppend(keep, name, value) : formAppend(keep, name, value, fileName(value)),
    );
    return { keep, entries, read: () => formBody(entries) };
  }
  if (is(native.Blob, body)) {
    const read = async () => (blobSize(body) > limit ? oversize(blobSize(body)) : bytesBody(await blobBytes(body)));
    return { keep: body, read };
  }
  if (native.isView(body)) return freezeBytes(body.buffer, body.byteOffset, body.byteLength);
  if (is(ArrayBuffer, body)) return freezeBytes(body, 0, body.byteLength);
  if (is(Document, body)) return { keep: body, read: () => textBody(new XMLSerializer().serializeToString(body)) };
  const text = `${body}`;
  return { keep: text, read: () => textBody(text) };
};

const freezeBytes = (buffer, start, length) => {
  const keep = new native.Uint8Array(length);
  keep.set(new native.Uint8Array(buffer, start, length));
  return { keep, read: () => (length > limit ? oversize(length) : bytesBody(keep)) };
};

// Reads a body that may be asynchronous; a fault is `unreadable`.
const readBody = async (read) => {
  try {
    return await read();
  } catch {
    return UNREADABLE;
  }
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
      for (let at = 0; at < body.parts.length; at += 1) {
        const part = body.parts[at];
        if (part.file_name === undefined) formAppend(form, part.name, part.text ?? "");
        else if (part.text === undefined) formAppend(form, part.name, entries[at].value, part.file_name);
        else {
          const options = { type: part.media_type ?? "" };
          formAppend(form, part.name, new native.Blob([part.text], options), part.file_name);
        }
      }
      return form;
    }
    default:
      return null;
  }
};
