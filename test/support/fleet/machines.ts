import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived at a machine. */
interface Arrived {
  readonly machine: string;
  /** Counts from 1 for each machine. */
  readonly attempt: number;
  readonly url: string;
  readonly request: IncomingMessage;
}

/** How a machine answers: with what it does to the response, or a text with status 200. */
export type Behaviour = (arrived: Arrived, response: ServerResponse) => string | undefined;

/** Many machines behind one address, as Fly's proxy shows them. */
export interface Machines {
  readonly url: URL;
  readonly arrived: readonly Arrived[];
  /** The most requests that were under way at once. */
  readonly most: () => number;
  close(): Promise<void>;
}

export async function startMachines(behave: Behaviour): Promise<Machines> {
  const arrived: Arrived[] = [];
  let under = 0;
  let most = 0;
  const server: Server = createServer((request, response) => {
    const machine = String(request.headers['fly-force-instance-id'] ?? '');
    const attempt = arrived.filter((other) => other.machine === machine).length + 1;
    const one = { machine, attempt, url: request.url ?? '', request };
    arrived.push(one);
    under += 1;
    most = Math.max(most, under);
    response.on('close', () => {
      under -= 1;
    });
    const text = behave(one, response);
    if (text !== undefined) response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/showcase/update_config`),
    arrived,
    most: () => most,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export const ETAG = '"0123456789abcdef0123456789abcdef"';
export const TIME = '2026-01-02T03:04:05.000Z';
export const SHA256 = 'ab'.repeat(32);

/** The text that update_config answers with, changed as told. */
export function answer(machine: string, fields: Record<string, unknown> = {}): string {
  return `[2026-01-02T03:04:06.000Z] Run 1 (cgi)\nRESULT ${JSON.stringify({ ...result(machine), ...fields })}\n`;
}

export function result(machine: string): Record<string, unknown> {
  return {
    run: '1',
    machine,
    region: 'iad',
    outcome: 'updated',
    shared: false,
    index: { etag: ETAG, sha256: SHA256, size: 1, time: TIME, source: 'store' },
    files: [{ kind: 'map', path: '/data/db/map.yml', changed: true, size: 1 }],
    reload: true,
    warningCount: 0,
    warnings: [],
    steps: [],
  };
}
