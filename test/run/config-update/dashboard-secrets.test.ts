import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { derivedKey, writtenKey } from '../../../src/callbacks/callback-signatures.ts';
import { DEPLOY_KEY, Receiver } from '../../support/callbacks/receiver.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { putConfig } from '../../support/config-update/dashboards.ts';

let scene: Scene;
let receiver: Receiver;
beforeEach(async () => {
  scene = await startScene();
  receiver = await Receiver.start();
});
afterEach(async () => await scene.close());

const PASSWORD = 'pass/word+of the "config"';
const PEM = ['-----BEGIN-----', 'line+one/of-the-key', 'line-two-of-the-key', '-----END-----'];
const TOKEN = 'token-in-the-path-of-it';
const QUERY = 'query-of-the-address';
const VARIABLE = 'value-of-a-variable';
const PIPELINE = 'password-of-a-pipeline';

const SECRETS: Readonly<Record<string, string>> = {
  key: DEPLOY_KEY,
  'key in capitals': DEPLOY_KEY.toUpperCase(),
  derived: derivedKey(DEPLOY_KEY).toString('base64'),
  password: PASSWORD,
  'first line': PEM[1] ?? '',
  'second line': PEM[2] ?? '',
  token: TOKEN,
  query: QUERY,
  variable: VARIABLE,
  pipeline: PIPELINE,
};

/** A text as others write it. */
const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => encodeURIComponent(secret),
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(`user:${secret}`).toString('base64'),
  (secret) => JSON.stringify(secret).slice(1, -1),
];

/** What of a text in base64 depends on nothing else: there it must not be found. */
const middle = (text: string) => text.slice(8, -8);

describe('a secret in what a machine says', () => {
  it('is not in what a dashboard gets, in the outbox, on the terminal, or in the log', async () => {
    const logs = () => join(host.home, 'log');
    const host = scene.host();
    mkdirSync(logs());
    const url = new URL(receiver.dashboard.url);
    url.pathname = `/api/projects/${TOKEN}/deploys`;
    url.search = `?key=${QUERY}`;
    putConfig(
      host,
      JSON.stringify({
        callback_url: url.href,
        application: { database: { password: PASSWORD }, ssh_keys: { private_key: `${PEM.join('\n')}\n` } },
      }),
    );
    host.env = {
      ...host.env,
      ...{ DEPLOY_KEY, RAILS_LOG_VOLUME: logs(), SOME_API_TOKEN: VARIABLE, DB_CONNECTION_STRING: PIPELINE },
      ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_REF_NAME: `main-${VARIABLE}` },
      // A ref is cut, and an address is cleaned: neither may leave a part of it.
      ...{ GITHUB_JOB: `${'x'.repeat(245)}${VARIABLE}`, GITHUB_SHA: '0123456789' },
      GITHUB_SERVER_URL: `https://x:${VARIABLE}@github.example`,
      ...{ GITHUB_REPOSITORY: `a/${PASSWORD}`, GITHUB_RUN_ID: '5', FLEET_BY: `${VARIABLE}@office` },
    };
    const said = Object.entries(SECRETS).flatMap(([name, secret]) =>
      FORMS.map((form) => `${name}: <${form(secret)}>`),
    );
    scene.fleet.behave('m1', (response) => response.end(`${said.join('\n')}\n`));
    scene.fleet.behave('m2', (response) => {
      const result = {
        machine: 'm2',
        outcome: 'failed',
        error: { code: 'disk', message: said.join(' '), hint: PASSWORD },
      };
      response.end(`RESULT ${JSON.stringify(result)}\n`);
    });
    const seen: string[] = [];
    for (const isThere of [true, false]) {
      if (!isThere) await receiver.die();
      const { stdout, exitCode } = await host.configUpdate(['--verbose']);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('[redacted]');
      seen.push(stdout);
    }
    const posted = receiver.seen.map(({ bytes }) => bytes.toString());
    expect(posted.join('\n')).toContain('password: <[redacted]>');
    expect(posted.some((body) => body.includes('"status":"failed"'))).toBe(true);
    for (const directory of [logs(), join(host.dbDir, '.update_config', 'outbox')]) {
      const names = readdirSync(directory);
      expect(names).not.toEqual([]);
      for (const name of names) seen.push(readFileSync(join(directory, name), 'utf8'));
    }
    const where = [...seen, ...posted].join('\n');
    for (const [name, secret] of Object.entries(SECRETS)) {
      for (const form of FORMS) {
        const given = form(secret);
        const found = given.length > 24 && given !== secret ? middle(given) : given;
        expect({ name, given, isThere: where.includes(found) }).toEqual({ name, given, isThere: false });
      }
    }
    for (const part of [`x${VARIABLE.slice(0, 8)}`, 'word+of']) expect(where).not.toContain(part);
    expect(where).not.toContain(writtenKey(derivedKey(DEPLOY_KEY)));
  });

  it('is kept in the outbox by nobody else: it is private', async () => {
    const host = scene.host();
    putConfig(host, `callback_url: ${receiver.dashboard.url.href}\n`);
    host.env = { ...host.env, DEPLOY_KEY };
    await receiver.die();
    await host.configUpdate();
    const outbox = join(host.dbDir, '.update_config', 'outbox');
    expect(statSync(outbox).mode & 0o777).toBe(0o700);
    const written = readdirSync(outbox).filter((name) => !name.endsWith('.lock'));
    expect(written).not.toEqual([]);
    for (const name of written) expect(statSync(join(outbox, name)).mode & 0o077).toBe(0);
  });

  it('is not taken out of the lines that the job of the application reads, whatever a config calls secret', async () => {
    const host = scene.host();
    putConfig(
      host,
      `callback_url: ${receiver.dashboard.url.href}\nsecrets: {a: Success, b: machines, c: update, d: active machines, e: published, f: machine, g: run-ended}\n`,
    );
    host.env = { ...host.env, DEPLOY_KEY };
    const { stdout, exitCode } = await host.configUpdate();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Will update 2 active machines: m1, m2\n');
    expect(stdout.match(/✓ Success/g)).toHaveLength(2);
    expect(stdout).not.toContain('[redacted]');
    expect(receiver.complaints).toEqual([]);
  });
});
