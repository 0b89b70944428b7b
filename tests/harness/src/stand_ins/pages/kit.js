// The furniture that the four pages share: composer, thread, state marks for tests, and a reader of event streams.
// It talks to no server. Marks: html[data-state] idle|sending|streaming|done|error, html[data-turn] sends begun,
// html[data-drafts] drafts that were tried to the end, html[data-upload] and html[data-share] how the last one ended,
// [data-role=question|answer|fault] in the thread.
'use strict';
const kit = (() => {
  const root = document.documentElement;
  const thread = document.getElementById('thread');
  const composer = document.querySelector('.composer');
  let options = {};

  const state = (name) => { root.dataset.state = name; };
  const uuid = () => crypto.randomUUID();
  const read = (element) => element.innerText.replace(/\u00a0/g, ' ').trim();

  function put(text) {
    composer.replaceChildren(...(text ? [document.createTextNode(text)] : []));
    composer.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertReplacementText' }));
  }

  function insert(text) {
    const selection = getSelection();
    if (!selection.rangeCount || !composer.contains(selection.anchorNode)) {
      selection.selectAllChildren(composer);
      selection.collapseToEnd();
    }
    const range = selection.getRangeAt(0);
    range.deleteContents();
    range.insertNode(document.createTextNode(text));
    range.collapse(false);
    composer.normalize();
    composer.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
  }

  function add(role, text) {
    const element = document.createElement('div');
    element.className = role;
    element.dataset.role = role;
    element.textContent = text;
    thread.append(element);
    element.scrollIntoView({ block: 'nearest' });
    return element;
  }

  function button(text, action, act) {
    const element = document.createElement('button');
    element.className = 'small';
    element.type = 'button';
    element.dataset.action = action;
    element.textContent = text;
    element.addEventListener('click', act);
    return element;
  }

  // Lets the person change a prompt of the thread and send it anew; what follows it goes, as a new branch does.
  function editable(question, text, send) {
    question.append(button('Edit', 'edit', () => {
      const field = document.createElement('textarea');
      field.value = text;
      question.replaceChildren(field, button('Send', 'send-edit', () => {
        while (question.nextSibling) question.nextSibling.remove();
        question.remove();
        send(field.value.trim());
      }));
    }));
  }

  // Lets the person ask for an answer once more; the answer goes, the prompt stays.
  function repeatable(answer, again) {
    answer.after(button('Regenerate', 'regenerate', (event) => { event.target.remove(); answer.remove(); again(); }));
  }

  function begin(text) {
    root.dataset.turn = String(Number(root.dataset.turn) + 1);
    state('sending');
    return text === undefined ? null : add('question', text);
  }

  function fail(message) {
    const element = add('fault', message);
    element.setAttribute('role', 'alert');
    state('error');
  }

  function submit(event) {
    event.preventDefault();
    const text = read(composer);
    if ((text || options.ready?.()) && !['sending', 'streaming'].includes(root.dataset.state)) options.send(text);
  }

  // onDraft is debounced, as typing in the real composers is.
  function start(given) {
    options = given;
    let timer = 0;
    document.querySelector('form').addEventListener('submit', submit);
    composer.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
    });
    composer.addEventListener('paste', (event) => {
      event.preventDefault();
      if (event.clipboardData.files.length > 0) return void take(event.clipboardData.files);
      const text = event.clipboardData.getData('text/plain');
      // Where a test says that the site makes files of long text (html[data-long]).
      if (text.length > Number(root.dataset.long ?? Infinity)) take([new File([text], 'Pasted text.txt', { type: 'text/plain' })]);
      else if (!options.pasted?.(text)) insert(text);
    });
    composer.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        await options.draft?.(read(composer));
        root.dataset.drafts = String(Number(root.dataset.drafts ?? 0) + 1);
      }, 150);
    });
    const take = async (list) => {
      root.dataset.upload = 'uploading';
      const one = async (file) => {
        const value = await options.upload(file);
        chip(file.name, value);
        return true;
      };
      const failed = (error) => {
        add('fault', `Upload failed: ${error.message}`);
        return false;
      };
      const ends = await Promise.all(Array.from(list, (file) => one(file).catch(failed)));
      root.dataset.uploaded = String(ends.filter(Boolean).length);
      root.dataset.upload = ends.every(Boolean) ? 'ready' : 'error';
    };
    for (const field of document.querySelectorAll('input[type=file]')) {
      field.addEventListener('change', async (event) => {
        await take(event.target.files);
        event.target.value = '';
      });
    }
    // Text is the composer's own to take.
    addEventListener('dragover', (event) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault();
    });
    addEventListener('drop', (event) => {
      if (event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      take(event.dataTransfer.files);
    });
    document.querySelector('[data-action=new-chat]').addEventListener('click', () => {
      thread.replaceChildren();
      put('');
      delete root.dataset.conversation;
      history.pushState({}, '', options.fresh());
      state('idle');
    });
    document.querySelector('[data-action=share]').addEventListener('click', async () => {
      const ok = await options.share().catch(() => false);
      root.dataset.share = ok ? 'done' : 'error';
    });
    state('idle');
  }

  // A file in pieces of so many bytes; a test may ask for smaller ones (html[data-piece]), and for a page that reads the
  // file first and cuts what it read (html[data-cut=bytes]).
  const pieceSize = (usual) => Number(root.dataset.piece) || usual;
  async function* pieces(file, most) {
    const whole = root.dataset.cut === 'bytes' ? await file.arrayBuffer() : file;
    let at = 0;
    do {
      const end = Math.min(at + most, file.size);
      yield { at, end, number: at / most, body: whole.slice(at, end), last: end === file.size };
      at = end;
    } while (at < file.size);
  }

  // What a connector's picker chose: {id, name, type, source}; the window it opens is of another origin, so a test puts
  // it into html[data-picked].
  const picked = () => (root.dataset.picked ? [JSON.parse(root.dataset.picked)] : []);

  const held = [];
  function chip(name, value) {
    const element = document.createElement('span');
    element.className = 'chip';
    element.textContent = name;
    document.getElementById('chips').append(element);
    held.push(value);
  }
  function takeChips() {
    document.getElementById('chips').replaceChildren();
    return held.splice(0);
  }

  // Events of a text/event-stream, in whatever pieces it comes.
  function eventReader(onEvent) {
    let rest = '';
    return (text) => {
      rest += text;
      for (let match; (match = /\r?\n\r?\n/.exec(rest));) {
        const lines = rest.slice(0, match.index).split(/\r?\n/);
        rest = rest.slice(match.index + match[0].length);
        const field = (name) => lines.filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
        if (lines.some((line) => line.startsWith('data:'))) onEvent(field('event') || 'message', field('data'));
      }
    };
  }

  async function readEvents(response, onEvent) {
    const feed = eventReader(onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part; !(part = await reader.read()).done;) feed(part.value);
  }

  return { add, begin, chip, composer, editable, eventReader, fail, picked, pieces, pieceSize, put, read, readEvents, repeatable, root, start, state, takeChips, uuid };
})();
