// Whether the card on the page can be seen: nothing of the page over it, nothing of the page's doing to it.
// Looks many times a second while a card is there and tells when the card is lost; the session decides what
// then. Chromium's own word about it comes from inside the card's frame; here is what a script can find out.
// INVARIANT: nothing here asks the page: every look is at the document itself, by functions of this world.
// Not found: what lets clicks through and hangs above the card in a closed shadow root's own top layer.

const promptgateView = (() => {
  "use strict";
  const LOOK_MS = 100;
  // A look that comes much later was kept from coming: what was seen before it counts no more.
  const GAP_MS = 400;
  // Where in the frame it is looked: near the corners and the edges, and between them.
  const SPOTS = [0.04, 0.5, 0.96];
  const LAYER = ":popover-open, :modal, :fullscreen";
  let card = null;

  // What is in the top layer now, and was there before the card came on top of it.
  const below = () => new Set([...document.querySelectorAll(LAYER)].filter((node) => node !== card.host));

  // Opened anew it is above.
  const rises = ({ target }) => card?.below.delete(target);

  // The card opens whatever the page says to that.
  const opens = (event) => {
    if (event.target === card?.host) event.stopImmediatePropagation();
    else rises(event);
  };

  const isAbove = (node) => node !== card.host && !card.below.has(node);

  const isPlain = () => {
    const { host, frame, width } = card;
    if (!host.isConnected || !host.matches(":popover-open")) return false;
    const box = frame.getBoundingClientRect();
    // A page may scale its whole document.
    if (Math.abs(box.width - width()) > 2) return false;
    if ([...document.querySelectorAll(LAYER)].some(isAbove)) return false;
    return SPOTS.every((x) =>
      SPOTS.every((y) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height) === host));
  };

  // How long it has been in plain view.
  const look = () => {
    const now = performance.now();
    if (document.hidden || !isPlain()) card.since = null;
    else if (card.since === null || now - card.looked > GAP_MS) card.since = now;
    card.looked = now;
    return card.since === null ? 0 : now - card.since;
  };

  const watch = () => {
    if (document.hidden) return;
    look();
    if (card.since !== null || card.told) return;
    card.told = true;
    card.lost();
  };

  // Brings the card onto the page, on top of everything, and looks from now on.
  const rise = () => {
    const { host } = card;
    if (!host.isConnected) document.documentElement.append(host);
    if (host.matches(":popover-open")) host.hidePopover();
    host.popover = "manual";
    host.showPopover();
    card.below = below();
    Object.assign(card, { since: null, told: false });
  };

  const leave = () => {
    clearInterval(card?.timer);
    card = null;
  };

  // `width`: how wide the frame is to be; `lost`: is told once, until the card is put back.
  const begin = (host, frame, width, lost) => {
    leave();
    card = { host, frame, width, lost, below: new Set(), since: null, looked: 0, told: false };
    card.timer = setInterval(watch, LOOK_MS);
    rise();
  };

  addEventListener("beforetoggle", opens, true);
  addEventListener("toggle", opens, true);
  addEventListener("fullscreenchange", () => card?.below.delete(document.fullscreenElement), true);

  return { begin, rise, leave, seen: () => (card ? Math.floor(look()) : 0) };
})();
