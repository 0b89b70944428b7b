// Where the relay takes the hook's port: by an event that is heard in the same turn, whichever of the two starts first;
// see hook/40-hold.js. In a message the page would have a turn to offer its own, which looks the same.
// INVARIANT: one port is taken, the first; whatever a page offers later is left alone.

const promptgateMeet = (begin) => {
  "use strict";
  const onOffer = (event) => {
    if (event.ports?.length !== 1) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    removeEventListener("promptgate", onOffer, true);
    begin(event.ports[0]);
  };

  addEventListener("promptgate", onOffer, true);
  dispatchEvent(new Event("promptgate-relay"));
};
