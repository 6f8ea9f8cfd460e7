import { describe, expect, it } from 'vitest';
import { addressFor, readEndpoints } from '../../../src/webhooks/endpoints.ts';
import { readHookSettings } from '../../../src/webhooks/hook-settings.ts';
import { pauseAfter, WEBHOOK_LIMITS } from '../../../src/webhooks/webhook-limits.ts';
import { KEY, OLD_KEY } from '../../support/webhooks/hook-sender.ts';

const read = (WEBHOOK_URLS: string, WEBHOOK_SIGNING_KEY = KEY, more: NodeJS.ProcessEnv = {}) =>
  readEndpoints({ WEBHOOK_URLS, WEBHOOK_SIGNING_KEY, ...more });
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

describe('endpoints', () => {
  it('are none without settings', () => {
    expect(readEndpoints({})).toEqual([]);
  });

  it('are told of everything, or of what stands behind the address', () => {
    const [all, some] = read('https://one.example/a\n https://two.example/b#run.finished,machine.failed');
    expect(all?.types).toEqual(['index.published', 'run.finished', 'machine.failed']);
    expect(some?.types).toEqual(['run.finished', 'machine.failed']);
    expect(some?.url.href).toBe('https://two.example/b');
  });

  it('have an id by their address alone', () => {
    const ids = (urls: string) => read(urls).map(({ id }) => id);
    expect(ids('https://one.example/a#run.finished')).toEqual(ids('https://one.example/a'));
    expect(new Set(ids('https://one.example/a https://one.example/b')).size).toBe(2);
  });

  it('have the keys of their own, or those of all', () => {
    const [one, two] = read(
      'https://one.example/a https://two.example/b',
      `# of all\n${KEY}\nhttps://two.example/b ${OLD_KEY}`,
    );
    expect(one?.keys).not.toEqual(two?.keys);
    expect([one?.keys.length, two?.keys.length]).toEqual([1, 1]);
  });

  it('are shown without what may be a token', () => {
    const [one] = read('https://hooks.example/services/T0123/AbCdEfGhIjKlMnOpQrStUvWx?token=1234567');
    expect(one?.shown).toBe('https://hooks.example/services/T0123/…?…');
  });

  it('are reached in clear only within this machine or Fly', () => {
    expect(
      read('http://127.0.0.1:1/a http://localhost/b http://app.internal/c http://app.flycast/d'),
    ).toHaveLength(4);
  });

  it.each([
    [
      'an address in clear',
      'http://ci.example/hooks/secret-path',
      /http:\/\/ci\.example: everybody on the way/,
    ],
    ['something else', 'ci.example/hooks', /not an address/],
    ['another scheme', 'file:///etc/passwd', /not an address/],
    ['a login', 'https://user:hunter2@ci.example/', /has a login/],
    ['a comma between two', 'https://ci.example/a,https://ci.example/secret-path', /a comma behind/],
    ['an unknown type', 'https://ci.example/#run.started', /unknown type/],
    ['an address twice', 'https://ci.example/a https://ci.example/a#run.finished', /twice/],
  ])('are refused for %s, without more of it than its origin', (_, urls, message) => {
    const said = messageOf(() => read(urls));
    expect(said).toMatch(message);
    expect(said).not.toMatch(/secret-path|hunter2/);
  });

  it('are refused without a key', () => {
    expect(messageOf(() => read('https://ci.example/a', ''))).toMatch(/for which there is no key/);
    expect(messageOf(() => read('https://ci.example/a', `https://ci.example/b ${KEY}`))).toMatch(
      /not in WEBHOOK_URLS/,
    );
  });

  it('that are only asked stand once, and also beside a message to the same address', () => {
    const [url, env] = [
      'https://ci.example/a',
      { WEBHOOK_URLS: 'https://ci.example/a', WEBHOOK_SIGNING_KEY: KEY },
    ];
    const both = readEndpoints({ ...env, WEBHOOK_NOTIFY_URL: url });
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
    expect(messageOf(() => readEndpoints({ ...env, WEBHOOK_NOTIFY_URL: `${url} ${url}` }))).toMatch(/twice/);
  });

  it('that are only asked need no key, and hear of publications', () => {
    const [one] = readEndpoints({ WEBHOOK_NOTIFY_URL: 'https://rubix.example/webhook/showcase' });
    expect([one?.way, one?.types]).toEqual(['get', ['index.published']]);
    const [two] = readEndpoints({ WEBHOOK_NOTIFY_URL: 'https://ci.example/{event}?of={event}' });
    expect(two && addressFor(two, 'run.finished').href).toBe(
      'https://ci.example/run.finished?of=run.finished',
    );
  });
});

describe('secrets of those who ask', () => {
  it.each([
    [{ WEBHOOK_KEY: 'whsec_short' }, /WEBHOOK_KEY_FILE, line 1,/],
    [{ WEBHOOK_KEY: `${KEY}\nnot-a-key-at-all` }, /WEBHOOK_KEY_FILE, line 2,/],
    [{ WEBHOOK_GITHUB_SECRET: 'too-short' }, /WEBHOOK_GITHUB_SECRET_FILE, line 1,/],
    [{ WEBHOOK_STORE_TOKEN: '# only a comment' }, /WEBHOOK_STORE_TOKEN_FILE holds no secret/],
    [{ WEBHOOK_GITHUB_EVENTS: 'push,issues' }, /WEBHOOK_GITHUB_EVENTS is/],
    [{ WEBHOOK_GITHUB_BRANCHES: 'main, refs/heads/production' }, /BRANCHES has "refs\/heads\/production"/],
    [{ WEBHOOK_GITHUB_BRANCHES: 'main production' }, /BRANCHES has "main production"/],
    [{ WEBHOOK_GITHUB_BRANCHES: 'release/*' }, /BRANCHES has "release\/\*"/],
  ])('%j are refused by the setting, and never shown', (env, message) => {
    const said = messageOf(() => readHookSettings(env));
    expect(said).toMatch(message);
    expect(said).not.toMatch(/too-short|whsec_short|not-a-key/);
  });
});

describe('pauses between attempts', () => {
  it('grow, and are three days together', () => {
    const pauses = WEBHOOK_LIMITS.pausesMs;
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
    const hours = pauses.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(71);
    expect(hours).toBeLessThan(72);
  });

  it('end with the last attempt, and for what is three days old', () => {
    expect(pauseAfter(WEBHOOK_LIMITS, WEBHOOK_LIMITS.pausesMs.length + 1, 0, 0)).toBeNull();
    expect(pauseAfter(WEBHOOK_LIMITS, 1, WEBHOOK_LIMITS.longestMs, 0)).toBeNull();
  });

  it('are a tenth shorter at most, and as long as somebody asks for up to a day', () => {
    const first = pauseAfter(WEBHOOK_LIMITS, 1, 0, 0) ?? 0;
    expect(first).toBeGreaterThanOrEqual(4500);
    expect(first).toBeLessThanOrEqual(5000);
    expect(pauseAfter(WEBHOOK_LIMITS, 1, 0, 7_200_000)).toBe(7_200_000);
    expect(pauseAfter(WEBHOOK_LIMITS, 1, 0, 1e12)).toBe(86_400_000);
  });
});
