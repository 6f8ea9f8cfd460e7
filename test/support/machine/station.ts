import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SAMPLE_ADMINISTRATOR, SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import type { FailureCode } from '../../../src/failure.ts';
import { type FaultProxy, startFaultProxy } from '../store/fault-proxy.ts';
import { basic, type CgiAnswered, Machine, type RunOptions } from './machine.ts';
import { type Published, startPublished, storeEnvironment } from './published.ts';
import { FLY_MACHINE } from './use-machine.ts';

export const TOKEN = 'a-token-of-some-length';
export const ADMINISTRATOR = basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password);

/** The index that is installed before anything bad is tried, and the same after a change. */
export const GOOD_INDEX = makeSampleIndex();
const CHANGED_INDEX = changeSample(GOOD_INDEX).index;

/** So that what is published later is newer. */
let clock = Date.parse('2026-01-02T03:04:05Z');
const nextTime = (): Date => {
  clock += 1000;
  return new Date(clock);
};

/** A machine with a good configuration installed, and a store of its own behind a proxy that can spoil its answers. */
export class Station {
  readonly machine: Machine;
  readonly published: Published;
  readonly proxy: FaultProxy;
  readonly logFile: string;
  /** As it is when nothing has changed since the last call of `settle`. */
  #settled = new Map<string, string>();
  #logRead = 0;

  private constructor(machine: Machine, published: Published, proxy: FaultProxy) {
    this.machine = machine;
    this.published = published;
    this.proxy = proxy;
    const logs = join(machine.home, 'log');
    mkdirSync(logs);
    this.logFile = join(logs, 'update_config.log');
    machine.env = {
      ...machine.env,
      ...storeEnvironment(published.settings, proxy.endpoint),
      RAILS_LOG_VOLUME: logs,
      UPDATE_CONFIG_TOKEN: TOKEN,
      ...FLY_MACHINE,
    };
  }

  static async open(): Promise<Station> {
    const published = await startPublished();
    const proxy = await startFaultProxy(published.settings.endpoint);
    const station = new Station(new Machine(), published, proxy);
    await station.install(GOOD_INDEX);
    return station;
  }

  /** Puts an index into the store, newer than every one before. */
  async publish(index: Buffer, at: Date = nextTime()): Promise<void> {
    await this.published.publish(index, at);
  }

  async install(index: Buffer): Promise<void> {
    await this.publish(index);
    expect(await this.post()).toMatchObject({ status: 200, exitCode: 0 });
    this.settle();
  }

  /** A good index in the store that is not the one installed. */
  async publishAnother(): Promise<void> {
    await this.publish(this.hasChanged() ? GOOD_INDEX : CHANGED_INDEX);
  }

  /** Whether the changed index is the one installed. */
  hasChanged(): boolean {
    return this.machine.read('navigator.yml').includes('tea-dance');
  }

  /** Posts, and holds what every answer must keep: its form, that of the logs, and that nothing in them is a secret. */
  async post(query = '', options: RunOptions = {}): Promise<CgiAnswered> {
    const answer = await this.machine.post(query, options);
    expectWellFormed(answer);
    this.expectNoSecret(answer, options.env?.['HTTP_AUTHORIZATION']);
    return answer;
  }

  /** Takes the files as they are now for what must not change. */
  settle(): void {
    this.#settled = this.machine.snapshot();
  }

  /** Not a byte, an owner, a mode or a time has changed since, and no file has come or gone. */
  expectUntouched(): void {
    expect(this.machine.snapshot()).toEqual(this.#settled);
  }

  expectNoSecret(answer: Pick<CgiAnswered, 'stdout' | 'stderr'>, authorization = ''): void {
    const file = existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
    // Others may be writing: only whole lines.
    const log = file.slice(0, file.lastIndexOf('\n') + 1);
    const texts = [answer.stdout, answer.stderr, log.slice(this.#logRead)];
    this.#logRead = log.length;
    // A command line that makes no sense is told there, in one line and before there is a log.
    expectLog(answer.stderr.replace(/^update_config: .+\n$/, ''));
    expectLog(texts[2] ?? '');
    const secrets = this.#secrets(authorization);
    const found = texts.flatMap((text) => [
      ...secrets.filter((secret) => text.includes(secret)),
      ...(SECRET_SHAPES.exec(text) ?? []),
    ]);
    expect(found).toEqual([]);
  }

  #secrets(authorization: string): string[] {
    const { accessKeyId, secretAccessKey } = this.published.settings;
    const sent = authorization.split(' ').slice(1);
    const passwords = [SAMPLE_ADMINISTRATOR.password, SAMPLE_PASSWORD];
    const literal = [accessKeyId, secretAccessKey, TOKEN, ...passwords, ...sent].filter(Boolean);
    return [...new Set(literal.flatMap((secret) => [secret, encodeURIComponent(secret)]))];
  }

  async close(): Promise<void> {
    this.machine.remove();
    await this.proxy.close();
    await this.published.close();
  }
}

/** A few stations for many tests that run side by side; each test has one to itself for its time. */
export class Stations {
  readonly #all: Station[] = [];
  readonly #free: Station[] = [];
  readonly #waiting: ((station: Station) => void)[] = [];

  async open(count: number): Promise<void> {
    const opened = await Promise.all(Array.from({ length: count }, () => Station.open()));
    this.#all.push(...opened);
    this.#free.push(...opened);
  }

  async close(): Promise<void> {
    for (const station of this.#all) await station.close();
  }

  async use(work: (station: Station) => Promise<void>): Promise<void> {
    const station =
      this.#free.pop() ?? (await new Promise<Station>((resolve) => this.#waiting.push(resolve)));
    station.proxy.plan(() => undefined);
    station.machine.isFromSource = Machine.areFromSource;
    station.settle();
    try {
      await work(station);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(station);
      else this.#free.push(station);
    }
  }

  /** The same with update_config as it was built. */
  useBuilt(work: (station: Station) => Promise<void>): Promise<void> {
    return this.use(async (station) => {
      station.machine.isFromSource = false;
      await work(station);
    });
  }

  /** The same with another good index in the store than the one installed. */
  useWithAnother(work: (station: Station) => Promise<void>): Promise<void> {
    return this.use(async (station) => {
      await station.publishAnother();
      await work(station);
    });
  }
}

/** How the hashes begin that an htpasswd line may have, and what signs a request. */
const SECRET_SHAPES =
  /.{0,40}(?:\$(?:2[abxy]?|apr1|[156]|y)\$[A-Za-z0-9./]|\{S?SHA\}[A-Za-z0-9+/]|Signature=|Credential=|AWS4-HMAC).{0,40}/i;

const STAMPED = /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] \P{C}+$/u;
const DIFF = /^[ +\-@\\](?:\t|\P{C})*$/u;

/** Whatever the index holds, a text answer is stamped lines, a diff and one RESULT, and a JSON answer one line. */
function expectWellFormed(answer: CgiAnswered): void {
  expect(answer.signal).toBe(null);
  expect(answer.body.endsWith('\n')).toBe(true);
  const lines = answer.body.slice(0, -1).split('\n');
  const last = lines.pop() ?? '';
  if (answer.headers['content-type']?.startsWith('text/plain')) {
    expectReport(answer.body);
    expect(JSON.parse(last.replace(/^RESULT /, ''))).toEqual(answer.result);
  } else {
    expect(lines).toEqual([]);
    expect(last).toMatch(/^\{\P{C}*\}$/u);
  }
}

/** Stamped lines, perhaps a diff, and at the end the one RESULT. */
export function expectReport(text: string): void {
  const lines = text.replace(/\n$/, '').split('\n');
  expect(lines.pop()).toMatch(/^RESULT \{\P{C}*\}$/u);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => !STAMPED.test(line) && !DIFF.test(line))).toEqual([]);
}

/** A log is one object a line. */
function expectLog(text: string): void {
  for (const line of text.split('\n').slice(0, -1)) {
    expect(line).toMatch(/^\{\P{C}*\}$/u);
    expect(JSON.parse(line)).toMatchObject({ name: 'update_config', pid: expect.any(Number) });
  }
}

/** A failure says what it is and what to do about it, to whoever reads: by status, in the answer, in the log. */
export function expectFailure(answer: CgiAnswered, status: number, code: FailureCode): void {
  const { error, ...rest } = answer.result;
  expect({ status: answer.status, exitCode: answer.exitCode, code: error?.code }, answer.body).toEqual({
    status,
    exitCode: 1,
    code,
  });
  expect(rest).toMatchObject({ outcome: 'failed', reload: false, files: [] });
  expect(error?.message).toMatch(/\w{3}/);
  expect(error?.hint).toMatch(/\w{3}.*[.?]$/);
  if (answer.headers['content-type']?.startsWith('text/plain')) {
    expect(answer.body).toContain(`Failed (${code}): ${error?.message}\n`);
    expect(answer.body).toContain(`What to do: ${error?.hint}\n`);
  }
  const end = JSON.parse(answer.stderr.trimEnd().split('\n').at(-1) ?? '{}') as object;
  expect(end).toMatchObject({ level: 'error', event: 'end', result: { error: { code } } });
}
