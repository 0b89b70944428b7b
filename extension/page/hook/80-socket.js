// What sends in pieces: `WebSocket` to a host of the sites, and the data channels of `RTCPeerConnection`, which have no
// host but the page's. Outgoing frames wait, in order, one socket at a time; frames that come in on a watched socket
// are copied for the session. A refused frame is dropped: there is no way to say no.

const FRAME_CAP = 1024 * 1024;
// By socket: the frames that wait, oldest first, each with its word once it has come.
const queues = new WeakMap();
const socketUrl = getter(WebSocket, "url");
const socketState = getter(WebSocket, "readyState");

const flush = (queue) => {
  while (queue.first < queue.last && queue[queue.first].go !== null) {
    const { go, frozen, send } = queue[queue.first];
    delete queue[queue.first];
    queue.first += 1;
    if (go.kind !== "refuse") send(go.kind === "send-this" ? thaw(go.body) : frozen.keep);
  }
};

const sendInOrder = (socket, about, frozen, send) => {
  const queue = weakGet(queues, socket) ?? { __proto__: null, first: 0, last: 0 };
  weakSet(queues, socket, queue);
  const frame = { __proto__: null, go: null, frozen, send };
  queue[queue.last] = frame;
  queue.last += 1;
  hold(about, frozen.read, (go) => {
    frame.go = go;
    flush(queue);
  });
};

// Told from the page's own words for the same: the address of a socket as the browser has it.
const said = (url) => {
  const text = urlHref(url);
  return startsWith(text, "http") ? `ws${sliceText(text, 4)}` : text;
};

patch(WebSocket.prototype, "send", (target, socket, args) => {
  let url = null;
  try {
    url = socketState(socket) === 1 ? parseUrl(socketUrl(socket)) : null;
  } catch {
    // No socket: the browser says so itself.
  }
  if (args.length === 0 || !guardedSocket(url)) return apply(target, socket, args);
  const about = { api: "web-socket", method: "GET", url: said(url), headers: [] };
  const send = (frame) => {
    if (socketState(socket) === 1) apply(target, socket, [frame]);
  };
  return sendInOrder(socket, about, freeze(args[0] ?? `${args[0]}`), send);
});

const watchFrames = (socket, url) => {
  listen(socket, "message", (event) => {
    const text = messageData(event);
    if (typeof text === "string" && text.length <= FRAME_CAP) tell({ __proto__: null, kind: "frame", url, text });
  });
};

// The address itself leaves at once: one that carries a prompt cannot wait.
patchConstructor("WebSocket", (target, args, newTarget) => {
  if (args.length === 0) return construct(target, args, newTarget);
  const url = parseUrl((args[0] = `${args[0]}`));
  if (!guardedSocket(url)) return construct(target, args, newTarget);
  const about = { api: "web-socket", method: "GET", url: said(url), headers: [] };
  const asks = asksInQuery(siteOf(hostOf(url), true), url);
  if (asks && atOnce(about, freeze(null)) === null) {
    throw new native.DOMException("The connection was refused.", "SecurityError");
  }
  args[0] = vouch(args[0]);
  const socket = construct(target, args, newTarget);
  watchFrames(socket, said(url));
  return socket;
});

// A channel ends wherever the page's signalling says, mostly at the site: live voice sends its events, text too, this
// way. Sound and pictures are left alone.
if (typeof window.RTCDataChannel === "function") {
  const channelState = getter(RTCDataChannel, "readyState");
  patch(RTCDataChannel.prototype, "send", (target, channel, args) => {
    let open = false;
    try {
      open = channelState(channel) === "open";
    } catch {
      // No channel: the browser says so itself.
    }
    const page = parseUrl("/");
    if (!open || args.length === 0 || !ofASite(page)) return apply(target, channel, args);
    const about = { api: "data-channel", method: "GET", url: urlHref(page), headers: [] };
    const send = (frame) => {
      if (channelState(channel) === "open") apply(target, channel, [frame]);
    };
    return sendInOrder(channel, about, freeze(args[0] ?? `${args[0]}`), send);
  });
}
