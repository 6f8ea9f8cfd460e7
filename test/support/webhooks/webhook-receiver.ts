import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { atEnd } from '../suite/at-end.ts';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * What a receiver does with a request: answers with a status; takes it and drops the connection; never answers; answers 200 and then
 * sends its body byte by byte for ever, or as much of it as anybody reads; answers 200 after something has happened.
 */
export type Way =
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: 'drop' | 'hang' | 'slow-body' | 'huge-body' }
  | { readonly kind: 'wait'; readonly until: Promise<unknown> };

export const TAKE: Way = { kind: 'answer', status: 204 };
export const answer = (status: number, headers: Record<string, string> = {}): Way => ({
  kind: 'answer',
  status,
  headers,
});

/** A receiver of webhooks that fails in every way, and looks at each signature by npm standardwebhooks. */
export class WebhookReceiver {
  readonly heard: Heard[] = [];
  /** What was wrong with signatures. */
  readonly wrong: string[] = [];
  url = '';
  /** For the next requests; then `usual`. */
  readonly next: Way[] = [];
  usual: Way = TAKE;
  readonly #key: string | null;
  readonly #open = new Set<ServerResponse>();
  #server: Server | null = null;

  /** @param key null for requests that are not signed */
  constructor(key: string | null) {
    this.#key = key;
  }

  /** @param isSecure with a certificate that nobody knows */
  static async start(key: string | null, isSecure = false): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(key);
    await receiver.listen(isSecure);
    atEnd(() => receiver.stop());
    return receiver;
  }

  async listen(isSecure = false): Promise<void> {
    const port = this.url === '' ? 0 : Number(new URL(this.url).port);
    const on = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#hear(request, response);
    this.#server = isSecure ? createSecureServer(selfSigned(), on) : createServer(on);
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port: taken } = this.#server.address() as AddressInfo;
    this.url = `${isSecure ? 'https' : 'http'}://127.0.0.1:${taken}/hooks`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Resolves when it has heard so many requests. */
  async has(count: number): Promise<Heard[]> {
    await expect.poll(() => this.heard.length, { interval: 5 }).toBeGreaterThanOrEqual(count);
    return this.heard;
  }

  get types(): string[] {
    return this.heard.map(({ type }) => type);
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await buffer(request).catch(() => Buffer.alloc(0))).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    if (this.#key !== null) {
      try {
        new Webhook(this.#key).verify(text, headers as Record<string, string>);
      } catch (error) {
        this.wrong.push(String(error));
      }
    }
    const { type = '', data = {} } = text === '' ? {} : JSON.parse(text);
    this.heard.push({ method, path, headers, text, type, data });
    const way = this.next.shift() ?? this.usual;
    switch (way.kind) {
      case 'answer':
        response.writeHead(way.status, { Connection: 'close', ...way.headers }).end('secret-of-the-receiver');
        return;
      case 'drop':
        request.socket.destroy();
        return;
      case 'wait':
        await way.until;
        response.writeHead(200, { Connection: 'close' }).end();
        return;
      case 'hang':
        this.#open.add(response);
        return;
      case 'slow-body':
        response.writeHead(200).write('s');
        this.#open.add(response);
        return;
      case 'huge-body':
        response.writeHead(200);
        while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return;
    }
  }
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const home = mkdtempSync(join(tmpdir(), 'tls-'));
  const [key, cert] = [join(home, 'key.pem'), join(home, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=somebody.example', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const read = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(home, { recursive: true });
  return read;
}
