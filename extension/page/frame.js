// The card's place on the page: a frame of the extension's own origin inside a closed shadow root, near the field
// the person writes in. What the card says never passes through here: the frame asks the background itself.
// INVARIANT: one card at a time; the page gets no handle to the frame, and of its address only that there is one.

const promptgateFrame = (() => {
  "use strict";
  const api = globalThis.browser ?? globalThis.chrome;
  const WIDTH = 420;
  const GAP = 4;
  const START_HEIGHT = 160;
  let field = null;
  let shown = null;
  const waitingForClose = [];

  const writable = (node) =>
    node instanceof HTMLTextAreaElement || (node instanceof HTMLElement && node.isContentEditable);

  addEventListener(
    "focusin",
    (event) => {
      const node = event.composedPath()[0];
      if (writable(node)) field = new WeakRef(node);
    },
    true,
  );

  // Where the person wrote last, or would write.
  const fieldNow = () => {
    const node = field?.deref();
    return node?.isConnected ? node : document.querySelector('[contenteditable="true"], textarea');
  };

  const fieldRect = () => {
    const node = fieldNow();
    if (!node) return null;
    const rect = node.getBoundingClientRect();
    return rect.width > 0 && rect.height > 0 ? rect : null;
  };

  // Above the field if there is room, else below it, else at the bottom's middle.
  const place = () => {
    if (!shown) return;
    const width = Math.min(WIDTH, innerWidth - 2 * GAP);
    const height = Math.min(shown.height, innerHeight - 2 * GAP);
    const rect = fieldRect();
    let left = (innerWidth - width) / 2;
    let top = innerHeight - height - GAP;
    if (rect) {
      left = Math.max(GAP, Math.min(rect.left + (rect.width - width) / 2, innerWidth - width - GAP));
      if (rect.top - height - GAP >= GAP) top = rect.top - height - GAP;
      else if (rect.bottom + GAP + height <= innerHeight - GAP) top = rect.bottom + GAP;
    }
    const box = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
    Object.assign(shown.frame.style, box);
  };

  let waiting = false;
  const soon = () => {
    if (waiting || !shown) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      place();
    });
  };
  addEventListener("resize", soon, { passive: true });
  addEventListener("scroll", soon, { passive: true, capture: true });

  const close = (token) => {
    if (!shown || (token !== undefined && shown.token !== token)) return;
    const hadFocus = document.activeElement === shown.host;
    shown.host.remove();
    shown = null;
    if (hadFocus) fieldNow()?.focus();
    for (const after of waitingForClose.splice(0)) after();
  };

  // Now, or when the card that is shown is gone.
  const afterClose = (act) => {
    if (shown) waitingForClose.push(act);
    else act();
  };

  // `focus`: it asks, or says why nothing was sent. Firefox lets no frame take the focus by itself.
  const open = (token, focus) => {
    // A background that died and asks again finds the card as the person left it.
    if (shown?.token === token) return;
    close();
    const host = document.createElement("div");
    host.style.cssText = "all:initial;position:fixed;z-index:2147483647;left:0;top:0;width:0;height:0";
    const root = host.attachShadow({ mode: "closed" });
    const frame = document.createElement("iframe");
    frame.style.cssText =
      "position:fixed;border:0;margin:0;padding:0;background:transparent;color-scheme:light dark;" +
      "z-index:2147483647;pointer-events:auto;visibility:visible;opacity:1;display:block";
    frame.title = "Promptgate";
    frame.src = api.runtime.getURL(`ui/card.html#${token}`);
    root.append(frame);
    shown = { token, host, frame, focus, height: START_HEIGHT };
    document.documentElement.append(host);
    place();
  };

  const size = (token, height) => {
    if (!shown || shown.token !== token || !(height > 0)) return;
    shown.height = height;
    place();
    if (shown.focus) shown.frame.focus();
    shown.focus = false;
  };

  return { open, close, size, afterClose, fieldNow };
})();
