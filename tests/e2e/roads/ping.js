// The ping of a link that is clicked. Firefox has the attribute and sends none.
// site: chatgpt, page: loose, chromium: net, firefox: nowhere, row: beacon POST /ping

road(async (text) => {
  const link = document.createElement("a");
  link.href = "#";
  link.ping = `/ping?text=${encodeURIComponent(text)}`;
  document.body.append(link);
  link.click();
  await later(500);
  return "clicked";
});
