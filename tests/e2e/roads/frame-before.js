// A fresh frame's prototypes, replaced before anything of ours may have run in it.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  const element = document.createElement("iframe");
  document.body.append(element);
  const there = element.contentWindow;
  there.Proxy = function Nothing(target) {
    return target;
  };
  there.Reflect.apply = () => undefined;
  const kept = there.fetch;
  return status(await kept.call(there, `https://chatgpt.com${CHATGPT}`, post(message(text))));
});
