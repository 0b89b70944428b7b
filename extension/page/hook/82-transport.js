// Roads that none of the sites takes and whose text is not read: `WebTransport` and `WebSocketStream` to a host of
// theirs. What goes through them is unread; they open where the policy lets that go, else not at all.

const refuseTransport = (name, api) => {
  patchConstructor(name, (target, args, newTarget) => {
    if (args.length === 0) return construct(target, args, newTarget);
    const url = parseUrl((args[0] = `${args[0]}`));
    if (!guardedSocket(url)) return construct(target, args, newTarget);
    const about = { api, method: "CONNECT", url: address(url), headers: [] };
    const unseen = { keep: null, type: null, read: () => UNREADABLE };
    if (atOnce(about, unseen) === null) {
      throw new native.DOMException("The connection was refused.", "SecurityError");
    }
    args[0] = vouch(args[0]);
    return construct(target, args, newTarget);
  });
};

refuseTransport("WebTransport", "web-transport");
refuseTransport("WebSocketStream", "web-socket-stream");
