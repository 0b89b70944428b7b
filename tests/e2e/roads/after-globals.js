// After us: what can be replaced is replaced.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const init = { method: "POST", headers: JSON_TYPE, body: message(text) };
  const { fetch } = window;
  for (const kind of [Map, WeakMap, MessagePort, EventTarget, Headers, Request, URL]) {
    for (const name of Object.getOwnPropertyNames(kind.prototype)) {
      const { configurable } = Object.getOwnPropertyDescriptor(kind.prototype, name);
      if (configurable && name !== "constructor") Object.defineProperty(kind.prototype, name, { value: undefined });
    }
  }
  for (const name of ["URL", "Request", "Response", "Headers", "Promise", "Reflect", "Proxy", "TextDecoder", "setTimeout"]) {
    window[name] = undefined;
  }
  fetch(CHATGPT, init);
});
