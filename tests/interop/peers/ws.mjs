// Node's ws as a peer. The package is taken from target/tools/node, where scripts/test-deps puts it.
//   ws.mjs server [plain]          echoes, and prints `listening on ADDR`; with permessage-deflate unless `plain`
//   ws.mjs client URL deflate|plain   tries an echo server, and prints `ok`; `deflate`: it must agree to compress
//   ws.mjs autobahn URL            the client that Autobahn's server wants
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../target/tools/node/', import.meta.url));
const { WebSocket, WebSocketServer } = require('ws');
const LARGEST = 64 << 20;
const [what, ...rest] = process.argv.slice(2);

function server(perMessageDeflate) {
  const listener = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: LARGEST, perMessageDeflate });
  listener.on('listening', () => console.log(`listening on 127.0.0.1:${listener.address().port}`));
  listener.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('error', () => {});
  });
}

async function client(url, deflate) {
  assert(deflate === 'deflate' || deflate === 'plain', 'deflate or plain?');
  const agreed = [];
  for (const perMessageDeflate of offers(deflate)) {
    const socket = new WebSocket(url, { perMessageDeflate, maxPayload: LARGEST });
    const [[response]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')]);
    const extensions = response.headers['sec-websocket-extensions'] ?? '';
    agreed.push(extensions);
    assert.equal(extensions.includes('permessage-deflate'), deflate === 'deflate', extensions);
    const lost = (code) => { throw new Error(`closed with ${code}`); };
    socket.on('close', lost);
    await echoes(socket);
    socket.off('close', lost);
    socket.close(1000, 'done');
    assert.equal((await once(socket, 'close'))[0], 1000);
  }
  if (deflate === 'deflate') assert.match(agreed[1], /server_no_context_takeover/);
  for (const code of [1001, 1003, 1011, 3000, 4999]) {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    socket.close(code, 'reason ☂');
    assert.equal((await once(socket, 'close'))[0], code);
  }
  console.log('ok');
}

// The second offer forbids all memory between messages and makes the server's window small.
function offers(deflate) {
  const frugal = { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10, threshold: 0 };
  return deflate === 'deflate' ? [{ threshold: 0 }, frugal] : [false];
}

async function echoes(socket) {
  const echo = async (data, binary, send = () => socket.send(data, { binary })) => {
    const answer = once(socket, 'message');
    send();
    const [received, isBinary] = await answer;
    assert.equal(isBinary, binary);
    assert(received.equals(Buffer.from(data)), `${received.length} bytes came back for ${data.length}`);
  };
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const noise = Buffer.alloc(1 << 20);
  for (let at = 0, x = 1; at < noise.length; at++) noise[at] = (x = (x * 48271) % 0x7fffffff) >> 8;
  for (const text of ['', 'Grüße ☂ 🌪', 'again and '.repeat(100_000)]) await echo(text, false);
  for (const bytes of [Buffer.alloc(0), every, Buffer.alloc(70_000), noise]) await echo(bytes, true);
  const between = once(socket, 'pong');
  await echo('a whole message', false, () => {
    for (const part of ['a wh', '', 'ole mess']) socket.send(part, { fin: false });
    socket.ping('meanwhile');
    socket.send('age', { fin: true });
  });
  assert.equal(String((await between)[0]), 'meanwhile');
  for (const data of [Buffer.alloc(0), Buffer.from('ping'), Buffer.alloc(125, 1)]) {
    const pong = once(socket, 'pong');
    socket.ping(data);
    assert((await pong)[0].equals(data), 'the pong is not the ping');
  }
}

async function autobahn(url) {
  const session = (path, message) => new Promise((done) => {
    const socket = new WebSocket(url + path, { maxPayload: LARGEST, perMessageDeflate: true });
    socket.on('message', (data, binary) => message?.(socket, data, binary));
    socket.on('error', () => {});
    socket.on('close', done);
  });
  let count = 0;
  await session('/getCaseCount', (_, data) => { count = Number(data); });
  for (let number = 1; number <= count; number++) {
    await session(`/runCase?case=${number}&agent=ws`, (socket, data, binary) => socket.send(data, { binary }));
  }
  await session('/updateReports?agent=ws');
}

if (what === 'server') server(rest[0] !== 'plain');
else if (what === 'client') await client(...rest);
else if (what === 'autobahn') await autobahn(...rest);
else throw new Error(`what is ${what}?`);
