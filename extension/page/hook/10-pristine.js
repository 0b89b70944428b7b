// The browser's own functions, taken before any script of the page runs. Everything in this folder uses these,
// so that a page that replaces a prototype later changes nothing here.
// All files of this folder are put into one function scope, in the order of their names: no global is left behind.
// Decides nothing: what may go is said by the relay.

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const bound = (method) => (self, ...rest) => apply(method, self, rest);
const getter = (owner, name) => bound(getOwnPropertyDescriptor(owner.prototype, name).get);

const native = {
  AbortController, Blob, DataTransfer, DOMException, Event, FormData, MessageEvent, MutationObserver, ProgressEvent,
  Promise, Request, Response, TextDecoder, TextEncoder, TypeError, URL, URLSearchParams, Uint8Array, WebSocket,
  XMLHttpRequest, XMLSerializer,
  create: Object.create,
  fetch: window.fetch,
  JSON: { parse: JSON.parse, stringify: JSON.stringify },
  setTimeout: window.setTimeout.bind(window),
  clearTimeout: window.clearTimeout.bind(window),
  isView: ArrayBuffer.isView,
};

const listen = bound(EventTarget.prototype.addEventListener);
const unlisten = bound(EventTarget.prototype.removeEventListener);
const dispatch = bound(EventTarget.prototype.dispatchEvent);
const mapGet = bound(Map.prototype.get);
const mapSet = bound(Map.prototype.set);
const mapDelete = bound(Map.prototype.delete);
const mapEach = bound(Map.prototype.forEach);
const weakGet = bound(WeakMap.prototype.get);
const weakSet = bound(WeakMap.prototype.set);
const each = bound(Array.prototype.forEach);
const lower = bound(String.prototype.toLowerCase);
const upper = bound(String.prototype.toUpperCase);
const startsWith = bound(String.prototype.startsWith);
const endsWith = bound(String.prototype.endsWith);
const indexOf = bound(String.prototype.indexOf);
const sliceText = bound(String.prototype.slice);
const charCode = bound(String.prototype.charCodeAt);
const wellFormed = String.prototype.toWellFormed ? bound(String.prototype.toWellFormed) : (text) => text;

const baseUri = getter(Node, "baseURI");
const urlHref = getter(URL, "href");
const urlHost = getter(URL, "hostname");
const urlPath = getter(URL, "pathname");
const urlParams = getter(URL, "searchParams");
const paramsText = bound(URLSearchParams.prototype.toString);
const paramsAppend = bound(URLSearchParams.prototype.append);
const paramsEach = bound(URLSearchParams.prototype.forEach);
const headersEach = bound(Headers.prototype.forEach);
const headersGet = bound(Headers.prototype.get);
const formHas = bound(FormData.prototype.has);
const formEach = bound(FormData.prototype.forEach);
const formAppend = bound(FormData.prototype.append);
const blobSlice = bound(Blob.prototype.slice);
const blobBytes = bound(Blob.prototype.arrayBuffer);
const blobSize = getter(Blob, "size");
const blobType = getter(Blob, "type");
const fileName = getter(File, "name");
const bufferLength = getter(ArrayBuffer, "byteLength");
const dataLength = getter(DataView, "byteLength");
const dataOffset = getter(DataView, "byteOffset");
const dataBuffer = getter(DataView, "buffer");
const TypedArray = getPrototypeOf(Uint8Array);
const viewLength = getter(TypedArray, "byteLength");
const viewOffset = getter(TypedArray, "byteOffset");
const viewBuffer = getter(TypedArray, "buffer");
const viewSet = bound(TypedArray.prototype.set);
const documentType = getter(Document, "contentType");
const serialize = bound(XMLSerializer.prototype.serializeToString);
const encode = bound(TextEncoder.prototype.encode);
const requestUrl = getter(Request, "url");
const requestMethod = getter(Request, "method");
const requestHeaders = getter(Request, "headers");
const requestSignal = getter(Request, "signal");
const requestClone = bound(Request.prototype.clone);
const requestBytes = bound(Request.prototype.arrayBuffer);
const signalAborted = getter(AbortSignal, "aborted");
const signalReason = getter(AbortSignal, "reason");
const controllerSignal = getter(AbortController, "signal");
const controllerAbort = bound(AbortController.prototype.abort);
const responseStatus = getter(Response, "status");
const responseBody = getter(Response, "body");
const responseHeaders = getter(Response, "headers");
const responseClone = bound(Response.prototype.clone);
const responseForm = bound(Response.prototype.formData);
const streamReader = bound(ReadableStream.prototype.getReader);
const readerRead = bound(ReadableStreamDefaultReader.prototype.read);
const readerCancel = bound(ReadableStreamDefaultReader.prototype.cancel);
const decode = bound(TextDecoder.prototype.decode);
const messageData = getter(MessageEvent, "data");
const post = bound(MessagePort.prototype.postMessage);
// The rest of what a request was made with.
const requestParts = [];
each(["mode", "credentials", "cache", "redirect", "referrer", "referrerPolicy", "integrity", "keepalive"], (name) => {
  if (name in Request.prototype) requestParts[requestParts.length] = { name, read: getter(Request, name) };
});

// Puts `value` where `owner[name]` is, with the same flags.
const replace = (owner, name, value) => {
  const old = getOwnPropertyDescriptor(owner, name);
  if (old && old.configurable) defineProperty(owner, name, { ...old, value });
};

// A proxy keeps `name`, `length` and the native look of `toString`.
const patch = (owner, name, call) => {
  const original = owner[name];
  if (typeof original !== "function") return;
  replace(owner, name, new Proxy(original, { __proto__: null, apply: (target, self, rest) => call(target, self, rest) }));
};

// The same for a constructor of the page's world.
const patchConstructor = (name, call) => {
  const original = window[name];
  if (typeof original !== "function") return;
  const build = (target, args, newTarget) => call(target, args, newTarget);
  const watched = new Proxy(original, { __proto__: null, construct: build });
  replace(window, name, watched);
  replace(original.prototype, "constructor", watched);
};
