// The secret that every question shows: handed in once, kept by this tab, shared with its sisters on request.
// INVARIANT: it is in no cookie, no address and no storage that outlives the tab.

const NAME = "promptgate-session";
const WAIT_MS = 250;

const kept = () => sessionStorage.getItem(NAME);

const sisters = new BroadcastChannel(NAME);
sisters.addEventListener("message", ({ data }) => {
  if (data === "ask" && kept()) sisters.postMessage({ session: kept() });
});

const fromSister = () =>
  new Promise((resolve) => {
    const heard = ({ data }) => {
      if (typeof data?.session !== "string") return;
      sisters.removeEventListener("message", heard);
      resolve(data.session);
    };
    sisters.addEventListener("message", heard);
    sisters.postMessage("ask");
    setTimeout(resolve, WAIT_MS, null);
  });

const handIn = async (secret) => {
  const response = await fetch("/api/enter", { method: "POST", headers: { authorization: `Bearer ${secret}` } });
  return response.ok ? (await response.json()).session : null;
};

// The secret of this tab, or null when it was never let in.
export const enter = async () => {
  const first = /^#enter=([0-9a-f]{64})$/.exec(location.hash);
  if (first) {
    // Out of the address, and out of the history, before anything else.
    history.replaceState(null, "", "/#/");
    const session = await handIn(first[1]);
    if (session) sessionStorage.setItem(NAME, session);
  }
  const session = kept() ?? (await fromSister());
  if (session) sessionStorage.setItem(NAME, session);
  return session;
};

export const leave = () => sessionStorage.removeItem(NAME);
