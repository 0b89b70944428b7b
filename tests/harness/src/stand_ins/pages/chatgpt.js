// ChatGPT's front end as far as its traffic is known: what is sent when, and how an answer or an error is shown.
'use strict';
(() => {
  const decoder = () => {
    // delta_encoding v1: one document for each channel; c, p and o carry over, v does not.
    const documents = new Map();
    let [channel, path, op] = [0, '', 'add'];
    const keys = (pointer) => pointer.split('/').slice(1).map((k) => k.replace(/~1/g, '/').replace(/~0/g, '~'));
    const apply = (p, o, v) => {
      if (o === 'patch') return v.forEach((sub) => apply(sub.p ?? '', sub.o ?? 'add', sub.v));
      if (p === '') return void documents.set(channel, v);
      const names = keys(p);
      const last = names.pop();
      const parent = names.reduce((node, name) => (node[name] ??= {}), documents.get(channel));
      const before = parent[last];
      if (o !== 'append' || before === undefined) parent[last] = v;
      else if (typeof before === 'string') parent[last] = before + v;
      else if (Array.isArray(before)) before.push(...[v].flat());
      else Object.assign(before, v);
    };
    const shown = ({ message }) => message?.author.role === 'assistant' && message.recipient === 'all'
      && message.content.content_type === 'text' && !message.metadata?.is_visually_hidden_from_conversation;
    return {
      delta(data) {
        channel = data.c ?? channel; path = data.p ?? path; op = data.o ?? op;
        apply(path, op, data.v);
      },
      answer: () => [...documents.values()].filter(shown).map(({ message }) => message).pop(),
    };
  };

  // Taken before the page's own scripts could be patched by anything that comes later than document_start.
  const { fetch: bootFetch, WebSocket: BootSocket } = window.__boot;
  const temporary = new URLSearchParams(location.search).get('temporary-chat') === 'true';
  const headers = { 'content-type': 'application/json', authorization: 'Bearer stand-in', 'oai-language': 'en-US' };
  const post = (path, body, more) => fetch(path, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  let conversation = /^\/c\/([0-9a-f-]{36})/.exec(location.pathname)?.[1];
  let leaf = 'client-created-root';
  let conduit = 'no-token';
  let prepared = 'none';
  const waiting = new Map();

  const common = () => ({
    conversation_id: conversation, model: 'auto', timezone_offset_min: -60, timezone: 'Europe/Berlin',
    history_and_training_disabled: temporary || undefined, conversation_mode: { kind: 'primary_assistant' },
    system_hints: [], supports_buffering: true, supported_encodings: ['v1'],
  });

  async function draft(text) {
    if (!text) return;
    const partial = { id: kit.uuid(), author: { role: 'user' }, content: { content_type: 'text', parts: [text] } };
    try {
      const [answer] = await Promise.all([
        post('/backend-api/f/conversation/prepare', { action: 'next', parent_message_id: leaf, ...common(), partial_query: partial,
          client_prepare_dispatch: 'debounced', client_prepare_source: 'composer_editor_state' }),
        fetch(new URL('/backend-api/conversation/experimental/generate_autocompletions', location.origin),
          { method: 'POST', headers, body: new Blob([JSON.stringify({ input_text: text, num_completions: 4 })]) }),
      ]);
      conduit = (await answer.json()).conduit_token ?? 'no-token';
      prepared = conduit === 'no-token' ? 'failure' : 'success';
    } catch { prepared = 'failure'; }
  }

  async function requirements() {
    const p = (await (await post('/backend-api/sentinel/chat-requirements/prepare', { p: 'gAAAAAC' })).json()).prepare_token;
    return (await (await post('/backend-api/sentinel/chat-requirements/finalize', { prepare_token: p })).json()).token;
  }

  async function send(text, action = 'next', edited) {
    const files = edited || action !== 'next' ? [] : kit.takeChips();
    const picked = kit.picked();
    const id = action === 'next' ? kit.uuid() : leaf;
    const parent = edited ? edited.parent : leaf;
    const question = kit.begin(action === 'next' ? text : undefined);
    if (!edited && action === 'next') kit.put('');
    const content = files.some((file) => file.mime_type.startsWith('image/'))
      ? { content_type: 'multimodal_text', parts: [...files.map((f) => ({ content_type: 'image_asset_pointer', asset_pointer: `sediment://${f.id}`, size_bytes: f.size, width: 1, height: 1 })), text] }
      : { content_type: 'text', parts: [text] };
    const message = { id, author: { role: 'user' }, create_time: Date.now() / 1000, content,
      metadata: { attachments: [...files, ...picked.map(({ id, name, type, source }) => ({ id, name, mime_type: type, source }))],
        selected_connector_ids: picked.map(({ source }) => `connector_${source}`), system_hints: [], serialization_metadata: { custom_symbol_offsets: [] } } };
    const stop = new AbortController();
    try {
      const response = await bootFetch('/backend-api/f/conversation', { method: 'POST', signal: stop.signal,
        headers: { ...headers, accept: 'text/event-stream', 'openai-sentinel-chat-requirements-token': await requirements(), 'x-conduit-token': conduit },
        body: JSON.stringify({ action, messages: [message], parent_message_id: parent, ...common(), client_prepare_state: prepared }) });
      if (!response.ok) return refused(await response.json(), text, edited);
      await receive(response, { id, parent, text, question, stop });
    } catch (error) {
      if (stop.signal.aborted) return;
      // A broken stream is resumed when there is something to resume.
      if (conversation) await post('/backend-api/f/conversation/resume', { conversation_id: conversation, offset: 0 }, { 'x-conduit-token': conduit }).catch(() => {});
      refused({ detail: `A network error occurred. (${error.name})` }, text, edited);
    }
  }

  function refused(body, text, edited) {
    const detail = body?.detail;
    kit.fail(typeof detail === 'string' ? detail : detail?.message ?? 'Something went wrong.');
    if (!edited && !kit.read(kit.composer)) kit.put(text);
  }

  async function receive(response, turn) {
    kit.state('streaming');
    const stream = decoder();
    const first = !conversation;
    let topic;
    const element = kit.add('answer', '');
    const finish = () => {
      const answer = stream.answer();
      leaf = answer.id;
      if (turn.question) kit.editable(turn.question, turn.text, (text) => send(text, 'next', { parent: turn.parent }));
      kit.repeatable(element, () => { leaf = turn.id; send(turn.text, 'variant'); });
      if (first && !temporary) post(`/backend-api/conversation/gen_title/${conversation}`, { message_id: answer.id }).catch(() => {});
      kit.root.dataset.conversation = conversation;
      kit.state('done');
    };
    const take = (event, data) => {
      if (data === '[DONE]') return;
      const json = JSON.parse(data);
      if (event === 'delta') {
        stream.delta(json);
        element.textContent = stream.answer()?.content.parts[0] ?? '';
      } else if (json.conversation_id && !conversation) {
        conversation = json.conversation_id;
        if (!temporary) history.pushState({}, '', `/c/${conversation}`);
      }
      if (json.type === 'stream_handoff') topic = json.options.find((o) => o.type === 'subscribe_ws_topic').topic_id;
      if (json.type === 'message_stream_complete') { finish(); turn.stop.abort(); }
    };
    await kit.readEvents(response, take).catch((error) => { if (!turn.stop.signal.aborted) throw error; });
    if (topic) subscribe(topic, kit.eventReader(take));
  }

  async function put(place, body, file) {
    const stored = await fetch(place, { method: 'PUT', body, headers: { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': '2020-04-08', 'content-type': file.type || 'application/octet-stream' } });
    if (!stored.ok) throw new Error(`store said ${stored.status}`);
  }

  // Blocks, all at once, and then their list: what the store's own library does with large files. Not seen on the site.
  async function putBlocks(file, place) {
    const blocks = [];
    for await (const { number, body } of kit.pieces(file, kit.pieceSize(Infinity))) blocks.push([btoa(String(number).padStart(6, '0')), body]);
    await Promise.all(blocks.map(([id, body]) => put(`${place}&comp=block&blockid=${id}`, body, file)));
    await put(`${place}&comp=blocklist`, `<BlockList>${blocks.map(([id]) => `<Latest>${id}</Latest>`).join('')}</BlockList>`, { type: 'text/plain' });
  }

  async function upload(file) {
    const use = file.type.startsWith('image/') ? 'multimodal' : 'my_files';
    const registered = await (await post('/backend-api/files', { file_name: file.name, file_size: file.size, use_case: use })).json();
    if (!registered.upload_url) throw new Error(registered.detail?.message ?? 'not registered');
    await (file.size > kit.pieceSize(Infinity) ? putBlocks(file, registered.upload_url) : put(registered.upload_url, file, file));
    const done = await post('/backend-api/files/process_upload_stream', { file_id: registered.file_id, use_case: use, index_for_retrieval: true, file_name: file.name });
    if (!(await done.text()).includes('file.processing.completed')) throw new Error('not processed');
    return { id: registered.file_id, name: file.name, size: file.size, mime_type: file.type || 'text/plain' };
  }

  const socket = new BootSocket('wss://ws.chatgpt.com/p4/ws/user/user-standin?verify=stand-in');
  const opened = new Promise((resolve) => { socket.onopen = resolve; });
  const seen = new Set();
  let command = 0;
  socket.onmessage = ({ data }) => {
    for (const frame of JSON.parse(data)) {
      for (const item of [...(frame.reply?.catchups ?? []), ...(frame.type === 'message' ? [frame] : [])]) {
        const { stream_item_id: id, encoded_item: text } = item.payload.payload;
        if (seen.has(id)) continue;
        seen.add(id);
        waiting.get(item.topic_id)?.(text);
      }
    }
  };
  async function subscribe(topic, feed) {
    waiting.set(topic, feed);
    await opened;
    socket.send(JSON.stringify([{ id: ++command, command: { type: 'subscribe', topic_id: topic, offset: '0' } }]));
  }

  function fresh() {
    conversation = undefined;
    leaf = 'client-created-root';
    return '/';
  }

  async function share() {
    return (await post('/backend-api/share/create', { conversation_id: conversation, current_node_id: leaf, is_anonymous: true })).ok;
  }

  kit.start({ send, draft, upload, fresh, share, ready: () => document.getElementById('chips').childElementCount > 0 });
})();
