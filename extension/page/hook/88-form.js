// Forms that are posted: a guarded one is stopped, held with what it would send, and posted by a form of our own with
// exactly that once it is permitted. The page's own form is not touched again.
// INVARIANT: what is posted is what was judged; the page sees nothing of our form: it stands in a closed shadow root,
// where its events end.
// A form in a page's own shadow root is met through `attachShadow`; one in markup that brings its own root is left to
// the network level.

const formAction = getter(HTMLFormElement, "action");
const formMethod = getter(HTMLFormElement, "method");
const formEnctype = getter(HTMLFormElement, "enctype");
const formSubmit = bound(HTMLFormElement.prototype.submit);
const eventSubmitter = getter(SubmitEvent, "submitter");
const eventTarget = getter(Event, "target");
const preventDefault = bound(Event.prototype.preventDefault);
const attributeOf = bound(Element.prototype.getAttribute);
const setAttribute = bound(Element.prototype.setAttribute);
const append = bound(Node.prototype.appendChild);
const remove = bound(Element.prototype.remove);
const attachShadow = bound(Element.prototype.attachShadow);
const createElement = bound(Document.prototype.createElement);
const rootElement = getter(Document, "documentElement");
const setFiles = bound(getOwnPropertyDescriptor(HTMLInputElement.prototype, "files").set);
const transferItems = getter(DataTransfer, "items");
const transferAdd = bound(DataTransferItemList.prototype.add);
const transferFiles = getter(DataTransfer, "files");
const isFormElement = branded(formAction);

// Where submitting it now would post it; null when that is not guarded.
const destination = (form, submitter) => {
  const by = (name) => (submitter === null ? null : attributeOf(submitter, name));
  if (lower(by("formmethod") ?? formMethod(form)) !== "post") return null;
  const there = by("formaction") ?? "";
  const url = parseUrl(there === "" ? formAction(form) : there);
  if (!guarded(url, "POST", true)) return null;
  const enctype = lower(by("formenctype") ?? formEnctype(form));
  const target = by("formtarget") ?? attributeOf(form, "target");
  return { url, enctype, target, charset: attributeOf(form, "accept-charset") };
};

const asText = ({ value }) => (typeof value === "string" ? value : fileName(value));

const bodyOfForm = (enctype, entries) => {
  if (enctype === "multipart/form-data") return formBody(entries);
  if (enctype === "text/plain") {
    let text = "";
    each(entries, (entry) => {
      text += `${entry.name}=${asText(entry)}\r\n`;
    });
    return textBody(text);
  }
  const params = new native.URLSearchParams();
  each(entries, (entry) => paramsAppend(params, entry.name, asText(entry)));
  return textBody(paramsText(params));
};

// The entries that a permitted body stands for; null when it cannot be posted by a form.
const entriesOf = (body, enctype, entries) => {
  if (body.type === "form") return formParts(thaw(body, entries));
  if (body.type !== "text" || enctype === "text/plain") return null;
  const parts = [];
  paramsEach(new native.URLSearchParams(body.text), (value, name) => push(parts, { __proto__: null, name, value }));
  return parts;
};

const field = ({ name, value }) => {
  const input = createElement(document, "input");
  setAttribute(input, "name", name);
  if (typeof value === "string") {
    // The value of a hidden field is its attribute, line breaks included.
    setAttribute(input, "type", "hidden");
    setAttribute(input, "value", value);
    return input;
  }
  setAttribute(input, "type", "file");
  const transfer = new native.DataTransfer();
  transferAdd(transferItems(transfer), value);
  setFiles(input, transferFiles(transfer));
  return input;
};

const postForm = ({ url, enctype, target, charset }, entries) => {
  const host = createElement(document, "div");
  const form = createElement(document, "form");
  const attributes = [
    ["method", "post"], ["action", vouch(urlHref(url))], ["enctype", enctype], ["target", target], ["accept-charset", charset],
  ];
  each(attributes, (pair) => pair[1] !== null && setAttribute(form, pair[0], pair[1]));
  each(entries, (entry) => append(form, field(entry)));
  append(attachShadow(host, { __proto__: null, mode: "closed" }), form);
  append(rootElement(document), host);
  formSubmit(form);
  remove(host);
};

const holdForm = (form, submitter, there) => {
  const entries = formParts(submitter === null ? new native.FormData(form) : new native.FormData(form, submitter));
  const about = { api: "form", method: "POST", url: address(there.url), headers: [["content-type", there.enctype]] };
  hold(about, () => bodyOfForm(there.enctype, entries), (go) => {
    if (go.kind === "refuse") return;
    const permitted = go.kind === "send-this" ? entriesOf(go.body, there.enctype, entries) : entries;
    if (permitted !== null) postForm(there, permitted);
  });
};

patch(HTMLFormElement.prototype, "submit", (target, form, args) => {
  const there = isFormElement(form) ? destination(form, null) : null;
  return there === null ? apply(target, form, args) : holdForm(form, null, there);
});

// The browser's own submission is prevented before the page hears of it; whether the page would have prevented it
// shows when all its listeners have run.
const onSubmit = (event) => {
  const form = eventTarget(event);
  if (!event.isTrusted || !isFormElement(form)) return;
  const submitter = eventSubmitter(event);
  if (destination(form, submitter) === null) return;
  let prevented = false;
  const note = () => {
    prevented = true;
  };
  preventDefault(event);
  const shown = (name, get, set) => defineProperty(event, name, { __proto__: null, get, set, configurable: true });
  defineProperty(event, "preventDefault", own(note));
  shown("defaultPrevented", () => prevented);
  shown("returnValue", () => !prevented, (value) => value === false && note());
  native.setTimeout(() => {
    if (prevented) return;
    // What the page's listeners made of it.
    const there = destination(form, submitter);
    if (there === null) formSubmit(form);
    else holdForm(form, submitter, there);
  }, 0);
};

listen(window, "submit", onSubmit, true);
patch(Element.prototype, "attachShadow", (target, self, args) => {
  const root = apply(target, self, args);
  listen(root, "submit", onSubmit, true);
  return root;
});
