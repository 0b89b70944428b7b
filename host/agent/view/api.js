// Questions to the program that serves the page.

import { enter, leave } from "./door.js";

let session = null;

// What went wrong, for people: `gone` when nobody answers, `shut` when this tab is not let in, else the program's words.
export class Fault extends Error {
  constructor(kind, text = "") {
    super(text);
    this.kind = kind;
  }
}

export const begin = async () => {
  session = await enter();
  return session !== null;
};

export const ask = async (path, fields = {}, signal = undefined) => {
  const given = Object.entries(fields).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(given).toString();
  const address = query === "" ? `/api/${path}` : `/api/${path}?${query}`;
  let response;
  try {
    response = await fetch(address, { headers: { authorization: `Bearer ${session}` }, signal });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Fault("gone");
  }
  if (response.status === 401) {
    leave();
    throw new Fault("shut");
  }
  const told = await response.json().catch(() => ({}));
  if (response.status === 404) throw new Fault("missing", told.error);
  if (!response.ok) throw new Fault("refused", told.error);
  return told;
};
