// What has to leave in the same turn and therefore cannot wait for a verdict: a synchronous XHR, the opening of a
// socket or event stream whose address carries a prompt. It is refused and judged all the same; once it is
// permitted, the same call passes once.
// INVARIANT: a pass is made by the relay's word only, fits what was judged and nothing else, and is used up once.

const PASS_MS = 120_000;
const passes = new Map();

// The text that tells a call from every other; null when its body cannot be had at once.
const keyOf = ({ api, method, url }, frozen) => {
  const body = frozen.read();
  switch (body.type) {
    case "none":
    case "unreadable":
      return `${api} ${method} ${url} ${body.type}`;
    case "text":
      return `${api} ${method} ${url} text ${body.text}`;
    case "file":
      return body.text === undefined ? null : `${api} ${method} ${url} text ${body.text}`;
    default:
      return null;
  }
};

const keepPass = (key, go) => {
  mapSet(passes, key, go);
  native.setTimeout(() => mapGet(passes, key) === go && mapDelete(passes, key), PASS_MS);
};

// The word for a call that cannot wait; null: not now.
const atOnce = (about, frozen) => {
  const key = keyOf(about, frozen);
  const pass = key === null ? undefined : mapGet(passes, key);
  if (pass) {
    mapDelete(passes, key);
    return pass;
  }
  const goes = fail.at_once === "send";
  const ended = (go) => {
    if (!goes && key !== null && go.kind !== "refuse") keepPass(key, go);
  };
  hold(about, frozen.read, ended, goes ? "sent" : key === null ? "never" : "again");
  return goes ? SEND : null;
};
