// Node's ws: `server.mjs echo|deflate|broadcast`; the package comes from target/tools/node.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../target/tools/node/', import.meta.url));
const { WebSocketServer } = require('ws');
const mode = process.argv[2];
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, backlog: 4096, perMessageDeflate: mode === 'deflate' && { threshold: 64 } });
server.on('listening', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
server.on('connection', (socket) => {
  socket.on('message', (data, binary) => {
    if (mode !== 'broadcast') return socket.send(data, { binary });
    for (const client of server.clients) client.send(data, { binary });
  });
});
