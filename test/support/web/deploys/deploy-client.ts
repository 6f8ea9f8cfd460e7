import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { DeployFrame } from '../../../../src/web/deploys/deploy-frames.ts';
import { ticketFor } from '../../../../src/web/run/live-ticket.ts';
import { ACCOUNTS } from '../web-people.ts';
import type { TestServer } from '../web-server.ts';

/** A WebSocket of a run that was received, as a page has it, and what it was told. */
export class DeployClient {
  readonly frames: DeployFrame[] = [];
  readonly socket: WebSocket;
  /** The status of an answer that was no WebSocket, or the code with which it was closed. */
  readonly ended: Promise<{ readonly status: number } | { readonly code: number }>;

  /** @param url of the server, or of a proxy before it, the base path included */
  constructor(url: string, query: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
    const address = `${url.replace(/^http/, 'ws')}/live?${new URLSearchParams(query)}`;
    this.socket = new WebSocket(address, { headers, maxPayload: 1024 * 1024 });
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as DeployFrame));
    this.ended = new Promise((resolve) => {
      this.socket.on('unexpected-response', (_, { statusCode = 0 }) => {
        resolve({ status: statusCode });
        this.socket.terminate();
      });
      this.socket.on('close', (code) => resolve({ code }));
      this.socket.on('error', () => {}); // said by what follows
    });
  }

  /** An administrator's. */
  static of({ context, url }: TestServer, run: string, after = 0, through = url): DeployClient {
    const ticket = ticketFor(run, ACCOUNTS.administrator, context.seals);
    return new DeployClient(through, { run, after: `${after}`, ticket });
  }

  /** Of all lines, in the order in which they came. */
  get numbers(): number[] {
    return this.frames.flatMap((frame) => (frame.type === 'lines' ? frame.lines.map(({ seq }) => seq) : []));
  }

  /** What it would come back with. */
  get cursor(): number {
    return this.frames.reduce((last, frame) => (frame.type === 'lines' ? frame.cursor : last), 0);
  }

  /** Resolves when this many lines are there. */
  async untilLines(count: number): Promise<void> {
    await expect.poll(() => this.numbers.length, { interval: 5 }).toBeGreaterThanOrEqual(count);
  }

  async until(type: DeployFrame['type']): Promise<void> {
    await expect.poll(() => this.frames.map((frame) => frame.type), { interval: 5 }).toContain(type);
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await once(this.socket, 'close');
  }
}
