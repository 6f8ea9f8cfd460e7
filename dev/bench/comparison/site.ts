import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One tool with a server of its own that serves the site of the comparison. */
export interface Site {
  /** As the table names it, such as `confd, nginx`. */
  readonly name: string;
  /** Where its server listens. */
  readonly origin: string;
  /** Its server. */
  readonly pid: number;
  /** What has been there from the start. */
  readonly old: Probe;
  /** Puts the nth change where the tool looks for its source. Not timed. */
  change(nth: number): Promise<void>;
  /** What somebody would run to have that in force; done when that has ended. */
  publish(): Promise<void>;
  /** What the nth change adds: answered with 200 once it is in force, with something else before. */
  added(nth: number): Probe;
  /** Tells what `publish` would do, or whether it could; null where the tool has nothing of the kind. */
  readonly dryRun: (() => Promise<void>) | null;
  /** Gives the tool a source from which no valid configuration follows, and has it published. */
  publishBroken(): Promise<void>;
  /** Bytes of what the tool keeps on the disk for its server, so that a change of them is seen. */
  live(): Buffer;
  stop(): Promise<void>;
}

export interface Probe {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request over a connection of its own, since a reload that closes idle ones is no fault. Null: no answer. */
async function ask(origin: string, { path, headers = {} }: Probe): Promise<number | null> {
  try {
    const question = request(new URL(path, origin), { agent: false, headers, timeout: 10_000 });
    question.on('timeout', () => question.destroy(new Error('no answer within 10 s')));
    question.end();
    const [answer] = (await once(question, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer.statusCode ?? null;
  } catch {
    return null;
  }
}

/** @throws when it is not answered with 200 within a minute. */
export async function untilAnswered(origin: string, probe: Probe): Promise<void> {
  const last = performance.now() + 60_000;
  while ((await ask(origin, probe)) !== 200) {
    if (performance.now() > last) throw new Error(`${origin}${probe.path} has no answer 200 after a minute`);
    await delay(2);
  }
}

/** Visitors who ask for what has always been there, one request after another each, until they are told to stop. */
export class Visitors {
  #on = true;
  #asked = 0;
  #lost = 0;
  readonly #all: Promise<unknown>;

  constructor(site: Site, count: number) {
    this.#all = Promise.all(Array.from({ length: count }, () => this.#visit(site)));
  }

  async stop(): Promise<{ asked: number; lost: number }> {
    this.#on = false;
    await this.#all;
    return { asked: this.#asked, lost: this.#lost };
  }

  async #visit(site: Site): Promise<void> {
    while (this.#on) {
      const status = await ask(site.origin, site.old);
      this.#asked++;
      if (status !== 200) this.#lost++;
      await delay(1);
    }
  }
}

/** A port of this machine that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
