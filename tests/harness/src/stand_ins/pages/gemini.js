// Gemini's front end as far as its traffic is known: XMLHttpRequest, JSON in JSON in a form, frames counted in UTF-16
// units. After a failed send the composer stays empty: what a person typed is the extension's to give back.
'use strict';
(() => {
  const { XMLHttpRequest: Request } = window.__boot;
  const prefix = /^\/u\/\d+/.exec(location.pathname)?.[0] ?? '';
  const temporary = location.search.includes('temporary');
  let ids = ['', '', ''];
  let count = 100000;
  const PIECE = 32 * 1024 * 1024;

  const query = (more) => new URLSearchParams({ ...more, bl: 'boq_assistant-bard-web-server_20260901.00_p0', 'f.sid': '-123456789', hl: 'en', _reqid: String(count += 100000), rt: 'c' });

  function post(path, fReq, headers, events) {
    const xhr = new Request();
    let offset = 0;
    const read = () => {
      if (xhr.readyState < 3 || xhr.status !== 200) return;
      const text = xhr.responseText;
      offset = events.frames?.(text, offset) ?? offset;
      if (xhr.readyState === 4) events.end?.();
    };
    xhr.onreadystatechange = read;
    xhr.onload = () => { if (xhr.status !== 200) events.fail?.(); };
    xhr.onerror = xhr.onabort = () => events.fail?.();
    xhr.open('POST', path, true);
    xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8');
    xhr.setRequestHeader('X-Same-Domain', '1');
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.send(`${new URLSearchParams({ 'f.req': JSON.stringify(fReq), at: 'stand-in:1790000000000' })}&`);
  }

  function batch(...calls) {
    const list = calls.map(([id, args]) => [id, JSON.stringify(args), null, 'generic']);
    const more = { rpcids: calls.map(([id]) => id).join(','), 'source-path': location.pathname };
    post(`${prefix}/_/BardChatUi/data/batchexecute?${query(more)}`, [list], {}, {});
  }

  // Takes whole frames from text, from offset; returns where the next begins.
  function frames(text, offset, onItem) {
    if (offset === 0) offset = (/^\)\]\}'\n+/.exec(text) ?? [''])[0].length;
    for (let match; (match = /^\d+/.exec(text.slice(offset, offset + 12)));) {
      const end = offset + match[0].length + Number(match[0]);
      if (text.length < end) break;
      JSON.parse(text.slice(offset + match[0].length, end)).forEach(onItem);
      offset = end;
    }
    return offset;
  }

  function inner(text, files) {
    const out = Array(81).fill(null);
    out[0] = [text, 0, null, files.length ? files : null, null, null, 0];
    out[1] = ['en'];
    out[2] = [...ids, null, null, null, null, null, null, ''];
    out[3] = '!stand-in-attestation';
    out[4] = kit.uuid().replace(/-/g, '');
    out[6] = [0];
    out[7] = 1;
    out[17] = [[ids[0] ? 1 : 0]];
    if (temporary) out[45] = 1;
    out[59] = kit.uuid().toUpperCase();
    out[79] = 1;
    out[80] = 1;
    return out;
  }

  function send(text, again = false) {
    const files = kit.takeChips();
    const question = kit.begin(again ? undefined : text);
    if (!again) kit.put('');
    let element;
    let ended = false;
    const before = ids;
    const fail = (message) => { if (!ended) { ended = true; kit.fail(message); } };
    const item = ([kind, , payload, , , error]) => {
      if (kind !== 'wrb.fr') return;
      if (!payload) return void (error && fail('Something went wrong'));
      const [, names, extra, , candidates] = JSON.parse(payload);
      ids = [names?.[0] ?? ids[0], names?.[1] ?? ids[1], candidates?.[0]?.[0] ?? ids[2]];
      if (extra?.['11']) document.title = `${extra['11'][0]} - Gemini`;
      if (!candidates) return;
      kit.state('streaming');
      element ??= kit.add('answer', '');
      element.textContent = candidates[0][1][0];
    };
    const end = () => {
      if (ended) return;
      if (!element) return fail('Something went wrong');
      ended = true;
      kit.root.dataset.conversation = ids[0];
      if (!before[0] && !temporary) history.pushState({}, '', `${prefix}/app/${ids[0].slice(2)}`);
      if (question) kit.editable(question, text, (changed) => { ids = before; send(changed); });
      kit.repeatable(element, () => { ids = before; send(text, true); });
      batch(['MaZiqc', [13, null, [0, null, 1]]], ['jSf9Qc', []]);
      kit.state('done');
    };
    const headers = { 'x-goog-ext-525001261-jspb': '[1,null,null,null,"9d8ca3786ebdfbea",null,null,0,[4]]' };
    post(`${prefix}/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate?${query({})}`,
      [null, JSON.stringify(inner(text, files))], headers,
      { frames: (all, offset) => frames(all, offset, item), end, fail: () => fail('Something went wrong') });
  }

  // The resumable upload: ask for a place, then give the bytes; both to another origin.
  async function upload(file) {
    const common = { 'Push-ID': 'feeds/stand-in', 'X-Tenant-Id': 'bard-storage' };
    const call = (url, headers, body) => new Promise((resolve, reject) => {
      const xhr = new Request();
      xhr.onload = () => (xhr.status === 200 ? resolve(xhr) : reject(new Error(`store said ${xhr.status}`)));
      xhr.onerror = () => reject(new Error('network'));
      xhr.open('POST', url, true);
      for (const [name, value] of Object.entries({ ...common, ...headers })) xhr.setRequestHeader(name, value);
      xhr.send(body);
    });
    const started = await call('https://content-push.googleapis.com/upload/', { 'X-Goog-Upload-Command': 'start',
      'X-Goog-Upload-Protocol': 'resumable', 'X-Goog-Upload-Header-Content-Length': String(file.size),
      'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8' }, `File name: ${file.name}`);
    const place = started.getResponseHeader('x-goog-upload-url');
    let done;
    // A large file goes in pieces, each after the one before.
    for await (const { at, body, last } of kit.pieces(file, kit.pieceSize(PIECE))) {
      const command = last ? 'upload, finalize' : 'upload';
      const headers = { 'X-Goog-Upload-Command': command, 'X-Goog-Upload-Offset': String(at) };
      done = await call(place, headers, at === 0 && last ? file : body);
    }
    return [[done.responseText, 1, null, file.type || 'text/plain'], file.name];
  }

  batch(['otAQ7b', []], ['ESY5D', [[['bard_activity_enabled']]]], ['MaZiqc', [13, null, [0, null, 1]]]);
  function fresh() {
    ids = ['', '', ''];
    return `${prefix}/app`;
  }

  // The call that makes a link is not known.
  const share = () => Promise.reject(new Error('not known'));

  kit.start({ send, upload, fresh, share });
})();
