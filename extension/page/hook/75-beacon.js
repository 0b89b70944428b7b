// `sendBeacon` and `EventSource`. A beacon promises the page no more than that it was taken: a guarded one is taken,
// held, and handed to the browser when it is permitted; a page that goes before that takes it along. An event stream
// opens at once: one whose address carries a prompt cannot wait.

patch(Navigator.prototype, "sendBeacon", (target, self, args) => {
  if (args.length === 0) return apply(target, self, args);
  const url = parseUrl((args[0] = `${args[0]}`));
  if (!guarded(url, "POST", true)) return apply(target, self, args);
  const frozen = freeze(args[1]);
  hold({ api: "beacon", method: "POST", url: address(url), headers: [] }, frozen.read, (go) => {
    if (go.kind === "refuse") return;
    const body = go.kind === "send-this" ? thaw(go.body, frozen.entries) : frozen.keep;
    const typed = frozen.type !== null && typeof body === "string";
    const options = { __proto__: null, type: frozen.type ?? "" };
    apply(target, self, [vouch(urlHref(url)), typed ? new native.Blob(only(body), options) : body]);
  });
  return true;
});

patchConstructor("EventSource", (target, args, newTarget) => {
  if (args.length === 0) return construct(target, args, newTarget);
  const url = parseUrl((args[0] = `${args[0]}`));
  if (!guarded(url, "GET", false)) return construct(target, args, newTarget);
  const asks = asksInQuery(siteOf(hostOf(url), false), url);
  if (asks && atOnce({ api: "event-source", method: "GET", url: address(url), headers: [] }, freeze(null)) === null) {
    throw new native.DOMException("The connection was refused.", "SecurityError");
  }
  args[0] = vouch(urlHref(url));
  return construct(target, args, newTarget);
});
