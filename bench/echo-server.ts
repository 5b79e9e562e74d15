/** The floor: node:http that parses a JSON body and writes one back. Its port is the first argument. */
import { createServer } from 'node:http';

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = chunks.length === 0 ? '{}' : Buffer.concat(chunks).toString();
    const body = JSON.stringify(JSON.parse(text));
    response.writeHead(200, [
      'Content-Type',
      'application/json',
      'Content-Length',
      String(Buffer.byteLength(body)),
    ]);
    response.end(body);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
