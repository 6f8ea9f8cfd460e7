/** Lets one process of this clone end another: by a word that only their user can read, so that no process id is trusted. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const FILE = 'control.json';

interface Control {
  readonly port: number;
  readonly word: string;
}

/**
 * From now on the directory says how the process that works there is ended.
 *
 * @param end is called when somebody asks for that
 */
export async function holdControl(directory: string, end: () => void): Promise<{ close(): Promise<void> }> {
  const word = randomBytes(24).toString('hex');
  const server = createServer((request, response) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    const known = Buffer.from(word);
    if (given.length !== known.length || !timingSafeEqual(given, known)) {
      response.writeHead(403).end();
      return;
    }
    // Answered at the very end, by `close`.
    server.once('ended', () => response.end());
    end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const control: Control = { port: (server.address() as AddressInfo).port, word };
  writeFileSync(join(directory, FILE), JSON.stringify(control), { mode: 0o600 });
  return {
    async close() {
      server.emit('ended');
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}

/** Ends the process that works in a directory, and waits until it has. False where none does. */
export async function stopRunning(directory: string): Promise<boolean> {
  try {
    const { port, word } = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as Control;
    const headers = { authorization: word, connection: 'close' };
    return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers })).ok;
  } catch {
    return false; // there is none, or it was killed
  }
}
