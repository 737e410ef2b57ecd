// The live connection: each record once and in order, over a socket or by polling.

import assert from 'node:assert/strict';
import test, { beforeEach, mock } from 'node:test';

const listeners = new EventTarget();
globalThis.addEventListener = listeners.addEventListener.bind(listeners);
globalThis.document = Object.assign(new EventTarget(), { hidden: false });
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true, writable: true });

/** A WebSocket that does what the test says. */
class Line {
  static all = [];
  static isBlocked = false;
  readyState = 0;
  sent = [];
  constructor() {
    Line.all.push(this);
    if (Line.isBlocked) setTimeout(() => this.drop(1006), 1);
  }
  welcome() {
    this.readyState = 1;
    this.onopen?.();
    this.say({ type: 'welcome', cursor: '0-0' });
  }
  say(frame) { this.onmessage?.({ data: JSON.stringify(frame) }); }
  send(text) { this.sent.push(JSON.parse(text)); }
  drop(code) { this.readyState = 3; this.onclose?.({ code }); }
  close() { this.readyState = 3; }
}
globalThis.WebSocket = Line;

const { PlaygroundSocket } = await import('../../static/js/live/socket.js');
await import('../../static/js/live/polling.js'); // the socket imports it when needed: here it is loaded before

const record = (n) => ({ id: `${n}-0` });
const records = (after, ...ns) => ({ type: 'records', after: `${after}-0`, cursor: `${ns.at(-1)}-0`, records: ns.map(record) });

/** A page's connection, with what it has dispatched. */
function connection() {
  const socket = new PlaygroundSocket('ws://here');
  const seen = { ids: [], states: [] };
  socket.addEventListener('records', ({ detail }) => seen.ids.push(...detail.map((r) => Number(r.id.split('-')[0]))));
  socket.addEventListener('state', ({ detail }) => seen.states.push(`${detail.state} ${detail.via}`));
  socket.open();
  return { socket, seen };
}

const settle = () => new Promise((done) => setImmediate(done));

async function pass(ms) {
  for (let i = 0; i < ms; i += 50) {
    mock.timers.tick(50);
    await settle();
  }
}

beforeEach(() => {
  Line.all = [];
  Line.isBlocked = false;
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('a frame that comes twice is taken once', () => {
  const { seen } = connection();
  Line.all[0].welcome();
  Line.all[0].say(records(0, 1, 2));
  Line.all[0].say(records(1, 2, 3));
  assert.deepEqual(seen.ids, [1, 2, 3]);
});

test('a lost frame is requested again', () => {
  connection();
  Line.all[0].welcome();
  Line.all[0].say(records(0, 1));
  Line.all[0].say(records(2, 3));
  assert.deepEqual(Line.all[0].sent.at(-1), { type: 'resume', after: '1-0' });
});

test('after a reconnect the connection resumes from the cursor', async () => {
  const { seen } = connection();
  Line.all[0].welcome();
  Line.all[0].say(records(0, 1));
  Line.all[0].drop(1006);
  await pass(1000);
  Line.all[1].welcome();
  assert.deepEqual(Line.all[1].sent[0], { type: 'hello', after: '1-0' });
  assert.deepEqual(seen.states, ['connecting socket', 'live socket', 'away socket', 'connecting socket', 'live socket']);
});

test('a silent socket is given up, and its later frames are ignored', async () => {
  const { seen } = connection();
  Line.all[0].welcome();
  await pass(8100);
  assert.equal(seen.states.at(-1).split(' ')[0] === 'live', false);
  Line.all[0].say(records(0, 1));
  assert.deepEqual(seen.ids, []);
});

test('a socket is given up sooner when the browser reports that it is offline', async () => {
  const { seen } = connection();
  Line.all[0].welcome();
  listeners.dispatchEvent(new Event('offline'));
  await pass(2600);
  assert.ok(seen.states.includes('away socket'));
});

test('where sockets are blocked it polls, and a socket that connects later takes over', async () => {
  Line.isBlocked = true;
  const asked = [];
  let answer;
  globalThis.fetch = (url, { signal }) => new Promise((resolve, reject) => {
    asked.push(new URL(url, 'http://here').searchParams);
    signal.addEventListener('abort', () => reject(new Error('aborted')));
    answer = (...frames) => resolve({ ok: true, json: async () => ({ frames, state: 'known' }) });
  });
  const { seen } = connection();
  await pass(3000);
  assert.equal(asked.length, 1);
  answer({ type: 'welcome', cursor: '2-0' }, records(0, 1, 2));
  await settle();
  assert.equal(seen.states.at(-1), 'live polling');
  assert.deepEqual(Object.fromEntries(asked[1]), { wait: '15', after: '2-0', state: 'known' });
  answer(records(2, 3));
  await settle();

  Line.isBlocked = false;
  await pass(31_000);
  Line.all.at(-1).welcome();
  assert.equal(seen.states.at(-1), 'live socket');
  assert.deepEqual(Line.all.at(-1).sent[0], { type: 'hello', after: '3-0' });
  Line.all.at(-1).say(records(3, 4));
  assert.deepEqual(seen.ids, [1, 2, 3, 4]);
  const before = asked.length;
  await pass(5000);
  assert.equal(asked.length, before);
});

test('watching something else while polling sends a new request at once', async () => {
  Line.isBlocked = true;
  const asked = [];
  let answer;
  globalThis.fetch = (url, { signal }) => new Promise((resolve, reject) => {
    asked.push(Object.fromEntries(new URL(url, 'http://here').searchParams));
    signal.addEventListener('abort', () => reject(new Error('aborted')));
    answer = (...frames) => resolve({ ok: true, json: async () => ({ frames, state: 'known' }) });
  });
  const { socket, seen } = connection();
  await pass(3000);
  answer({ type: 'welcome', cursor: '2-0' }, records(0, 1, 2));
  await settle();
  socket.watch('a trace');
  await settle();
  assert.deepEqual(asked.at(-1), { wait: '0', after: '2-0', state: 'known', watch: 'a trace' });
  assert.equal(seen.states.at(-1), 'live polling');
});

test('if the server does not answer polls either, the state is away', async () => {
  Line.isBlocked = true;
  globalThis.fetch = async () => { throw new Error('no server'); };
  const { seen } = connection();
  await pass(6000);
  assert.equal(seen.states.includes('live polling'), false);
  assert.ok(seen.states.includes('away socket'));
});

test('a poll while Redis is away has its close code', async () => {
  Line.isBlocked = true;
  globalThis.fetch = async () => ({ ok: false, status: 503 });
  const { socket } = connection();
  const codes = [];
  socket.addEventListener('state', ({ detail }) => codes.push(detail.code));
  await pass(4000);
  assert.ok(codes.includes(4503));
});
