// Node's ws as a peer: `ws.mjs server [plain]` echoes and prints `listening on ADDR`; `ws.mjs autobahn URL` is the client
// that Autobahn's server wants. The package is taken from target/tools/node, where scripts/test-deps puts it.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../target/tools/node/', import.meta.url));
const { WebSocket, WebSocketServer } = require('ws');
const [what, argument] = process.argv.slice(2);
const LARGEST = 64 << 20;

function server(perMessageDeflate) {
  const listener = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: LARGEST, perMessageDeflate });
  listener.on('listening', () => console.log(`listening on 127.0.0.1:${listener.address().port}`));
  listener.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('error', () => {});
  });
}

function autobahn(url) {
  const session = (path, message) => new Promise((done) => {
    const socket = new WebSocket(url + path, { maxPayload: LARGEST, perMessageDeflate: true });
    socket.on('message', (data, binary) => message?.(socket, data, binary));
    socket.on('error', () => {});
    socket.on('close', done);
  });
  return (async () => {
    let count = 0;
    await session('/getCaseCount', (_, data) => { count = Number(data); });
    for (let number = 1; number <= count; number++) {
      await session(`/runCase?case=${number}&agent=ws`, (socket, data, binary) => socket.send(data, { binary }));
    }
    await session('/updateReports?agent=ws');
  })();
}

if (what === 'server') server(argument !== 'plain');
else if (what === 'autobahn') await autobahn(argument);
else throw new Error(`what is ${what}?`);
