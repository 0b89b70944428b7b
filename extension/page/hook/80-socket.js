// `WebSocket`: outgoing frames to a known host wait, in order, one socket at a time; frames that come in on a
// watched host are copied for the session. A refused frame is dropped: a socket has no way to say no.

const queues = new WeakMap();
const socketUrl = getter(WebSocket, "url");
const socketState = getter(WebSocket, "readyState");
const FRAME_CAP = 1024 * 1024;

const sendFrame = async (target, socket, frozen, before) => {
  const about = { api: "web-socket", method: "GET", url: socketUrl(socket), headers: [] };
  const { word } = hold(about, frozen.read);
  const go = await word;
  await before;
  if (go.kind === "refuse") return;
  const frame = go.kind === "send-this" ? thaw(go.body) : frozen.keep;
  if (socketState(socket) === 1) apply(target, socket, [frame]);
};

patch(WebSocket.prototype, "send", (target, socket, args) => {
  let waits = false;
  try {
    waits = socketState(socket) === 1 && guardedSocket(parseUrl(socketUrl(socket)));
  } catch {
    // No socket: the browser says so itself.
  }
  if (!waits) return apply(target, socket, args);
  const sent = sendFrame(target, socket, freeze(args[0]), weakGet(queues, socket));
  weakSet(queues, socket, sent.catch(() => {}));
  return undefined;
});

const watchFrames = (socket) => {
  const url = socketUrl(socket);
  listen(socket, "message", (event) => {
    const text = messageData(event);
    if (typeof text === "string" && text.length <= FRAME_CAP) tell({ kind: "frame", url, text });
  });
};

const WatchedSocket = new Proxy(native.WebSocket, {
  construct: (target, args, newTarget) => {
    const socket = construct(target, args, newTarget);
    if (guardedSocket(parseUrl(socketUrl(socket)))) watchFrames(socket);
    return socket;
  },
});
replace(window, "WebSocket", WatchedSocket);
replace(native.WebSocket.prototype, "constructor", WatchedSocket);
