// Stands in for the browser in a page of the extension: the texts of a language, and a background that says what it is
// told to say.
(() => {
  const texts = __TEXTS__;
  const fill = (name, fills) => {
    const { message = "", placeholders = {} } = texts[name] ?? {};
    return Object.entries(placeholders).reduce(
      (text, [of, { content }]) => text.replaceAll(`$${of}$`, fills?.[Number(content.slice(1)) - 1] ?? ""),
      message,
    );
  };
  const addListener = (heard) => {
    window.promptgateTell = heard;
  };
  const connect = () => ({
    onMessage: { addListener },
    onDisconnect: { addListener: () => {} },
    postMessage: () => {},
  });
  Object.defineProperty(chrome.i18n, "getMessage", { value: fill });
  Object.defineProperty(chrome.runtime, "connect", { value: connect });
})();
