import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveFrame } from '../../../src/web/run/live-frames.ts';

/** A WebSocket as a page has it, and what it was told. */
export class LiveClient {
  readonly frames: LiveFrame[] = [];
  readonly socket: WebSocket;
  /** Of the answer that was no WebSocket; the code with which it was closed. */
  readonly ended: Promise<{ readonly status: number } | { readonly code: number }>;

  /** @param url of the server, its base path included */
  constructor(url: string, query: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
    const address = `${url.replace(/^http/, 'ws')}/live?${new URLSearchParams(query)}`;
    this.socket = new WebSocket(address, { headers });
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as LiveFrame));
    this.ended = new Promise((resolve) => {
      this.socket.on('unexpected-response', (_, { statusCode = 0 }) => {
        resolve({ status: statusCode });
        this.socket.terminate();
      });
      this.socket.on('close', (code) => resolve({ code }));
      this.socket.on('error', () => {}); // said by what follows
    });
  }

  get numbers(): number[] {
    return this.frames.flatMap((frame) => (frame.type === 'event' ? [frame.seq] : []));
  }

  get states(): string[] {
    return this.frames.flatMap((frame) => (frame.type === 'state' ? [frame.run.state] : []));
  }

  /** Resolves when a frame of that type is there. */
  async until(type: LiveFrame['type']): Promise<void> {
    await expect.poll(() => this.frames.map((frame) => frame.type)).toContain(type);
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await once(this.socket, 'close');
  }
}
