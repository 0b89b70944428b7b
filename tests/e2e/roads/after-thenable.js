// After us: every object says that it is a promise, and what of.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  Object.defineProperty(Object.prototype, "then", {
    configurable: true,
    get() {
      const ours = this.kind === "refuse" || this.type === "text";
      return ours ? (resolve) => resolve({ kind: "send", type: "none", copy: false }) : undefined;
    },
  });
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
