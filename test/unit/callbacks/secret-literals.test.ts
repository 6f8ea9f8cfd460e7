import { describe, expect, it } from 'vitest';
import { derivedKey, writtenKey } from '../../../src/callbacks/callback-signatures.ts';
import { dashboardOf, readDeployConfig } from '../../../src/callbacks/deploy-config.ts';
import { secretLiterals } from '../../../src/callbacks/secret-literals.ts';
import { createScrubber, formsOf } from '../../../src/report/redact.ts';

const KEY = `${'0123456789abcdef'.repeat(3)}0123456789ABCDEF`;
const OWN = Buffer.alloc(32, 7);
const PEM = '-----BEGIN KEY-----\nfirst+line/of+it\nand-the-second\n-----END KEY-----\n';
const TOKEN = 'path-token-of-the-plan';
const CONFIG = `
callback_url: https://dash.example/api/projects/${TOKEN}/deploys?token=in-the-query&n=1
callback_secret: ${writtenKey(OWN)}
application:
  name: an-everyday-name
  database: {password: "pa\\"ss wörd+/"}
  ssh_keys:
    private_key: ${JSON.stringify(PEM)}
`;

function scrubberOf(env: Record<string, string> = {}, others: string[] = []) {
  const config = readDeployConfig(CONFIG);
  const dashboard = dashboardOf(config, KEY);
  if (!dashboard) throw new Error('no dashboard');
  return createScrubber(secretLiterals(dashboard, config, env, others));
}

describe('what a dashboard must not be told', () => {
  it.each([
    ['the deploy key', KEY],
    ['the deploy key in lower case', KEY.toLowerCase()],
    ['the deploy key in upper case', KEY.toUpperCase()],
    ['the key that is derived from it', writtenKey(derivedKey(KEY))],
    ['that key without its prefix', derivedKey(KEY).toString('base64')],
    ['the secret of the config', writtenKey(OWN)],
    ['that secret without its prefix', OWN.toString('base64')],
    ['a token in the path of the address', TOKEN],
    ['the query of the address', 'token=in-the-query&n=1'],
    ['a value of that query', 'in-the-query'],
    ['a password in the config', 'pa"ss wörd+/'],
    ['a line of a key in the config', 'first+line/of+it'],
    ['another line of that key', 'and-the-second'],
    ['a variable that says so', 'value-of-a-variable'],
    ['a connection string', 'Server=x;Pwd=in-a-string'],
    ['whatever the run itself must not say', 'of-the-run-itself'],
  ])('is %s: as it is, percent-encoded, as JSON, and in base64', (_, secret) => {
    const env = { API_TOKEN: 'value-of-a-variable', MY_CONNECTION_STRING: 'Server=x;Pwd=in-a-string' };
    const scrubber = scrubberOf(env, ['of-the-run-itself']);
    const forms = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ];
    for (const form of forms) {
      const line = scrubber.line(`a machine says ${form} and goes on`);
      expect(line).not.toContain(form);
      expect(line).toMatch(/^a machine says .*\[redacted\].* and goes on$/);
    }
  });

  it.each(['a', 'ab', 'abc', 'user:'])(
    'is a secret in the base64 of something longer: %j before it',
    (before) => {
      const encoded = Buffer.from(`${before}value-of-a-variable-x`).toString('base64');
      const shown = scrubberOf({ API_TOKEN: 'value-of-a-variable' }).line(encoded);
      expect(shown).toContain('[redacted]');
      expect(Buffer.from(shown.replace('[redacted]', ''), 'base64').toString()).not.toMatch(/value|variable/);
    },
  );

  it('is not an everyday word of the config, its host, or a short text', () => {
    const text = 'an-everyday-name at https://dash.example/api/projects and n=1';
    expect(scrubberOf().line(text)).toBe(text);
  });

  it('cannot be found where it is broken into two lines', () => {
    const scrubber = scrubberOf({ API_TOKEN: 'value-of-a-variable' });
    expect(scrubber.line('value-of-') + scrubber.line('a-variable')).toBe('value-of-a-variable');
  });
});

describe('the forms of a secret', () => {
  it('are none for a text that may be an everyday word', () => expect(formsOf('word')).toEqual([]));

  it('are itself and its base64 within other bytes, shortened to what is its own', () => {
    const forms = formsOf('secret');
    expect(forms).toContain('secret');
    expect(forms).toContain('c2VjcmV0');
    expect(forms.every((form) => form.length >= 6)).toBe(true);
  });
});
