import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES, SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import { verifyPassword } from '../../../src/index/password.ts';
import { HOSTILE_LINES } from '../../support/indexes/hostile.ts';

/** The hash that OpenSSL makes of a password. */
function byOpenssl(kind: '-apr1' | '-5' | '-6', salt: string, password: string): string {
  const args = ['passwd', kind, '-salt', salt, '-stdin'];
  return execFileSync('openssl', args, { input: `${password}\n`, encoding: 'utf8' }).trim();
}

describe.each(Object.entries(SAMPLE_HASHES))('a hash of the kind %s', (_, hash) => {
  it('accepts its password, and no other', async () => {
    expect(await verifyPassword(hash, SAMPLE_PASSWORD)).toBe(true);
    for (const other of ['', 'Quickstep', `${SAMPLE_PASSWORD} `, hash, `{PLAIN}${SAMPLE_PASSWORD}`]) {
      expect(await verifyPassword(hash, other)).toBe(false);
    }
  });
});

describe.each(['-apr1', '-5', '-6'] as const)('the hash of openssl passwd %s', (kind) => {
  // Around the block and digest sizes of the algorithms, in ASCII and beyond.
  const lengths = [1, 8, 15, 16, 17, 31, 32, 33, 55, 63, 64, 65, 100, 127, 128];
  it.each(lengths)('is the same as ours for a password of %i bytes', async (length) => {
    const ascii = 'Vw3:$ '.repeat(40).slice(0, length);
    const accented = 'é'.repeat(length / 2) + 'z'.repeat(length % 2);
    for (const password of [ascii, accented]) {
      const hash = byOpenssl(kind, 'sAlt/.12'.slice(0, 1 + (length % 8)), password);
      expect(await verifyPassword(hash, password)).toBe(true);
      expect(await verifyPassword(hash, `${password}x`)).toBe(false);
    }
  });
});

describe('bcrypt', () => {
  const hash = SAMPLE_HASHES['bcrypt 2y'] ?? '';

  it('is the same algorithm under each of its letters', async () => {
    for (const letter of 'abxy') {
      expect(await verifyPassword(hash.replace('$2y$', `$2${letter}$`), SAMPLE_PASSWORD)).toBe(true);
    }
  });
});

it('SHA-crypt with its own number of rounds agrees with the vectors of its specification', async () => {
  const vectors = [
    ['$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA', 'Hello world!'],
    [
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
      'Hello world!',
    ],
    ['$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkm6m31zVzA12XeJnBzDQCD', 'none of these'],
  ] as const;
  expect(await Promise.all(vectors.map(([hash, password]) => verifyPassword(hash, password)))).toEqual([
    true,
    true,
    false,
  ]);
});

it.each(HOSTILE_LINES)('an htpasswd line with %s authorizes nobody', async (_, line) => {
  const hash = line.slice(line.indexOf(':') + 1);
  for (const password of ['', 'secret', hash, 'eve']) {
    // A line is refused for its user as well; then its hash may be good, but not for these passwords.
    expect(await verifyPassword(hash, password)).toBe(false);
  }
});

it('a password of more than 128 bytes is not verified, whatever it is', async () => {
  const password = 'x'.repeat(129);
  expect(await verifyPassword(byOpenssl('-apr1', 'salt', password), password)).toBe(false);
});

it('a password of endless length is refused without work', async () => {
  expect(await verifyPassword(SAMPLE_HASHES['crypt-sha512'] ?? '', 'x'.repeat(1e7))).toBe(false);
});
