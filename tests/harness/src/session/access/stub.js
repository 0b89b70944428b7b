// Stands in for the browser in a page of the extension: tells it what a background would, and the texts of a language.
(() => {
  const told = __TOLD__;
  const texts = __TEXTS__;
  const fill = (name, fills) => {
    const { message = "", placeholders = {} } = texts[name] ?? {};
    return Object.entries(placeholders).reduce(
      (text, [of, { content }]) => text.replaceAll(`$${of}$`, fills?.[Number(content.slice(1)) - 1] ?? ""),
      message,
    );
  };
  const connect = () => ({
    onMessage: { addListener: (heard) => setTimeout(() => told.forEach((one) => heard(one))) },
    onDisconnect: { addListener: () => {} },
    postMessage: () => {},
  });
  Object.defineProperty(chrome.i18n, "getMessage", { value: fill });
  Object.defineProperty(chrome.runtime, "connect", { value: connect });
})();
