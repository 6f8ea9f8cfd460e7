import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { derivedKey, isPlanSigned, writtenKey } from '../../../src/callbacks/callback-signatures.ts';
import type { Dashboard } from '../../../src/callbacks/delivery-model.ts';
import type { LogsBody, LostRange, StatusBody } from '../../../src/callbacks/wire.ts';
import { atEnd } from '../suite/at-end.ts';

export const DEPLOY_KEY = '0123456789abcdef'.repeat(4);

export interface Seen {
  /** From 1. */
  readonly number: number;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly body: LogsBody | StatusBody;
}

/**
 * What a receiver does with a request: stores it and answers (`last_seq` and all, or whatever is given); stores it and drops
 * the connection; drops it unread; holds it without an answer; answers without storing it.
 */
export type Behaviour =
  | { readonly kind: 'store'; readonly answer?: string }
  | { readonly kind: 'store-and-drop' | 'drop' | 'hang' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    };

export const STORE: Behaviour = { kind: 'store' };

export function status(code: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return { kind: 'answer', status: code, headers, body };
}

/** What is kept of one run, as the contract has it: by number, the first one counts. */
export class StoredRun {
  readonly lines = new Map<number, string>();
  /** Numbers as they were stored. */
  readonly order: number[] = [];
  /** Statuses as they came, repeated ones left out. */
  readonly statuses: StatusBody[] = [];
  readonly lost = new Map<number, number>();
  beats = 0;
  /** Numbers that came again with another text. */
  readonly conflicts: number[] = [];

  store(body: LogsBody | StatusBody): void {
    for (const [first, last] of body.lost ?? []) this.lost.set(first, last);
    if ('logs' in body) {
      if (body.logs.length === 0) this.beats += 1;
      for (const { seq, message } of body.logs) {
        if (this.lines.get(seq) === message) continue;
        if (this.lines.has(seq)) this.conflicts.push(seq);
        this.lines.set(seq, message);
        this.order.push(seq);
      }
    } else if (!this.statuses.some(({ status_seq }) => status_seq === body.status_seq)) {
      this.statuses.push(body);
    }
  }

  #last = 0;

  get lastSeq(): number {
    while (this.lines.has(this.#last + 1) || this.#isLost(this.#last + 1)) this.#last += 1;
    return this.#last;
  }

  #isLost(seq: number): boolean {
    return [...this.lost].some(([first, last]) => first <= seq && seq <= last);
  }

  get messages(): string[] {
    return [...this.lines].sort(([a], [b]) => a - b).map(([, message]) => message);
  }

  get words(): string[] {
    return this.statuses.map((body) => ('outcome' in body ? `${body.status} ${body.outcome}` : body.status));
  }
}

/** A receiver on a port of its own, which does with each request what it is told to. */
export class Receiver {
  readonly seen: Seen[] = [];
  readonly runs = new Map<string, StoredRun>();
  /** What was wrong with signatures, by the judgement of npm standardwebhooks and by the plan's. */
  readonly complaints: string[] = [];
  readonly key: string;
  behave: (seen: Seen) => Behaviour;
  #server: Server;
  #port = 0;
  readonly #watchers = new Set<() => void>();

  private constructor(behave: (seen: Seen) => Behaviour, key: string) {
    this.behave = behave;
    this.key = key;
    this.#server = this.#serve();
  }

  static async start(behave: (seen: Seen) => Behaviour = () => STORE, key = DEPLOY_KEY): Promise<Receiver> {
    const receiver = new Receiver(behave, key);
    await receiver.begin();
    atEnd(() => receiver.die());
    return receiver;
  }

  get dashboard(): Dashboard {
    const url = new URL(`http://127.0.0.1:${this.#port}/api/deploys`);
    return { url, deployKey: this.key, webhookKeys: [derivedKey(this.key)] };
  }

  /** Listens, again on the same port. */
  async begin(): Promise<void> {
    this.#server = this.#serve();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends at once, with all connections; what was stored stays. */
  async die(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  run(name: string): StoredRun {
    const run = this.runs.get(name) ?? new StoredRun();
    this.runs.set(name, run);
    return run;
  }

  /** Resolves when what has come is as it is waited for; looks again after each request. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#watchers.add(resolve));
  }

  #serve(): Server {
    return createServer((request, response) => {
      this.#take(request, response).catch(() => request.socket.destroy());
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    const seen: Seen = {
      number: this.seen.length + 1,
      path: request.url ?? '',
      headers: request.headers,
      bytes,
      body: JSON.parse(bytes.toString()) as LogsBody | StatusBody,
    };
    this.seen.push(seen);
    this.#check(seen);
    const behaviour = this.behave(seen);
    const { run } = seen.body;
    if (behaviour.kind === 'store' || behaviour.kind === 'store-and-drop') this.run(run).store(seen.body);
    this.#answer(behaviour, seen, request, response);
    for (const wake of this.#watchers) wake();
    this.#watchers.clear();
  }

  #answer(behaviour: Behaviour, { body }: Seen, request: IncomingMessage, response: ServerResponse): void {
    switch (behaviour.kind) {
      case 'store': {
        const { lastSeq } = this.run(body.run);
        const usual = {
          accepted: 1,
          duplicates: 0,
          last_seq: lastSeq,
          url: `${this.dashboard.url.origin}/d/1`,
        };
        response.setHeader('content-type', 'application/json');
        response.end(behaviour.answer ?? JSON.stringify(usual));
        return;
      }
      case 'answer':
        response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
        return;
      case 'hang':
        return;
      default:
        request.socket.resetAndDestroy();
    }
  }

  #check({ headers, bytes, number }: Seen): void {
    try {
      new Webhook(writtenKey(derivedKey(this.key))).verify(
        bytes.toString(),
        headers as Record<string, string>,
      );
      if (!isPlanSigned(String(headers['x-nvoi-signature']), this.key, bytes))
        throw new Error('plan signature');
    } catch (error) {
      this.complaints.push(`request ${number}: ${String(error)}`);
    }
  }
}

/** Ranges as a body has them. */
export function lostOf(seen: Seen | undefined): readonly LostRange[] {
  return seen?.body.lost ?? [];
}
