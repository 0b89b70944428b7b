// fetch with arguments that say something else each time they are asked.
// site: chatgpt, page: strict, chromium: judged, firefox: judged

road(async (text) => {
  let asked = 0;
  const address = { toString: () => ((asked += 1) === 1 ? CHATGPT : `${CHATGPT}?again`) };
  let read = 0;
  const init = {
    method: "POST",
    headers: JSON_TYPE,
    get body() {
      read += 1;
      return message(read === 1 ? text : `${text} `);
    },
  };
  return status(await fetch(address, init));
});
