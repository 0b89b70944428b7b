// fetch with a stream, which a browser sends over HTTP/2 only and the hook as bytes. Firefox has none: it would send the words [object ReadableStream].
// site: chatgpt, page: strict, chromium: judged, firefox: absent, plain: nothing

road(async (text) => {
  if (!("duplex" in Request.prototype) && !("body" in Request.prototype)) return "absent";
  const body = new ReadableStream({
    start(controller) {
      for (const piece of message(text).match(/.{1,9}/gs)) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return status(await fetch(CHATGPT, post(body, { duplex: "half" })));
});
