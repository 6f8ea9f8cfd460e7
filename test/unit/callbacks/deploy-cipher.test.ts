import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { decryptConfig, encryptConfig, newDeployKey } from '../../../src/callbacks/deploy-cipher.ts';
import { failureOf } from '../../support/suite/failure.ts';

const KEY = '0123456789abcdef'.repeat(4);

/** The gem's own way, with Ruby's OpenSSL: bytes in, bytes out, both in base64. */
function byRuby(what: 'encrypt' | 'decrypt', bytes: Buffer): Buffer {
  const script = `
require 'openssl'
require 'base64'
key = [ARGV[1]].pack('H*')
given = Base64.decode64($stdin.read)
cipher = OpenSSL::Cipher.new('aes-256-gcm')
if ARGV[0] == 'encrypt'
  cipher.encrypt
  cipher.key = key
  nonce = cipher.random_iv
  out = cipher.update(given) + cipher.final
  print Base64.strict_encode64(nonce + out + cipher.auth_tag)
else
  cipher.decrypt
  cipher.key = key
  cipher.iv = given[0, 12]
  cipher.auth_tag = given[-16..]
  print Base64.strict_encode64(cipher.update(given[12...-16]) + cipher.final)
end`;
  const answer = execFileSync('ruby', ['-e', script, what, KEY], { input: bytes.toString('base64') });
  return Buffer.from(answer.toString(), 'base64');
}

describe('deploy.enc', () => {
  const text = 'callback_url: "https://myapp.com/api/deploys"\n';

  it("is the contract's bytes for its key, nonce and text, and is read back", () => {
    const bytes = encryptConfig(text, KEY, Buffer.from('000102030405060708090a0b', 'hex'));
    expect(bytes.toString('hex')).toBe(
      '000102030405060708090a0be265f67164864163c5bebb7f4d9f80a83cb864cde1df0570d1bbf7bd73b0166c6caaf90f59dc8aed772ebfcf7f166f18837183c66cc70f57ffcbda2539cb',
    );
    expect(decryptConfig(bytes, KEY)).toBe(text);
    expect(decryptConfig(bytes, KEY.toUpperCase())).toBe(text);
  });

  it("is read by Ruby's OpenSSL, and what that wrote is read here", () => {
    const long = `${text}# Grüße ✓\n${'password: geheim\n'.repeat(500)}`;
    expect(byRuby('decrypt', encryptConfig(long, KEY)).toString()).toBe(long);
    expect(decryptConfig(byRuby('encrypt', Buffer.from(long)), KEY)).toBe(long);
  });

  it('is encrypted anew each time, with a key that is new each time', () => {
    expect(encryptConfig(text, KEY)).not.toEqual(encryptConfig(text, KEY));
    expect(newDeployKey()).toMatch(/^[0-9a-f]{64}$/);
    expect(newDeployKey()).not.toBe(newDeployKey());
  });

  it.each([
    ['an empty file', () => Buffer.alloc(0), 'too short'],
    ['a file without room for a tag', () => Buffer.alloc(27), 'too short'],
    ['another key', () => encryptConfig(text, newDeployKey()), 'not encrypted with this deploy key'],
    [
      'a bit that was changed',
      () => {
        const bytes = encryptConfig(text, KEY);
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        return bytes;
      },
      'has been changed since',
    ],
    ['text that is not UTF-8', () => byRuby('encrypt', Buffer.from([0xff, 0xfe])), 'UTF-8'],
  ])('is refused for %s, and nothing of key or text is said', async (_, make, why) => {
    const failure = await failureOf(() => decryptConfig(make(), KEY));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain(why);
    expect(`${failure.message} ${failure.hint}`).not.toMatch(/0123456789abcdef|myapp/);
  });

  it('is not made longer than what is read', async () => {
    expect((await failureOf(() => encryptConfig('x'.repeat(64 * 1024 + 1), KEY))).code).toBe(
      'config-invalid',
    );
    for (const length of [0, 64 * 1024]) {
      const whole = 'x'.repeat(length);
      expect(decryptConfig(encryptConfig(whole, KEY), KEY) === whole).toBe(true);
    }
  });
});
