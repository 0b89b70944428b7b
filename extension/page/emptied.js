// Notices that a composer lost its text right after a person pressed Enter or a button: the page has sent it somewhere.
// The session knows whether a request of this tab explains that; where none does, a site has found a new way.
// INVARIANT: keeps and tells no text, only that there was one; only the browser's own events count.
// It does not judge: other things empty a composer too.

const promptgateEmptied = (() => {
  "use strict";
  const { fieldOf, lengthOf } = promptgateComposer;
  // Shorter than this is a filter or a word, not worth a row.
  const LEAST = 8;
  const LOOKS_MS = [100, 500, 2_000];
  // Until then a request that explains it has been held.
  const SAY_MS = 5_000;
  const BUTTONS = "button, [role=button], input[type=submit], input[type=button]";
  let speak = null;
  // Not a WeakRef: what Firefox lets such a script hold of an element is collected while the element lives.
  let field = null;
  let press = null;

  const onInput = (event) => {
    const node = event.isTrusted ? fieldOf(event) : null;
    if (!node) return;
    field = node;
    // The person changed it, not the page.
    press = null;
  };

  const look = (one) => {
    if (one !== press) return;
    one.gone ||= !field?.isConnected || lengthOf(field) === 0;
  };

  const pressed = () => {
    if (!field?.isConnected || lengthOf(field) < LEAST) return;
    const one = { url: location.href, at: performance.now(), gone: false };
    press = one;
    for (const ms of LOOKS_MS) setTimeout(look, ms, one);
    setTimeout(() => {
      if (one.gone) speak({ kind: "emptied", url: one.url, ms: Math.round(performance.now() - one.at) });
    }, SAY_MS);
  };

  const onKey = (event) => {
    const composes = event.isComposing || event.keyCode === 229;
    const sends = event.key === "Enter" && !event.shiftKey && !composes;
    if (event.isTrusted && sends && fieldOf(event) === field) pressed();
  };

  const onClick = (event) => {
    const isButton = (node) => node instanceof Element && node.matches(BUTTONS);
    if (event.isTrusted && event.composedPath().some(isButton)) pressed();
  };

  const start = (say) => {
    speak = say;
    addEventListener("input", onInput, true);
    addEventListener("keydown", onKey, { capture: true, passive: true });
    addEventListener("click", onClick, { capture: true, passive: true });
  };

  return { start };
})();
