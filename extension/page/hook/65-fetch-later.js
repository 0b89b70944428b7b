// `fetchLater`: the browser sends it when the page goes or after a while. A guarded one is held first and handed to
// the browser once it is permitted; a page that goes before that takes it along.

if (typeof window.fetchLater === "function") {
  patch(window, "fetchLater", (target, self, args) => {
    if (args.length === 0) return apply(target, self, args);
    const activateAfter = args[1]?.activateAfter;
    const call = asked(args);
    if (call === null) return apply(target, self, args);
    if (!guardedRequest(call)) return apply(target, self, [call.request, { __proto__: null, activateAfter }]);
    const { request, given } = call;
    const frozen = freezeRequest(request, given);
    let result = null;
    hold(aboutFetch("fetch-later", request), frozen.read, (go) => {
      if (go.kind === "refuse") return;
      const { url, init } = outgoing(request, go, frozen, requestSignal(request));
      if (init === undefined) return;
      if (activateAfter !== undefined) init.activateAfter = activateAfter;
      try {
        result = apply(target, window, [url, init]);
      } catch {
        // Over the page's quota, or it was aborted: it is not sent.
      }
    });
    return {
      get activated() {
        return result !== null && result.activated;
      },
    };
  });
}
