// The files of held requests: the hook hands over a handle, the background asks for their bytes piece by piece.
// INVARIANT: no file is read but at the background's word, one piece at a time, and by the browser's own reader, which
// does its work beside the page's thread. Nothing is kept after its request's end.

const promptgateFiles = (() => {
  "use strict";
  const { isText, isId, draw } = promptgateShape;
  const PIECE_BYTES = 180_000;
  const MOST_PARTS = 256;
  const MOST_WHOLES = 256;
  // By id: {events, handle, turn}.
  const files = new Map();
  // The ids of files of which pieces are sent, by the hook's numbers: all pieces of one have one id.
  const wholes = new Map();

  const named = (event, handle, whole) => {
    const file = (isId(whole) && wholes.get(whole)) || draw();
    if (isId(whole) && !wholes.has(whole)) {
      wholes.set(whole, file);
      if (wholes.size > MOST_WHOLES) wholes.delete(wholes.keys().next().value);
    }
    const { events, turn } = files.get(file) ?? { events: new Set(), turn: Promise.resolve() };
    files.set(file, { events: events.add(event), handle, turn });
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

  // What the person's own file is called; bytes that the page made have no name.
  const nameGetter = Object.getOwnPropertyDescriptor(File.prototype, "name").get;
  const nameOf = (value) => {
    try {
      return nameGetter.call(value);
    } catch {
      return undefined;
    }
  };

  // A form with several files has ids of its own for each.
  const part = (event, { name, file_name, media_type, size, text, file, whole }, alone) =>
    isHandle(file)
      ? {
        name, file_name, media_type, size: file.size, text, file: named(event, file, alone ? whole : undefined), piece: isId(whole),
      }
      : { name, file_name, media_type, size, text };

  // The body as the background hears of it: with ids in the place of handles.
  const take = (event, body) => {
    if (body.type === "file") {
      const { file, text, whole } = body;
      if (!isHandle(file)) return { type: "unreadable" };
      const taken = { type: "file", file: named(event, file, whole), size: file.size, piece: isId(whole), name: nameOf(file) };
      return isText(text, 1 << 25) ? { ...taken, text } : taken;
    }
    if (body.type !== "form" || !Array.isArray(body.parts)) return body;
    if (body.parts.length > MOST_PARTS) return { type: "unreadable" };
    const alone = Array.from(body.parts).filter(({ file }) => isHandle(file)).length === 1;
    return { type: "form", parts: Array.from(body.parts, (entry) => part(event, entry, alone)) };
  };

  const drop = (event) => {
    for (const [file, { events }] of files) if (events.delete(event) && events.size === 0) files.delete(file);
  };

  const base64 = (blob) =>
    new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = reject;
      reader.readAsDataURL(blob);
    });

  // In the order in which they are asked for. One whose disk does not answer is waited for by itself alone.
  const read = (file, offset, say) => {
    const asked = files.get(file);
    if (!asked) return;
    asked.turn = asked.turn.then(async () => {
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
