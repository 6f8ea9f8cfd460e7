import { createHmac, randomBytes } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { User } from '../index/index-model.ts';
import { Attempts } from './attempts.ts';
import { type Login, proves } from './authorize.ts';
import { TooManyRequests } from './http-failures.ts';
import { Turns } from './turns.ts';

/** Milliseconds that a password counts as proved; then it is hashed again. */
const PROVED_MS = 60_000;
/** Until others of the same address are likely to be done. */
const BUSY_MS = 1000;
const FAMILIAR_MS = 12 * 3600_000;
const MOST_REMEMBERED = 2000;
/** Passwords that may wait to be hashed, which takes bcrypt some 60 ms for each. */
const MOST_WAITING = 256;
/** Those of one address, behind which there may be a whole studio, or a proxy that nobody has named. */
const MOST_WAITING_BY_ADDRESS = 64;
/** Wrong passwords of one name are slowed down later than those of one address, which need not be its owner's. */
const FREE_BY_NAME = 10;

export interface LoginsOptions {
  /** Milliseconds, by a clock that does not go back. */
  readonly now: () => number;
  readonly verify?: (hash: string, password: string) => Promise<boolean>;
}

interface Attempt {
  readonly login: Omit<Login, 'scheme'>;
  readonly users: readonly User[];
  /** The address, and it with the name. */
  readonly from: string;
  readonly pair: string;
}

/**
 * Proves logins against the index, with a memory for what was proved just now, and pauses for who fails again and again.
 */
export class Logins {
  /** By a digest of name, hash and password: the moment until which it counts. The digest's key is this process's own. */
  readonly #proved = new Map<string, number>();
  /** Who has logged in from where, which others who try that name elsewhere cannot take from her. */
  readonly #familiar = new Map<string, number>();
  readonly #turns = new Turns();
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #key = randomBytes(32);
  readonly #byAddress: Attempts;
  readonly #byName: Attempts;
  /** Failures of one name at one address. */
  readonly #byPair: Attempts;
  readonly #options: LoginsOptions;
  #failures = 0;

  constructor(options: LoginsOptions) {
    this.#options = options;
    this.#byAddress = new Attempts(options.now);
    this.#byName = new Attempts(options.now, FREE_BY_NAME);
    this.#byPair = new Attempts(options.now);
  }

  /** How many logins have failed since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** How many passwords wait to be checked, or are being checked. */
  get waiting(): number {
    return this.#turns.size;
  }

  /**
   * Whether a login is right. One that was proved in the last minute is, whatever else fails at the same address.
   *
   * @param address whose it is; all addresses of one IPv6 network count as one
   * @throws {TooManyRequests} it is not looked at, since others of this address or name have failed
   * @throws {Failure} `busy`
   */
  async isRight(login: Omit<Login, 'scheme'>, address: string, users: readonly User[]): Promise<boolean> {
    const digest = this.#digestOf(login, users);
    if (counts(this.#proved, digest, this.#options.now())) return true;
    // A browser asks for several things at once: all of them wait for one hash.
    const known = this.#underWay.get(digest);
    if (known) return await known;
    const from = networkOf(address);
    const attempt = { login, users, from, pair: `${from} ${login.userid}` };
    this.#refuseIfPausing(attempt);
    this.#refuseIfFull(attempt);
    const proof = this.#turns.take(from, () => this.#proveNow(attempt, digest));
    this.#underWay.set(digest, proof);
    try {
      return await proof;
    } finally {
      this.#underWay.delete(digest);
    }
  }

  /** Whoever has logged in from there waits only for failures of that name there: neighbours take nothing from her. */
  #pauseOf(from: string, name: string, pair: string): number {
    if (counts(this.#familiar, pair, this.#options.now())) return this.#byPair.pauseOf(pair);
    return Math.max(this.#byAddress.pauseOf(from), this.#byName.pauseOf(name));
  }

  #refuseIfPausing({ login, from, pair }: Attempt): void {
    const pause = this.#pauseOf(from, login.userid, pair);
    if (pause > 0) throw new TooManyRequests('too many logins have failed', pause);
  }

  /** Whoever is known waits in any queue. */
  #refuseIfFull({ from, pair }: Attempt): void {
    if (this.#turns.sizeOf(from) >= MOST_WAITING_BY_ADDRESS)
      throw new TooManyRequests('too many passwords of this address are being checked', BUSY_MS);
    if (this.#turns.size < MOST_WAITING || counts(this.#familiar, pair, this.#options.now())) return;
    throw new Failure('busy', `${MOST_WAITING} passwords are being checked already`, {
      hint: 'Try again in a moment.',
    });
  }

  async #proveNow(attempt: Attempt, digest: string): Promise<boolean> {
    const { login, users, from, pair } = attempt;
    // Those before it may have failed, and nobody is to try as many at once as can wait.
    this.#refuseIfPausing(attempt);
    if (await proves(login, users, undefined, this.#options.verify)) {
      remember(this.#proved, digest, this.#options.now() + PROVED_MS);
      // Only her own: whoever knows one password must not be able to try others without end in between.
      this.#byAddress.forgive(from, this.#byPair.succeeded(pair));
      remember(this.#familiar, pair, this.#options.now() + FAMILIAR_MS);
      return true;
    }
    this.#failures += 1;
    this.#byAddress.failed(from);
    this.#byName.failed(login.userid);
    this.#byPair.failed(pair);
    return false;
  }

  /** With the hash in it, a password that was changed counts at once, and the old one no more. */
  #digestOf({ userid, password }: Omit<Login, 'scheme'>, users: readonly User[]): string {
    const line = users.find((user) => user.userid === userid)?.htpasswdLine ?? '';
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([userid, line, password]))
      .digest('base64');
  }
}

function counts(memory: ReadonlyMap<string, number>, key: string, now: number): boolean {
  return (memory.get(key) ?? Number.NEGATIVE_INFINITY) > now;
}

function remember(memory: Map<string, number>, key: string, until: number): void {
  memory.delete(key);
  memory.set(key, until);
  const [oldest] = memory.keys();
  if (memory.size > MOST_REMEMBERED && oldest !== undefined) memory.delete(oldest);
}

/** The first half of an IPv6 address: who has one has the rest of it. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = address.includes('::')
    ? [...groups, ...Array(Math.max(0, missing)).fill('0'), ...tail.split(':')]
    : groups;
  return all.slice(0, 4).join(':');
}
