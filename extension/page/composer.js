// Which field a person writes a prompt in, and what stands there.
// INVARIANT: reads only, keeps nothing; never a field of one line: names, searches, passwords.
// It does not decide when to read.

const promptgateComposer = (() => {
  "use strict";
  const MOST_TEXT = 200_000;
  const MOST_NODES = 20_000;
  const BLOCKS = ["P", "DIV", "LI", "UL", "OL", "PRE", "BLOCKQUOTE", "H1", "H2", "H3", "H4", "H5", "H6", "TABLE", "TR"];

  const fieldOf = (event) => {
    const at = event.composedPath()[0];
    const node = at instanceof Text ? at.parentElement : at;
    if (node instanceof HTMLTextAreaElement) return node;
    if (!(node instanceof HTMLElement) || !node.isContentEditable) return null;
    let top = node;
    while (top.parentElement?.isContentEditable) top = top.parentElement;
    return top;
  };

  // The lines of rich text: a block begins one, and so does a break that is not a block's last word.
  const linesOf = (root) => {
    const lines = [""];
    let block = root;
    let length = 0;
    let nodes = 0;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      nodes += 1;
      if (nodes > MOST_NODES || length > MOST_TEXT) return null;
      if (node instanceof Text) {
        lines[lines.length - 1] += node.data;
        length += node.data.length;
        if (node.data !== "") block = null;
      } else if (BLOCKS.includes(node.nodeName)) {
        // The first block inside another begins no line of its own.
        if (!block?.contains(node)) lines.push("");
        block = node;
      } else if (node.nodeName === "BR" && node.nextSibling) {
        lines.push("");
        block = null;
      }
    }
    return lines;
  };

  // As a site may write it into its request: lines apart by one break or, where lines are paragraphs, by two.
  const textsOf = (node) => {
    const lines = node instanceof HTMLTextAreaElement ? [node.value] : linesOf(node);
    if (lines === null) return [];
    const plain = (text) => text.replace(/\u00a0/g, " ").replace(/\r\n?/g, "\n").trim();
    const texts = [plain(lines.join("\n")), plain(lines.join("\n\n"))];
    const fits = texts.every((text) => text !== "" && text.length <= MOST_TEXT);
    return fits ? [...new Set(texts)] : [];
  };

  // Characters, blanks at both ends left out.
  const lengthOf = (node) => (node instanceof HTMLTextAreaElement ? node.value : node.textContent).trim().length;

  return { fieldOf, textsOf, lengthOf };
})();
