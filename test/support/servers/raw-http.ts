import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request as bytes, so that it can be one that no client would send. */
export function rawPost(
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
  method = 'POST',
): string {
  const lines = Object.entries({ Host: 'localhost', Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends the bytes, and reads until the server closes. `half` closes our own side first, as a client that hangs up in part. */
export async function exchange(port: number, bytes: string, half = false): Promise<RawAnswer> {
  const socket = await open(port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {}); // a reset behind the answer
  const closed = once(socket, 'close');
  if (half) socket.end(bytes);
  else socket.write(bytes);
  await closed;
  return parseRaw(Buffer.concat(chunks));
}

function parseRaw(bytes: Buffer): RawAnswer {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end < 0 ? undefined : end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 4);
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers,
    body: (headers['transfer-encoding'] === 'chunked' ? joinChunks(body) : body).toString('utf8'),
  };
}

function joinChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = end < 0 ? 0 : Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
