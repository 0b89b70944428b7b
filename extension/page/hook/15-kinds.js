// What a page can put under our hands even though the functions are ours: the language's own look-ups. A value's
// kind is told by its brand, which a page can neither forge nor hide; lists grow and promises are awaited without
// a look at a prototype.
// INVARIANT: what the page defines on `Object.prototype`, `Array.prototype`, `Promise.prototype` or a constructor
// is never asked. Bodies and words therefore have no prototype.

const branded = (read) => (value) => {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  try {
    read(value);
    return true;
  } catch {
    return false;
  }
};

const isRequest = branded(requestUrl);
const isBlob = branded(blobSize);
const isFile = branded(fileName);
const isParams = branded(paramsText);
const isForm = branded((form) => formHas(form, ""));
const isBuffer = branded(bufferLength);
const isDataView = branded(dataLength);
const isDocument = branded(documentType);

const own = (value) => ({ __proto__: null, value, writable: true, enumerable: true, configurable: true });

const push = (list, value) => {
  defineProperty(list, list.length, own(value));
};

// `await sure(promise)` asks the promise's own slots only.
const sure = (promise) => {
  defineProperty(promise, "constructor", own(native.Promise));
  return promise;
};

// A sequence of one; an array would ask the page's iterators.
const { iterator } = Symbol;
const only = (item) => {
  let done = false;
  const next = () => {
    const step = { __proto__: null, done, value: done ? undefined : item };
    done = true;
    return step;
  };
  return { __proto__: null, [iterator]: () => ({ __proto__: null, next }) };
};

const rejected = (error) =>
  new native.Promise((_, reject) => {
    reject(error);
  });

// The pieces of a text between marks; `split` would ask the page's `Symbol.split`.
const cut = (text, mark) => {
  const pieces = [];
  let from = 0;
  for (;;) {
    const at = indexOf(text, mark, from);
    push(pieces, at < 0 ? sliceText(text, from) : sliceText(text, from, at));
    if (at < 0) return pieces;
    from = at + mark.length;
  }
};

const before = (text, mark) => cut(text, mark)[0];

// The bytes a view or buffer shows now, copied.
const copyBytes = (data) => {
  let bytes;
  if (isBuffer(data)) bytes = new native.Uint8Array(data);
  else if (isDataView(data)) bytes = new native.Uint8Array(dataBuffer(data), dataOffset(data), dataLength(data));
  else bytes = new native.Uint8Array(viewBuffer(data), viewOffset(data), viewLength(data));
  const copy = new native.Uint8Array(viewLength(bytes));
  viewSet(copy, bytes);
  return copy;
};
