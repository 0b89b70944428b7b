// The files of held requests: the hook hands over a handle, the background asks for their bytes piece by piece.
// INVARIANT: no file is read but at the background's word, one piece at a time, and by the browser's own reader, which
// does its work beside the page's thread. Nothing is kept after its request's end.

const promptgateFiles = (() => {
  "use strict";
  const { isText, draw } = promptgateShape;
  const PIECE_BYTES = 180_000;
  const MOST_PARTS = 256;
  // By id: {event, handle}.
  const files = new Map();
  let turn = Promise.resolve();

  const named = (event, handle) => {
    const file = draw();
    files.set(file, { event, handle });
    return file;
  };

  // By its brand: in Firefox what comes from the page is of another realm.
  const sizeOf = Object.getOwnPropertyDescriptor(Blob.prototype, "size").get;
  const isHandle = (value) => {
    try {
      return sizeOf.call(value) >= 0;
    } catch {
      return false;
    }
  };

  const part = (event, { name, file_name, media_type, size, text, file }) =>
    isHandle(file)
      ? { name, file_name, media_type, size: file.size, text, file: named(event, file) }
      : { name, file_name, media_type, size, text };

  // The body as the background hears of it: with ids in the place of handles.
  const take = (event, body) => {
    if (body.type === "file") {
      const { file, text } = body;
      if (!isHandle(file)) return { type: "unreadable" };
      const whole = { type: "file", file: named(event, file), size: file.size };
      return isText(text, 1 << 25) ? { ...whole, text } : whole;
    }
    if (body.type !== "form" || !Array.isArray(body.parts)) return body;
    if (body.parts.length > MOST_PARTS) return { type: "unreadable" };
    return { type: "form", parts: Array.from(body.parts, (entry) => part(event, entry)) };
  };

  const drop = (event) => {
    for (const [file, { event: of }] of files) if (of === event) files.delete(file);
  };

  const base64 = (blob) =>
    new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = reject;
      reader.readAsDataURL(blob);
    });

  // In the order in which they are asked for.
  const read = (file, offset, say) => {
    turn = turn.then(async () => {
      const known = files.get(file);
      if (!known) return;
      try {
        say({ kind: "file-piece", file, offset, bytes: await base64(known.handle.slice(offset, offset + PIECE_BYTES)) });
      } catch {
        // It was changed or taken away meanwhile.
        say({ kind: "file-lost", file });
      }
    });
  };

  return { take, drop, read };
})();
