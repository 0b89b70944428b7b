// The card's place on the page: a frame of the extension's own origin inside a closed shadow root, near the field
// the person writes in. What the card says never passes through here: the frame asks the background itself.
// In the top layer, where only what opens later can lie over it; plain-view.js looks for that.
// INVARIANT: one card at a time; the page gets no handle to the frame, and of its address only that there is one.

const promptgateFrame = (() => {
  "use strict";
  const api = globalThis.browser ?? globalThis.chrome;
  const WIDTH = 420;
  const GAP = 4;
  const START_HEIGHT = 160;
  // Lower it is of no use, and lies over the field instead.
  const LEAST_HEIGHT = 200;
  // In a root's own sheet `important` wins over all that the page's sheets and scripts say of the host.
  const SHEET =
    ":host{all:initial!important;display:block!important;position:fixed!important;inset:0 auto auto 0!important;" +
    "width:0!important;height:0!important;z-index:2147483647!important}" +
    "iframe{position:fixed;border:0;margin:0;padding:0;background:transparent;color-scheme:light dark}";
  // Not a WeakRef: what Firefox lets such a script hold of an element is collected while the element lives.
  let field = null;
  let shown = null;
  const waitingForClose = [];

  const writable = (node) =>
    node instanceof HTMLTextAreaElement || (node instanceof HTMLElement && node.isContentEditable);

  addEventListener(
    "focusin",
    (event) => {
      const node = event.composedPath()[0];
      if (writable(node)) field = node;
    },
    true,
  );

  // Where the person wrote last, or would write.
  const fieldNow = () => {
    return field?.isConnected ? field : document.querySelector('[contenteditable="true"], textarea');
  };

  const fieldRect = () => {
    const node = fieldNow();
    if (!node) return null;
    const rect = node.getBoundingClientRect();
    return rect.width > 0 && rect.height > 0 ? rect : null;
  };

  const wide = () => Math.min(WIDTH, innerWidth - 2 * GAP);

  // Above the field if there is room, else below it, else where there is more, as high as that is: it scrolls. What the
  // person wrote stays in sight. Without a field at the bottom's middle.
  const place = () => {
    if (!shown) return;
    const width = wide();
    let height = Math.min(shown.height, innerHeight - 2 * GAP);
    const rect = fieldRect();
    let left = (innerWidth - width) / 2;
    let top = innerHeight - height - GAP;
    if (rect) {
      left = Math.max(GAP, Math.min(rect.left + (rect.width - width) / 2, innerWidth - width - GAP));
      const [above, below] = [rect.top - 2 * GAP, innerHeight - rect.bottom - 2 * GAP];
      const isAbove = height <= above || (height > below && above >= below);
      const room = isAbove ? above : below;
      if (room >= Math.min(height, LEAST_HEIGHT)) {
        height = Math.min(height, room);
        top = isAbove ? rect.top - height - GAP : rect.bottom + GAP;
      }
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

  const is = (token) => shown?.token === token;

  const close = (token) => {
    if (!shown || (token !== undefined && !is(token))) return;
    const hadFocus = document.activeElement === shown.host;
    promptgateView.leave();
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

  const build = () => {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "closed" });
    const sheet = document.createElement("style");
    sheet.textContent = SHEET;
    const frame = document.createElement("iframe");
    frame.title = "Promptgate";
    root.append(sheet, frame);
    return { host, frame };
  };

  // `focus`: it asks, or says why nothing was sent; the frame gets it once it has said its size. Firefox lets no
  // frame take it by itself. `lost`: is called when the page takes the card away or covers it.
  const open = (token, focus, lost) => {
    if (is(token)) {
      // A background that died and asks again finds the card as the person left it.
      if (promptgateView.seen() > 0) {
        // What only told how far a file is now asks.
        if (focus && !shown.asked) shown.focus = shown.asked = true;
        return;
      }
      promptgateView.rise();
      shown.focus = focus;
      place();
      return;
    }
    close();
    const { host, frame } = build();
    frame.src = api.runtime.getURL(`ui/card.html#${token}`);
    shown = { token, host, frame, focus, asked: focus, height: START_HEIGHT };
    promptgateView.begin(host, frame, wide, () => lost(token));
    place();
  };

  const size = (token, height) => {
    if (!is(token) || !(height > 0)) return;
    shown.height = height;
    place();
    if (shown.focus) shown.frame.focus();
    shown.focus = false;
  };

  // For how long the card could be seen, in milliseconds; 0: it cannot.
  const seen = (token) => (is(token) ? promptgateView.seen() : 0);

  return { open, close, size, seen, afterClose, fieldNow };
})();
