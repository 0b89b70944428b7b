// After us: Promise.prototype.then that hands on a word of its own.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = message(text);
  const then = Promise.prototype.then;
  Promise.prototype.then = function mine(first, second) {
    return then.call(this, (value) => first?.(value?.kind === undefined ? value : { kind: "send", copy: false }), second);
  };
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
