// The shapes of what the hook may say, and the ids that are drawn for it. Decides nothing.
// INVARIANT: what passes here is bounded, whatever a page put in its place.

const promptgateShape = (() => {
  "use strict";
  const APIS = [
    "fetch", "xhr", "web-socket", "event-source", "beacon", "fetch-later", "form", "data-channel", "web-transport",
    "web-socket-stream",
  ];
  const REASONS = ["end", "aborted", "network", "cut"];
  const AT_ONCE = ["again", "never", "sent"];

  const isText = (value, most) => typeof value === "string" && value.length <= most;
  const isId = (value) => Number.isSafeInteger(value) && value > 0;
  const isReason = (value) => REASONS.includes(value);

  const isRequest = (request) =>
    request !== null && typeof request === "object" && APIS.includes(request.api) && isText(request.method, 32) &&
    isText(request.url, 1 << 16) && Array.isArray(request.headers) && request.headers.length <= 256 &&
    request.body !== null && typeof request.body === "object" && isText(request.body.type, 16);

  const atOnceOf = (value) => (AT_ONCE.includes(value) ? value : null);

  // A UUID; `randomUUID` is not there in a frame without an origin.
  const draw = () => {
    const bytes = Array.from(crypto.getRandomValues(new Uint8Array(16)));
    const digits = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  };

  return { isText, isId, isRequest, isReason, atOnceOf, draw };
})();
