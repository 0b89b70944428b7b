// Where the relay takes the hook's port, which comes before any script of the page runs, by one of two ways; see
// hook/40-hold.js.
// INVARIANT: one port is taken, the first; whatever a page offers later is left alone.

const promptgateMeet = (begin) => {
  "use strict";
  const isOffer = (event) =>
    event.ports?.length === 1 &&
    (event.type === "promptgate" || (event.source === window && event.data?.promptgate === "port"));

  const onOffer = (event) => {
    if (!isOffer(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    for (const type of ["promptgate", "message"]) removeEventListener(type, onOffer, true);
    begin(event.ports[0]);
  };

  for (const type of ["promptgate", "message"]) addEventListener(type, onOffer, true);
  dispatchEvent(new Event("promptgate-relay"));
};
