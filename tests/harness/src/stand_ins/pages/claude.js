// Claude's front end as far as its traffic is known: the conversation's id is chosen here and stands in the path only;
// a long paste becomes an attachment; the title is asked for with the prompt's text after the first answer.
// The composer is emptied when the server has taken the prompt, so a refused one stays.
'use strict';
(() => {
  const organisation = '/api/organizations/0a9c0de0-0000-4000-8000-000000000001';
  const incognito = location.search.includes('incognito');
  const LONG = 4000;
  const ROOT = '00000000-0000-4000-8000-000000000000';
  let conversation = /^\/chat\/([0-9a-f-]{36})/.exec(location.pathname)?.[1];
  let began = Boolean(conversation);
  let parent = ROOT;
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json', 'anthropic-client-platform': 'web_claude_ai' };
  const chosen = () => (conversation ??= kit.uuid());
  const calls = () => `${organisation}/chat_conversations/${chosen()}`;
  const post = (path, body) => fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });

  const common = () => ({ model: 'claude-stand-in', timezone: 'Europe/Berlin', locale: 'en-US', rendering_mode: 'messages',
    personalized_styles: [{ type: 'default', key: 'Default', name: 'Normal', isDefault: true }], tools: [{ type: 'web_search_v0', name: 'web_search' }] });

  async function send(text, { from = parent, again } = {}) {
    const chips = again ? [] : kit.takeChips();
    const human = again ?? kit.uuid();
    const assistant = kit.uuid();
    const question = kit.begin(again ? undefined : text || chips[0]?.attachment?.extracted_content.slice(0, 80));
    const body = { prompt: again ? '' : text, parent_message_uuid: again ?? from, ...common(),
      turn_message_uuids: { human_message_uuid: human, assistant_message_uuid: assistant },
      attachments: chips.filter((chip) => chip.attachment).map((chip) => chip.attachment),
      files: chips.filter((chip) => chip.file).map((chip) => chip.file), sync_sources: kit.picked().map(({ id, source }) => ({ uuid: kit.uuid(), type: source, config: { uri: id } })) };
    if (!began) {
      body.create_conversation_params = { name: '', model: 'claude-stand-in', include_conversation_preferences: true, is_temporary: incognito };
    }
    const path = `${calls()}/${again ? 'retry_completion' : 'completion'}`;
    if (!began && !incognito) history.pushState({}, '', `/chat/${conversation}`);
    try {
      // Front ends call fetch in each of its forms; a repeated answer is asked for with a Request.
      const response = again ? await fetch(new Request(path, { method: 'POST', headers, body: JSON.stringify(body) })) : await post(path, body);
      if (!response.ok) throw new Error((await response.json()).error.message);
      kit.put('');
      await receive(response, { text, question, human, from });
    } catch (error) {
      chips.forEach((chip) => kit.chip(chip.name, chip));
      kit.fail(error instanceof TypeError ? 'Could not reach Claude. Check your connection.' : error.message);
    }
  }

  async function receive(response, turn) {
    kit.state('streaming');
    const element = kit.add('answer', '');
    const blocks = [];
    let name = '';
    let failed;
    await kit.readEvents(response, (event, data) => {
      const json = JSON.parse(data);
      if (event === 'message_start') name = json.message.uuid;
      if (event === 'content_block_start') blocks[json.index] = { type: json.content_block.type, text: '' };
      if (event === 'content_block_delta') blocks[json.index].text += json.delta.text ?? '';
      if (event === 'error') failed = json.error.message;
      element.textContent = blocks.filter((block) => block.type === 'text').map((block) => block.text).join('');
    });
    if (failed) throw new Error(failed);
    if (turn.question) kit.editable(turn.question, turn.text, (text) => send(text, { from: turn.from }));
    kit.repeatable(element, () => send(turn.text, { again: turn.human }));
    parent = name;
    kit.root.dataset.conversation = conversation;
    if (!began && !incognito) post(`${calls()}/title`, { message_content: turn.text, recent_titles: [] }).catch(() => {});
    began = true;
    kit.state('done');
  }

  function pasted(text) {
    if (text.length < LONG) return false;
    kit.chip('pasted.txt', { name: 'pasted.txt', attachment: { file_name: 'pasted.txt', file_type: 'text/plain', file_size: text.length, extracted_content: text } });
    return true;
  }

  async function upload(file) {
    const path = `${organisation}/conversations/${chosen()}/wiggle/upload-file`;
    const give = async (form) => {
      const response = await fetch(path, { method: 'POST', body: form });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error.message);
      return answer;
    };
    const formOf = (body, fields) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
      form.append('file', body instanceof ArrayBuffer ? new Blob([body]) : body, file.name);
      return form;
    };
    let answer;
    const most = kit.pieceSize(Infinity);
    if (file.size <= most) answer = await give(formOf(file, {}));
    else {
      // Chunks in forms, as upload widgets send them. Not seen on the site.
      const about = { dzuuid: kit.uuid(), dztotalfilesize: file.size, dzchunksize: most, dztotalchunkcount: Math.ceil(file.size / most) };
      for await (const { number, at, body } of kit.pieces(file, most)) answer = await give(formOf(body, { ...about, dzchunkindex: number, dzchunkbyteoffset: at }));
    }
    return { name: file.name, file: answer.file_uuid };
  }

  function fresh() {
    conversation = undefined;
    began = false;
    parent = ROOT;
    return '/new';
  }

  const share = async () => (await post(`${calls()}/share`, {})).ok;

  kit.start({ send, pasted, upload, fresh, share, ready: () => document.getElementById('chips').childElementCount > 0 });
})();
