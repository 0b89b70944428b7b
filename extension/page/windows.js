// Windows of the extension: documents that no page may frame, in windows that no page has a hold of. Decides nothing.

const api = globalThis.browser ?? globalThis.chrome;

const open = (page, width, height) =>
  api.windows.create({ url: api.runtime.getURL(page), type: "popup", width, height, focused: true });

// A card that no page can reach.
export const openCard = async (token, happen) => {
  try {
    await open(`ui/window.html#${token}`, 480, 420);
  } catch {
    happen({ kind: "no-window", token });
  }
};

// The answer with its originals.
export const openReader = (token) => {
  open(`ui/reader.html#${token}`, 720, 640).catch(() => {});
};
