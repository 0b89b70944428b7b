// Copies an answer while the page reads it, and hands the text on piece by piece.
// INVARIANT: the page gets the untouched original at once; the copy waits for nothing and is given up at the cap.
// A character cut in two by the network is whole in what is handed on.

// A promise nobody waits for.
const quiet = async (promise) => {
  try {
    await sure(promise);
  } catch {
    // Nobody asked.
  }
};

const finish = (id, reason) => {
  mapDelete(copies, id);
  tell({ __proto__: null, kind: "end", id, reason });
};

const reasonOf = (error) => (error && error.name === "AbortError" ? "aborted" : "network");

const copyResponse = (id, response) => {
  const status = responseStatus(response);
  tell({ __proto__: null, kind: "head", id, status, type: headersGet(responseHeaders(response), "content-type") ?? "" });
  if (status >= 400 || responseBody(response) === null) {
    finish(id, "end");
    return;
  }
  let reader;
  try {
    reader = streamReader(responseBody(responseClone(response)));
  } catch {
    finish(id, "cut");
    return;
  }
  pump(id, reader);
};

const pump = async (id, reader) => {
  const text = new native.TextDecoder();
  let left = ANSWER_CAP;
  let stopped = false;
  const stop = () => {
    stopped = true;
    quiet(readerCancel(reader));
  };
  const copy = { stop, pieces: 0 };
  mapSet(copies, id, copy);
  try {
    for (;;) {
      const { done, value } = await sure(readerRead(reader));
      if (stopped) return finish(id, "cut");
      copy.pieces += 1;
      const piece = done ? decode(text) : decode(text, value, { __proto__: null, stream: true });
      if (piece !== "") tell({ __proto__: null, kind: "chunk", id, text: piece });
      if (done) return finish(id, "end");
      left -= viewLength(value);
      if (left <= 0) {
        stop();
        return finish(id, "cut");
      }
    }
  } catch (error) {
    return finish(id, reasonOf(error));
  }
};

// A copy that reads after the page did is behind it. When the page takes its request back, often right after the
// last event, Firefox throws away what the copy has not read: this waits until nothing more comes.
const QUIET_MS = 25;
const ROUNDS = 10;

const drained = (id) =>
  new native.Promise((resolve) => {
    let seen = -1;
    let rounds = 0;
    const look = () => {
      const copy = mapGet(copies, id);
      if (!copy || copy.pieces === seen || rounds === ROUNDS) return resolve();
      seen = copy.pieces;
      rounds += 1;
      return native.setTimeout(look, QUIET_MS);
    };
    look();
  });

// A text that grows (an XHR's): each call hands on what is new, never half of a surrogate pair.
const grower = (id) => {
  let sent = 0;
  return (text, whole) => {
    let end = text.length < ANSWER_CAP ? text.length : ANSWER_CAP;
    const code = end > 0 ? charCode(text, end - 1) : 0;
    if (!whole && code >= 0xd800 && code <= 0xdbff) end -= 1;
    if (end > sent) tell({ __proto__: null, kind: "chunk", id, text: sliceText(text, sent, end) });
    sent = end > sent ? end : sent;
    return sent >= ANSWER_CAP;
  };
};
