import { describe, expect, it } from 'vitest';
import { derivedKey } from '../../../src/callbacks/callback-signatures.ts';
import { dashboardOf, readDeployConfig } from '../../../src/callbacks/deploy-config.ts';
import { failureOf } from '../../support/suite/failure.ts';
import { readByRuby } from '../../support/system/ruby.ts';

const KEY = '0123456789abcdef'.repeat(4);
const URL_TEXT = 'https://myapp.com/api/deploys';
const SECRETS = [32, 24].map((length) => `whsec_${Buffer.alloc(length, length).toString('base64')}`);

describe('the config in deploy.enc', () => {
  it.each([
    ['at the top', `callback_url: "${URL_TEXT}"\napplication:\n  name: shop\n`],
    ['in the application', `application:\n  name: shop\n  callback_url: ${URL_TEXT}\n`],
    ['as a symbol', `:callback_url: ${URL_TEXT}\n`],
    ['as a quoted symbol', `":callback_url": ${URL_TEXT}\n`],
    ['as symbols, in the application', `:application:\n  :callback_url: ${URL_TEXT}\n`],
    [
      'at the top before all others',
      `application:\n  callback_url: https://other.com\ncallback_url: ${URL_TEXT}\n`,
    ],
    [
      'in the application where nothing stands at the top',
      `callback_url:\napplication: {callback_url: "${URL_TEXT}"}\n`,
    ],
  ])('names a dashboard %s', (_, text) => {
    expect(readDeployConfig(text).callbackUrl).toBe(URL_TEXT);
    const dashboard = dashboardOf(readDeployConfig(text), KEY);
    expect(dashboard?.url.href).toBe(URL_TEXT);
    expect(dashboard?.deployKey).toBe(KEY);
    expect(dashboard?.webhookKeys).toEqual([derivedKey(KEY)]);
  });

  it('is read as Ruby reads and writes it', () => {
    const text = `---\n:callback_url: ${URL_TEXT}\n:application:\n  :name: shop\n`;
    expect(readByRuby([text])[0]).toMatchObject({ 'Symbol callback_url': URL_TEXT });
    expect(readDeployConfig(text).callbackUrl).toBe(URL_TEXT);
  });

  it.each([
    '',
    '# nothing\n',
    '---\n',
    'application:\n  name: shop\n',
    'callback_url: ""\n',
    'callback_url: ~\n',
    '- a\n',
  ])('names no dashboard: %j', (text) => {
    expect(readDeployConfig(text).callbackUrl).toBe(null);
    expect(dashboardOf(readDeployConfig(text), KEY)).toBe(null);
  });

  it('may hold keys of Standard Webhooks, one or several', () => {
    const keysOf = (text: string) =>
      dashboardOf(readDeployConfig(`callback_url: ${URL_TEXT}\n${text}`), KEY)?.webhookKeys;
    expect(keysOf(`callback_secret: ${SECRETS[0]}\n`)).toEqual([Buffer.alloc(32, 32)]);
    expect(keysOf(`callback_secret:\n  - ${SECRETS[0]}\n  - ${SECRETS[1]}\n`)).toEqual([
      Buffer.alloc(32, 32),
      Buffer.alloc(24, 24),
    ]);
    expect(keysOf(`application:\n  callback_secret: ${SECRETS[1]}\n`)).toEqual([Buffer.alloc(24, 24)]);
    expect(keysOf('callback_secret: []\n')).toEqual([derivedKey(KEY)]);
  });

  it.each([
    ['YAML that is broken', 'callback_url: [secret-word\n', 'not YAML'],
    ['a name twice', `callback_url: ${URL_TEXT}\ncallback_url: secret-word\n`, 'not YAML'],
    ['two documents', `callback_url: ${URL_TEXT}\n---\nsecret-word\n`, 'not YAML'],
    ['a tag of Ruby', `callback_url: ${URL_TEXT}\nx: !ruby/object:Secret\n  word: 1\n`, 'tags'],
    ['a tag of YAML', `callback_url: ${URL_TEXT}\nx: !!binary secret-word\n`, 'tags'],
    ['a number for an address', 'callback_url: 5\n', 'not a text'],
    [
      'a number for a secret',
      `callback_url: ${URL_TEXT}\ncallback_secret: [5]\n`,
      'neither a text nor a list',
    ],
    ['a secret of another form', `callback_url: ${URL_TEXT}\ncallback_secret: secret-word\n`, 'whsec_'],
    ['a secret that is too short', `callback_url: ${URL_TEXT}\ncallback_secret: whsec_AAAA\n`, 'whsec_'],
    [
      'six secrets',
      `callback_url: ${URL_TEXT}\ncallback_secret: [${Array(6).fill(SECRETS[0]).join(', ')}]\n`,
      'more than 5',
    ],
    ['a text that is too long', `callback_url: ${URL_TEXT}\n# ${'x'.repeat(64 * 1024)}`, 'longer than'],
    ['aliases without end', bomb(), 'aliases'],
  ])('is refused for %s, and nothing of it is said', async (_, text, why) => {
    const failure = await failureOf(() => dashboardOf(readDeployConfig(text), KEY));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain(why);
    expect(`${failure.message} ${failure.hint}`).not.toMatch(/secret-word|myapp/i);
  });

  it('tells what in it is secret: all texts under names that say so, at any depth', () => {
    const { secrets } = readDeployConfig(`
application:
  name: shop
  ":api_token": tok-symbol
  database:
    password: "pa ss"
    port: 5432
  app:
    web:
      env: {RAILS_MASTER_KEY: master, RAILS_ENV: production, PIN_SECRET: 123456}
      connection_string: postgres://u:p@h/d
  secrets:
    ANY: any
    list: [one, two]
  ssh_keys:
    private_key: |
      first line
      second line
    public: &shared pub
  password: *shared
self: &self
  token: once
  again: *self
`);
    expect(secrets.toSorted()).toEqual(
      [
        ...['tok-symbol', 'pa ss', 'master', '123456', 'postgres://u:p@h/d', 'any', 'one', 'two'],
        ...['first line\nsecond line\n', 'pub', 'pub', 'once'],
      ].toSorted(),
    );
  });
});

/** Each list holds nine of the one before. */
function bomb(): string {
  const lists = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
  );
  return `callback_url: ${URL_TEXT}\nl0: &l0 x\n${lists.join('\n')}\n`;
}
