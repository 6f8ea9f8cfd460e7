/** Somebody with a browser, as far as HTTP goes: logs in, fills in forms, follows a run. */
import { setTimeout as wait } from 'node:timers/promises';
import { type RawData, WebSocket } from 'ws';
import type { Change } from '../../src/runs/run-model.ts';
import type { LiveFrame, PollAnswer } from '../../src/web/run/live-frames.ts';
import type { Account } from '../sample/owners.ts';

export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface EventForm {
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly firstDay: string;
  /** Empty for one day. */
  readonly lastDay: string;
  /** Administrators only: without updating the machines. */
  readonly later?: '1';
}

/** Of a change: nothing more happens to it by itself. */
const OVER: readonly Change['state'][] = ['live', 'failed', 'dropped', 'pending'];
/** Milliseconds until an address that did not answer is asked again. */
const AGAIN_MS = 50;

export class Visitor {
  readonly #site: string;
  /** What each request of theirs has: the login, if any. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param site its address, base path included, without a slash at the end */
  constructor(site: string, account: Account | null) {
    this.#site = site;
    this.headers = account === null ? {} : { Authorization: basic(account) };
  }

  /** Redirects are not followed. @throws where nobody answers */
  ask(path: string, init: RequestInit = {}): Promise<Answer> {
    return this.#fetch(new URL(`${this.#site}${path}`), init);
  }

  async #fetch(url: URL, init: RequestInit = {}): Promise<Answer> {
    const headers = { Accept: 'text/html', ...this.headers, ...init.headers };
    const answer = await fetch(url, { redirect: 'manual', ...init, headers });
    return { url: url.href, status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  async json<T>(path: string): Promise<T> {
    const { status, text } = await this.ask(path, { headers: { Accept: 'application/json' } });
    if (status !== 200) throw new Error(`${path} answers ${status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /**
   * Sends a form of a page, with its hidden fields, as a browser does.
   *
   * @param holds a part of the form, where the page has several
   */
  submit({ url, text }: Answer, fields: Readonly<Record<string, string>> = {}, holds = ''): Promise<Answer> {
    const forms = [...text.matchAll(/<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)];
    const [, action = '', inner = ''] = forms.find((form) => form[2]?.includes(holds)) ?? [];
    if (inner === '') throw new Error(`${url} has no form with ${holds}: ${wordsOf({ text })}`);
    const body = new URLSearchParams({ ...hiddenFields(inner), ...fields });
    const headers = { Origin: new URL(url).origin, 'Sec-Fetch-Site': 'same-origin' };
    return this.#fetch(new URL(unescaped(action), url), { method: 'POST', body, headers });
  }

  /** The page that an answer leads to. */
  follow({ status, headers, url, text }: Answer): Promise<Answer> {
    const location = headers.get('location');
    if (location === null)
      throw new Error(`${url} answers ${status} and leads nowhere: ${wordsOf({ text })}`);
    return this.#fetch(new URL(location, url));
  }

  /** Asks for an event, and for all that this moves; gives the id of the change. */
  async request(studio: string, form: EventForm): Promise<string> {
    const path = `/studios/${encodeURIComponent(studio)}/request`;
    let answer = await this.submit(await this.ask(path), { ...form });
    const confirmed = /name="confirmed" value="(\w+)"/.exec(answer.text)?.[1];
    if (answer.status === 200 && confirmed !== undefined) answer = await this.submit(answer, { confirmed });
    const id = /requests\/(\w+)/.exec(answer.headers.get('location') ?? '')?.[1];
    if (answer.status === 303 && id !== undefined) return id;
    throw new Error(`the request was answered by ${answer.status}: ${wordsOf(answer)}`);
  }

  /** Follows a change until nothing more happens to it, whatever becomes of the server meanwhile. */
  async untilOver(id: string, signal: AbortSignal = AbortSignal.timeout(120_000)): Promise<Change> {
    let known = '';
    for (;;) {
      signal.throwIfAborted();
      const answer = await this.ask(`/requests/${id}/state?wait=25&known=${known}`, {
        headers: { Accept: 'application/json' },
      }).catch(() => null);
      if (answer?.status !== 200) {
        await wait(AGAIN_MS);
        continue;
      }
      const state = JSON.parse(answer.text) as { change: Change; known: string };
      if (OVER.includes(state.change.state)) return state.change;
      known = state.known;
    }
  }

  /** What a run has said so far, with a ticket for its WebSocket. */
  events(run: string, after = 0): Promise<PollAnswer> {
    return this.json(`/runs/${run}/events?after=${after}`);
  }

  /**
   * Watches a run by a WebSocket, as its page does.
   *
   * @param connection the header of that name: Firefox says `keep-alive, Upgrade`
   * @param site another address of the same site
   */
  watch(
    run: string,
    ticket: string,
    { after = 0, connection = 'Upgrade', site = this.#site } = {},
  ): Watching {
    const url = new URL(`${site}/live`);
    url.protocol = 'ws:';
    url.search = `${new URLSearchParams({ run, after: `${after}`, ticket })}`;
    return new Watching(url, { origin: new URL(this.#site).origin, connection });
  }
}

function basic({ userid, password }: Account): string {
  return `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`;
}

/** One WebSocket, without a login, as browsers have it. */
export class Watching {
  /** As they came, with the time: nothing is done with them that would keep others waiting. */
  readonly #received: { readonly text: RawData; readonly at: number }[] = [];
  /** Resolves once it is over; `status` where it never began. */
  readonly ended: Promise<{
    readonly code: number;
    readonly status: number | null;
    readonly retryAfter: string | null;
  }>;
  /** Resolves with the first frame, or at the end. */
  readonly begun: Promise<void>;
  readonly #socket: WebSocket;

  constructor(url: URL, { origin, connection }: { origin: string; connection: string }) {
    const socket = new WebSocket(url, {
      origin,
      perMessageDeflate: false,
      finishRequest: (request) => request.setHeader('Connection', connection).end(),
    });
    this.#socket = socket;
    let [status, retryAfter]: [number | null, string | null] = [null, null];
    this.ended = new Promise((resolve) => {
      socket.on('unexpected-response', (_, answer) => {
        status = answer.statusCode ?? null;
        retryAfter = answer.headers['retry-after'] ?? null;
        answer.resume();
        socket.terminate();
      });
      socket.on('error', () => {});
      socket.on('close', (code) => resolve({ code, status, retryAfter }));
    });
    const first = new Promise<void>((resolve) => socket.once('message', () => resolve()));
    this.begun = Promise.race([first, this.ended.then(() => {})]);
    socket.on('message', (text) => this.#received.push({ text, at: Date.now() }));
  }

  /** All that came, in order; `at` in milliseconds since 1970. */
  get frames(): { readonly frame: LiveFrame; readonly at: number }[] {
    return this.#received.map(({ text, at }) => ({ frame: JSON.parse(String(text)) as LiveFrame, at }));
  }

  /** Numbers of the events that came, in their order. */
  get numbers(): number[] {
    return this.frames.flatMap(({ frame }) => (frame.type === 'event' ? [frame.seq] : []));
  }

  close(): void {
    this.#socket.close();
  }
}

/** What a page says, without its head and its tags; at most some lines. */
export function wordsOf({ text }: Pick<Answer, 'text'>): string {
  const main = /<main[^>]*>(.*)<\/main>/s.exec(text)?.[1] ?? text;
  return unescaped(main.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '))
    .trim()
    .slice(0, 1000);
}

/** Names and values of what a page's forms hold without showing it. */
function hiddenFields(page: string): Record<string, string> {
  const found = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}
