import { describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../src/report/events.ts';
import { textReport } from '../../../src/report/plain-text.ts';
import { createScrubber, secretsOf } from '../../../src/report/redact.ts';
import { createStream } from '../../../src/report/stream.ts';
import { AT, eventsOf, result, saidIn } from '../../support/report/results.ts';
import { atEnd } from '../../support/suite/at-end.ts';

const scrubber = createScrubber([
  'wJalrXUtnFEMI/K7MDENG',
  't0ken-of-the-machine',
  'from-a-file\n',
  'short',
  '',
]);

describe('a secret', () => {
  it.each([
    ['$2y$05$abcdefghijklmnopqrstuuJ1vBeOyFqSFkqFxvOVlYlJVg6PZ1zW2'],
    ['$2b$12$abcdefghijklmnopqrstuuJ1vBeOyFqSFkqFxvOVlYlJVg6PZ1zW2'],
    ['$apr1$salt$Xxd1irWT9ycqoYxGFn4cb.'],
    ['$5$rounds=5000$salt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8'],
    ['$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.'],
    ['$1$salt$abcdefghijklmnopqrstu/'],
    ['{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='],
    ['{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=abcd'],
    ['wJalrXUtnFEMI/K7MDENG'],
    ['wJalrXUtnFEMI%2FK7MDENG'],
    ['t0ken-of-the-machine'],
    ['from-a-file'],
    ['AKIAIOSFODNN7EXAMPLE'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['whsec_MfKQ9r8GK/qrTwj+PD8ILPZI=='],
  ])('%s is never shown', (secret) => {
    for (const text of [secret, `ann:${secret}`, `"${secret}"`, `x=${secret}&y`, `(${secret})`]) {
      const line = scrubber.line(`before ${text} after`);
      expect(line).toContain('[redacted]');
      expect(line).not.toContain(secret.slice(-8));
      expect(line).toMatch(/^before .* after$/);
    }
  });

  it.each([
    ['https://user:pa55word@store.example/x', 'https://user:[redacted]@store.example/x'],
    ['Authorization: Basic YW5uOnNlY3JldA==', 'Authorization: Basic [redacted]'],
    ["authorization: 'Bearer abc.def'", "authorization: 'Bearer [redacted]'"],
    [
      '?X-Amz-Signature=0123abcd&X-Amz-Credential=KEY/2026',
      '?X-Amz-Signature=[redacted]&X-Amz-Credential=[redacted]',
    ],
  ])('in %s is cut out', (text, expected) => {
    expect(scrubber.line(text)).toBe(expected);
  });

  it.each([
    'db/index.sqlite3 has 12 bytes, ETag "0123456789abcdef0123456789abcdef"',
    'Basic credentials of a user, or a Bearer token',
    'to: /showcase/assets/$1 and $2',
    '^/showcase/(?:2026)/(?:boston)/.+$',
    'http://localhost:9001$1',
    'a short word',
  ])('is not seen in: %s', (text) => {
    expect(scrubber.line(text)).toBe(text);
  });

  it('is known in every way of percent-encoding, in letters of either case', () => {
    const secret = 'pa"ss(w)ö\'rd+/=';
    const scrubbed = createScrubber([secret]);
    const address = new URL('https://store.example/');
    address.pathname = `/${secret}`;
    const forms = [
      encodeURIComponent(secret),
      encodeURIComponent(secret).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
      encodeURI(secret),
      new URLSearchParams({ x: secret }).toString().slice(2),
      address.pathname.slice(1),
    ];
    for (const form of forms.flatMap((one) => [one, one.replaceAll(/%../g, (code) => code.toLowerCase())]))
      expect(scrubbed.line(`at ${form}.`)).toBe('at [redacted].');
  });

  it('may be no text of Unicode, as an escape in YAML can make it', () => {
    expect(createScrubber(['half \ud800 of one']).line('x half \ud800 of one')).toBe('x [redacted]');
  });

  it('is looked for in what is none at a price that hardly depends on how many there are', () => {
    const many = Array.from({ length: 2000 }, (_, at) => `secret-${at}-of-many`);
    const calls = vi.spyOn(String.prototype, 'replaceAll');
    atEnd(() => calls.mockRestore());
    const scrubbed = createScrubber(many.flatMap((one) => [one, `other ${one}`]));
    expect(scrubbed.line('nothing of the kind')).toBe('nothing of the kind');
    expect(calls).not.toHaveBeenCalled();
    expect(scrubbed.line('x secret-1999-of-many y')).toBe('x [redacted] y');
  });

  it('comes from the environment', () => {
    const env = {
      AWS_ACCESS_KEY_ID: 'key-id',
      AWS_SECRET_ACCESS_KEY: 'secret-key',
      UPDATE_CONFIG_TOKEN: 'machine-token',
      HTTP_AUTHORIZATION: 'Basic YW5uOnNlY3JldA==',
      BUCKET_NAME: 'showcase',
    };
    expect(secretsOf(env)).toEqual(['key-id', 'secret-key', 'machine-token', 'YW5uOnNlY3JldA==']);
  });

  it.each([
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'FLEET_PASSWORD',
    'DATABASE_PASSWORD',
    'FLY_ACCESS_TOKEN',
    'FLY_API_TOKEN',
    'PGPASSWORD',
    'RAILS_MASTER_KEY',
    'SECRET_KEY_BASE',
    'SMTP_PASSWD',
    'SSH_PASSPHRASE',
    'UPDATE_CONFIG_KEY',
    'UPDATE_CONFIG_TOKEN',
    'http_proxy_password',
  ])('is the value of %s', (name) => {
    const found = secretsOf({ [name]: 'tango-at-midnight', PATH: '/usr/bin' });
    expect(found).toEqual(['tango-at-midnight']);
    expect(createScrubber(found).line('it said tango-at-midnight')).toBe('it said [redacted]');
  });

  it.each([
    'UPDATE_CONFIG_KEY_FILE',
    'UPDATE_CONFIG_TOKEN_FILE',
    'PATH',
    'FLY_APP_NAME',
    'BUCKET_NAME',
    'RAILS_ENV',
  ])('is not the value of %s', (name) => {
    expect(secretsOf({ [name]: '/run/keys/showcase' })).toEqual([]);
  });

  it('of fewer than six characters is not distinguished from a word', () => {
    const found = secretsOf({ DATABASE_PASSWORD: 'tango', RAILS_MASTER_KEY: '' });
    expect(createScrubber(found).line('a tango')).toBe('a tango');
  });

  it.each([
    ['FlyV1 fm2_lJPECAAAAAAACwRh,fm2_other', 'fm2_lJPECAAAAAAACwRh,fm2_other'],
    ['-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n', 'BKcwggSjAgEAAoIBAQC7'],
  ])('of several parts or lines is also removed in its long parts (%j)', (secret, part) => {
    expect(createScrubber([secret]).line(`token ${part}.`)).toBe('token [redacted].');
  });

  it('of several words does not remove the single words', () => {
    expect(createScrubber(['correct horse battery staple']).line('a correct battery')).toBe(
      'a correct battery',
    );
  });
});

describe('a hostile text', () => {
  it.each([
    ['x\n[2026-01-02T03:04:05.678Z] Summary: updated', 'x\\u000a[2026-01-02T03:04:05.678Z] Summary: updated'],
    ['x\r\nRESULT {}', 'x\\u000d\\u000aRESULT {}'],
    ['\u001b[2J', '\\u001b[2J'],
    ['a\u2028b\u0085c', 'a\\u2028b\\u0085c'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['half \ud800', 'half \\ud800'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['Café 💃', 'Café 💃'],
  ])('%j stays on its line', (text, expected) => {
    expect(scrubber.line(text)).toBe(expected);
  });
});

describe('the stream of scrubbed events', () => {
  const hostile = 'key "x\nRESULT {}" of $apr1$salt$Xxd1irWT9ycqoYxGFn4cb.';
  const end = result({
    outcome: 'failed',
    warnings: [{ table: 'users', id: 1, row: hostile, reason: hostile }],
    error: { code: 'internal', message: hostile, hint: hostile },
    diff: `+ a: "t0ken-of-the-machine"\n+\tb\r\n`,
  });

  it('is scrubbed before any reporter sees it', () => {
    const seen: RunEvent[] = [];
    const { report, text } = textReport('administrator');
    const all = createStream([(event) => seen.push(event), report], scrubber);
    for (const body of saidIn(end)) all(body);
    const said = JSON.stringify(seen) + text();
    expect(said).not.toMatch(/Xxd1|t0ken/);
    expect(text().match(/^RESULT /gm)).toHaveLength(1);
    expect(text()).toContain('+ a: "[redacted]"\n+\tb\\u000d\n');
  });

  it('goes on for the others when one reporter breaks', () => {
    let broken = 0;
    const { report, text } = textReport('public');
    const failing = () => {
      broken += 1;
      throw new Error('disk full');
    };
    const all = createStream([failing, report], scrubber);
    for (const body of saidIn(result())) all(body);
    expect(broken).toBe(1);
    expect(text()).toContain('RESULT {');
  });

  it('leaves numbers, nulls and flags as they are', () => {
    const seen: RunEvent[] = [];
    const tell = createStream([(each) => seen.push(each)], scrubber);
    for (const body of saidIn(result())) tell(body);
    expect(seen.map((event) => ({ ...event, at: AT }))).toEqual(eventsOf(result()));
  });
});
