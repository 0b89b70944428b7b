// A page that is fetched ahead by speculation rules (prerender), with the text in its address.
// site: chatgpt, page: loose, chromium: net, firefox: absent, row: navigation GET /c/heron

road(async (text) => {
  if (!HTMLScriptElement.supports?.("speculationrules")) return "absent";
  const rules = document.createElement("script");
  rules.type = "speculationrules";
  const urls = [`/c/heron?q=${encodeURIComponent(text)}`];
  rules.textContent = JSON.stringify({ prerender: [{ source: "list", urls, eagerness: "immediate" }] });
  document.head.append(rules);
  await later(1500);
  return "asked";
});
