// Perplexity's front end as far as its traffic is known: suggestions while typing, the page moves before the answer
// comes, a follow-up names the entry before it. No mark for an edit or a rewrite is known, so neither is offered.
// After a failed send the prompt is put back into the composer.
'use strict';
(() => {
  const incognito = location.search.includes('incognito');
  const headers = { 'content-type': 'application/json', 'x-perplexity-request-reason': 'perplexity-query-state-provider' };
  const post = (path, body, more) => fetch(path, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  let context = kit.uuid();
  let last;
  let token;

  async function draft(text) {
    if (!text) return;
    await post('/rest/autosuggest/list-autosuggest?version=2.18&source=default', { query: text, has_visited_before: true }).catch(() => {});
  }

  async function send(text) {
    const chips = kit.takeChips();
    const frontend = kit.uuid();
    kit.begin(text);
    kit.put('');
    const params = { attachments: chips, language: 'en-US', timezone: 'Europe/Berlin', search_focus: 'internet', sources: ['web', ...kit.picked().map(({ source }) => source)],
      frontend_uuid: frontend, frontend_context_uuid: context, mode: 'concise', model_preference: 'turbo', is_incognito: incognito,
      is_related_query: false, query_source: last ? 'followup' : 'home', dsl_query: text, prompt_source: 'user', mentions: [],
      use_schematized_api: true, supported_block_use_cases: ['answer_modes', 'media_items'], version: '2.18' };
    if (last) Object.assign(params, { last_backend_uuid: last, read_write_token: token });
    else if (!incognito) history.pushState({}, '', `/search/${frontend}`);
    try {
      const response = await post('/rest/sse/perplexity_ask', { params, query_str: text }, { accept: 'text/event-stream', 'x-request-id': frontend });
      if (!response.ok) throw new Error('Something went wrong. Please try again.');
      await receive(response);
    } catch (error) {
      if (error instanceof TypeError && last) await fetch(`/rest/sse/perplexity_ask/reconnect/${last}`).catch(() => {});
      kit.fail(error.message);
      if (!kit.read(kit.composer)) kit.put(text);
    }
  }

  async function receive(response) {
    kit.state('streaming');
    let element;
    const chunks = [];
    let ended = false;
    await kit.readEvents(response, (event, data) => {
      if (event !== 'message') return;
      const json = JSON.parse(data);
      if (json.status === 'FAILED') throw new Error(json.error_message ?? 'Something went wrong.');
      last = json.backend_uuid;
      token = json.read_write_token;
      if (!incognito && location.pathname !== `/search/${json.thread_url_slug}`) history.replaceState({}, '', `/search/${json.thread_url_slug}`);
      kit.root.dataset.conversation = json.context_uuid;
      for (const block of json.blocks) {
        if (!/^ask_text_\d+_markdown$/.test(block.intended_usage)) continue;
        element ??= kit.add('answer', '');
        if (block.markdown_block) chunks.splice(block.markdown_block.chunk_starting_offset, Infinity, ...block.markdown_block.chunks);
        for (const { path, value } of block.diff_block?.patches ?? []) chunks[Number(path.split('/').pop())] = value;
        element.textContent = chunks.join('');
      }
      ended ||= json.final_sse_message;
    });
    if (!ended) throw new Error('The answer broke off.');
    kit.state('done');
  }

  async function postForm(file, place) {
    const form = new FormData();
    for (const [name, value] of Object.entries(place.fields)) form.append(name, value);
    form.append('file', file, file.name);
    const stored = await fetch(place.s3_bucket_url, { method: 'POST', body: form });
    if (stored.status !== 204) throw new Error(`store said ${stored.status}`);
  }

  // Ranges, each read before it is sent. Not seen on the site.
  async function putRanges(file, address) {
    for await (const { at, end, body } of kit.pieces(file, kit.pieceSize(Infinity))) {
      const bytes = await new Response(body).arrayBuffer();
      const stored = await fetch(address, { method: 'PUT', body: bytes, headers: { 'content-range': `bytes ${at}-${end - 1}/${file.size}` } });
      if (!stored.ok) throw new Error(`store said ${stored.status}`);
    }
  }

  async function upload(file) {
    const key = kit.uuid();
    const asked = { files: { [key]: { filename: file.name, content_type: file.type || 'text/plain', source: 'default', file_size: file.size, force_image: false } } };
    const registered = await post('/rest/uploads/batch_create_upload_urls?version=2.18&source=default', asked);
    if (!registered.ok) throw new Error('not registered');
    const place = (await registered.json()).results[key];
    if (file.size > kit.pieceSize(Infinity)) await putRanges(file, place.s3_object_url);
    else await postForm(file, place);
    await (await post('/rest/sse/attachment_processing/subscribe', { file_uuids: [place.file_uuid] })).text();
    return place.s3_object_url;
  }

  function fresh() {
    [last, token, context] = [undefined, undefined, kit.uuid()];
    return '/';
  }

  const share = async () => (await post('/rest/thread/update_thread_access', { context_uuid: kit.root.dataset.conversation, updated_access: 2, read_write_token: token })).ok;

  kit.start({ send, draft, upload, fresh, share });
  // A prompt in the address is asked at once.
  const asked = /^\/search(\/new)?$/.test(location.pathname) && new URLSearchParams(location.search).get('q');
  if (asked) send(asked);
})();
