// The way to the native host: one port at a time, opened before anybody asks for it.
// INVARIANT: of a port that was closed or replaced nothing is told any more. Knows no message; decides nothing.

const api = globalThis.browser ?? globalThis.chrome;
const HOST = "io.promptgate.host";
let host = null;
let tell = () => {};

const open = () => {
  const link = { port: null, gone: null };
  try {
    link.port = api.runtime.connectNative(HOST);
  } catch {
    link.gone = { kind: "host-lost", missing: true };
    return link;
  }
  link.port.onMessage.addListener((message) => {
    if (link === host) tell({ kind: "host-said", frame: JSON.stringify(message) });
  });
  link.port.onDisconnect.addListener(() => {
    // Chromium says why, Firefox does not.
    const why = api.runtime.lastError?.message ?? link.port.error?.message ?? "";
    link.gone = { kind: "host-lost", missing: /not found|no such/i.test(why) };
    if (link !== host) return;
    host = null;
    tell(link.gone);
  });
  return link;
};

// The host starts while the WASM compiles, since each takes a tenth of a second. It is silent until it is spoken to, so
// that nothing is missed before the session asks for it.
let early = open();

export const hear = (happen) => {
  tell = happen;
};

export const connect = () => {
  const link = early ?? open();
  early = null;
  if (link.gone) {
    tell(link.gone);
    return;
  }
  host = link;
  tell({ kind: "host-opened" });
};

export const say = (frame) => {
  try {
    host?.port.postMessage(JSON.parse(frame));
  } catch {
    // It is gone, and the browser is about to say so.
  }
};

export const close = () => {
  host?.port.disconnect();
  host = null;
};
