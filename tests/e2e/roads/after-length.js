// After us: bytes of which there are none.
// site: chatgpt, page: strict, chromium: judged, firefox: judged, alone

road(async (text) => {
  const body = new TextEncoder().encode(message(text));
  const typed = Object.getPrototypeOf(Uint8Array.prototype);
  for (const name of ["length", "byteLength"]) Object.defineProperty(typed, name, { get: () => 0 });
  typed.set = () => {};
  typed.subarray = () => new Uint8Array();
  fetch(CHATGPT, { method: "POST", headers: JSON_TYPE, body });
});
