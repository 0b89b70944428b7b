// Reads the composer ahead of Send, when the settings say so: after a paste or a drop, or while a person types.
// What is found is drawn in the hint: a frame of the extension's own origin in a closed shadow root, put there with
// the first text that is read, of one size, whatever there is to say.
// INVARIANT: no verdict comes back here: neither this script nor the page can tell one from another.
// INVARIANT: only the browser's own paste, drop and input events start a read; nothing is read while a character is
// being composed, and never a field of one line: names, searches, passwords.
// Keeps no text: what was read is known by being told, until anything changes.

const promptgatePreview = (() => {
  "use strict";
  const api = globalThis.browser ?? globalThis.chrome;
  const { fieldOf, textsOf } = promptgateComposer;
  // The page puts a paste in by itself, perhaps in pieces: the read waits until it is quiet.
  const PASTE_MS = 50;
  const PASTING_MS = 1_000;
  const TYPING_MS = 300;
  const WIDTH = 420;
  const HEIGHT = 80;
  const GAP = 4;
  const token = promptgateShape.draw();
  let when = "off";
  let speak = null;
  // Not a WeakRef: what Firefox lets such a script hold of an element is collected while the element lives.
  let field = null;
  let frame = null;
  let timer = 0;
  let wanted = false;
  let told = false;
  let composing = false;
  let pastedAt = -PASTING_MS;

  const over = () => {
    if (told) speak({ kind: "preview", token, url: location.href, texts: [] });
    told = false;
  };

  const read = () => {
    wanted = false;
    const texts = field?.isConnected ? textsOf(field) : [];
    if (texts.length === 0) return over();
    show();
    told = true;
    return speak({ kind: "preview", token, url: location.href, texts });
  };

  const plan = (ms) => {
    clearTimeout(timer);
    if (wanted && !composing) timer = setTimeout(read, ms);
  };

  const pasting = () => performance.now() - pastedAt < PASTING_MS;

  const onPut = (event) => {
    const node = event.isTrusted && when !== "off" ? fieldOf(event) : null;
    if (!node) return;
    field = node;
    pastedAt = performance.now();
    wanted = true;
    plan(PASTE_MS);
  };

  const onInput = (event) => {
    const node = fieldOf(event);
    if (!node || when === "off" || (field !== node && !event.isTrusted)) return;
    over();
    if (event.isTrusted && when === "typing") {
      field = node;
      wanted = true;
    } else if (field === node && pasting()) {
      wanted = true;
    }
    plan(pasting() ? PASTE_MS : TYPING_MS);
  };

  // What comes after a key is the person's, not the rest of a paste that a page puts in piece by piece.
  const onKey = (event) => {
    if (event.isTrusted) pastedAt = -PASTING_MS;
  };

  // Chromium gives the end of a composition as if a script had made it: a page that makes one is only read sooner.
  const onComposition = (event) => {
    const starts = event.type === "compositionstart";
    if ((starts && !event.isTrusted) || !fieldOf(event)) return;
    composing = starts;
    plan(TYPING_MS);
  };

  // Above the field; nothing can be pressed in it, so it may cover.
  const place = () => {
    const rect = frame && field?.getBoundingClientRect();
    if (!rect) return;
    const left = Math.max(GAP, Math.min(rect.left + (rect.width - WIDTH) / 2, innerWidth - WIDTH - GAP));
    Object.assign(frame.style, { left: `${left}px`, top: `${Math.max(GAP, rect.top - HEIGHT - GAP)}px` });
  };

  const show = () => {
    if (!frame) {
      const host = document.createElement("div");
      host.style.cssText = "all:initial;position:fixed;z-index:2147483646;left:0;top:0;width:0;height:0;pointer-events:none";
      frame = document.createElement("iframe");
      frame.style.cssText =
        "position:fixed;border:0;margin:0;padding:0;background:transparent;color-scheme:light dark;display:block;" +
        `width:min(${WIDTH}px,calc(100vw - ${2 * GAP}px));height:${HEIGHT}px;pointer-events:none`;
      frame.tabIndex = -1;
      frame.title = "Promptgate";
      frame.src = api.runtime.getURL(`ui/hint.html#${token}`);
      host.attachShadow({ mode: "closed" }).append(frame);
      document.documentElement.append(host);
    }
    place();
  };

  const set = (value) => {
    if (value === when) return;
    when = value;
    wanted = false;
    clearTimeout(timer);
  };

  // Once, in the page itself: a composer in a frame is judged when it sends.
  const start = (say) => {
    speak = say;
    for (const type of ["paste", "drop"]) addEventListener(type, onPut, { capture: true, passive: true });
    for (const type of ["compositionstart", "compositionend"]) addEventListener(type, onComposition, true);
    addEventListener("keydown", onKey, { capture: true, passive: true });
    addEventListener("input", onInput, true);
    for (const type of ["resize", "scroll"]) addEventListener(type, place, { capture: true, passive: true });
  };

  return { set, start };
})();
