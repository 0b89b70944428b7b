// A form in a shadow root that came with the markup: no listener of ours is in that root, and its event does not leave it.
// site: gemini, page: loose, chromium: net, firefox: net, row: frame POST /_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate

road(async (text) => {
  const made = form(text);
  const host = document.createElement("div");
  document.body.append(host);
  host.setHTMLUnsafe("<div><template shadowrootmode=open><p></p></template></div>");
  host.firstChild.shadowRoot.append(made);
  made.requestSubmit();
  await later(500);
  return "submitted";
});
