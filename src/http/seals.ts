import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a seal is good for, and for whom: nobody can use it for anything else. */
export interface Sealed {
  /** Such as `form`. */
  readonly purpose: string;
  /** Such as a userid. */
  readonly subjects: readonly string[];
}

const FORM = /^([0-9a-z]{1,12})\.([A-Za-z0-9_-]{43})$/;

/** Short proofs that this server has given something to somebody, and until when that counts. Nothing is stored. */
export class Seals {
  readonly #key: Buffer;
  readonly #now: () => number;

  /** @param now milliseconds since 1970: a seal outlives a restart */
  constructor(key: Buffer, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  /** @returns text for a form or an address */
  seal(what: Sealed, forMs: number): string {
    const until = Math.ceil((this.#now() + forMs) / 1000).toString(36);
    return `${until}.${this.#mac(what, until).toString('base64url')}`;
  }

  isGood(seal: string, what: Sealed): boolean {
    const [, until = '', given = ''] = FORM.exec(seal) ?? [];
    const isRight = timingSafeEqual(padded(Buffer.from(given, 'base64url')), this.#mac(what, until));
    return isRight && Number.parseInt(until, 36) * 1000 > this.#now();
  }

  #mac({ purpose, subjects }: Sealed, until: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([purpose, until, ...subjects]))
      .digest();
  }
}

function padded(mac: Buffer): Buffer {
  return mac.length === 32 ? mac : Buffer.alloc(32);
}
