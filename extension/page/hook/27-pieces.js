// Which bytes are a piece of a file: a page that uploads in pieces cuts them with `slice`, and what was cut from what
// is remembered here, so that a request with a piece brings the whole.
// INVARIANT: what a page did with a piece on its way (read it, copied it, put it into a form) does not matter: a piece
// is what has the very bytes of a place where something was cut. A wrong guess is impossible, a missing one is left to
// what the request says of itself.

const MOST_WHOLES = 64;
const MOST_CUTS = 4096;
const COMPARED = 1024 * 1024;
// What was cut, the latest last: {number, whole, count, cuts}; cuts: by size, the places where one begins.
const wholes = [];
const cutFrom = new WeakMap();
const Places = Map;
let lastWhole = 0;

const wholeOf = (blob) => {
  for (let at = wholes.length - 1; at >= 0; at -= 1) if (wholes[at].whole === blob) return wholes[at];
  lastWhole += 1;
  const known = { __proto__: null, number: lastWhole, whole: blob, count: 0, cuts: new Places() };
  push(wholes, known);
  if (wholes.length > MOST_WHOLES) {
    for (let at = 1; at < wholes.length; at += 1) wholes[at - 1] = wholes[at];
    wholes.length -= 1;
  }
  return known;
};

const noteCut = (from, piece, start) => {
  const size = blobSize(piece);
  const all = blobSize(from);
  const before = weakGet(cutFrom, from);
  if (size === 0 || (before === undefined && size === all)) return;
  const known = before === undefined ? wholeOf(from) : before.known;
  const here = typeof start !== "number" ? 0 : start < 0 ? (all + start > 0 ? all + start : 0) : start;
  const at = here + (before === undefined ? 0 : before.at);
  weakSet(cutFrom, piece, { __proto__: null, known, at });
  if (known.count >= MOST_CUTS) return;
  known.count += 1;
  if (!mapGet(known.cuts, size)) mapSet(known.cuts, size, []);
  push(mapGet(known.cuts, size), at);
};

patch(Blob.prototype, "slice", (target, self, args) => {
  const piece = apply(target, self, args);
  noteCut(self, piece, args[0]);
  return piece;
});

const bytesOf = async (blob, from, size) => new native.Uint8Array(await sure(blobBytes(blobSlice(blob, from, from + size))));

const isSame = async (whole, at, piece) => {
  const size = blobSize(piece);
  for (let done = 0; done < size; done += COMPARED) {
    const step = size - done < COMPARED ? size - done : COMPARED;
    const here = await sure(bytesOf(piece, done, step));
    const there = await sure(bytesOf(whole, at + done, step));
    if (viewLength(there) !== step) return false;
    for (let byte = 0; byte < step; byte += 1) if (here[byte] !== there[byte]) return false;
  }
  return true;
};

// Whether something of this size was cut from something.
const mayBePiece = (blob) =>
  weakGet(cutFrom, blob) !== undefined || anyOf(wholes, ({ cuts }) => mapGet(cuts, blobSize(blob)) !== undefined);

// What it was cut from; null when that is not known.
const cutOf = async (blob) => {
  const own = weakGet(cutFrom, blob);
  if (own !== undefined) return own.known;
  for (let index = wholes.length - 1; index >= 0; index -= 1) {
    const known = wholes[index];
    const places = mapGet(known.cuts, blobSize(blob)) ?? [];
    for (let at = 0; at < places.length; at += 1) if (await sure(isSame(known.whole, places[at], blob))) return known;
  }
  return null;
};

// What is told of a piece: the whole, and the number that tells one whole from another.
const orWhole = async (blob, told) => {
  const known = await sure(cutOf(blob));
  if (known === null) return told;
  const whole = { __proto__: null, ...told, size: blobSize(known.whole), file: known.whole, whole: known.number };
  delete whole.text;
  return whole;
};
