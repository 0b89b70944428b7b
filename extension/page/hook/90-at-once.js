// What a page expects to leave in the same turn, and that therefore cannot wait for a verdict: beacons, and
// event streams whose address can carry a prompt. Guarded ones are refused, and the session is told.

patch(Navigator.prototype, "sendBeacon", (target, self, args) => {
  const url = parseUrl(`${args[0]}`);
  if (!guarded(url, "POST", true)) return apply(target, self, args);
  refuseNow({ api: "beacon", method: "POST", url: address(url), headers: [] }, freeze(args[1]).read);
  return false;
});

if (typeof EventSource === "function") {
  const WatchedSource = new Proxy(EventSource, {
    construct: (target, args, newTarget) => {
      const url = parseUrl(`${args[0]}`);
      if (!guarded(url, "GET", false)) return construct(target, args, newTarget);
      refuseNow({ api: "event-source", method: "GET", url: address(url), headers: [] }, () => NONE);
      throw new native.DOMException("The connection was refused.", "SecurityError");
    },
  });
  replace(window, "EventSource", WatchedSource);
  replace(EventSource.prototype, "constructor", WatchedSource);
}
