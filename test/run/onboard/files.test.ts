import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decryptConfig, encryptConfig } from '../../../src/callbacks/deploy-cipher.ts';
import { unattended } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { runOnboard } from '../../support/onboard/onboard-terminal.ts';

const KEY = '0123456789abcdef'.repeat(4);

let surroundings: Surroundings;
let host: NewHost;
beforeAll(async () => {
  surroundings = await Surroundings.start();
});
afterAll(() => surroundings.close());
beforeEach(() => {
  host = new NewHost(surroundings);
});
afterEach(() => host.remove());

const callback = () => ['--callback-url', `${surroundings.url}/api/deploys`];
const run = (...args: string[]) => {
  const { options, env } = unattended(host);
  return runOnboard(['--yes', '--no-run', ...options, ...args], host.env(env));
};
const config = () => decryptConfig(readFileSync(join(host.appRoot, 'deploy.enc')), KEY);

describe('an existing file of settings', () => {
  it('keeps its comments, its order and what nobody here knows; only its owner can read it afterwards', async () => {
    mkdirSync(join(host.appRoot, 'config'));
    const text = `# ours
; and theirs
export RAILS_LOG_VOLUME=/data/log

BUCKET_NAME=old-one # the bucket
OTHER="a b" 
if true; then x=1; fi
FLEET_PASSWORD=$(cat /elsewhere)
SHOWCASE_WEB=on
`;
    writeFileSync(host.envFile, text);
    chmodSync(host.envFile, 0o644);
    expect((await run('--no-callback')).exitCode).toBe(0);
    expect(host.mode('config/showcase.env')).toBe(0o600);
    const now = host.read('config/showcase.env');
    expect(now).toContain(
      `# ours
; and theirs
export RAILS_LOG_VOLUME=/data/log

# the bucket
BUCKET_NAME=showcase
OTHER="a b" 
if true; then x=1; fi
`,
    );
    expect(now).not.toContain('SHOWCASE_WEB');
    const again = await run('--no-callback');
    expect(again.stdout).toContain('Nothing was changed: everything is as it was answered.');
    expect(host.read('config/showcase.env')).toBe(now);
  });

  it('is not written where somebody else has put a link in its place', async () => {
    mkdirSync(join(host.appRoot, 'config/showcase.env'), { recursive: true });
    const before = host.tree();
    const { exitCode, stderr } = await run('--no-callback');
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('is a link, a directory, or far too large'),
    ]);
    expect(host.tree()).toEqual(before);
  });
});

describe('an existing deploy.enc', () => {
  const text =
    '# of the gem\napplication:\n  name: showcase # yes\n  callback_url: https://old.example\nother: [1, 0777]\n';
  beforeEach(() => {
    writeFileSync(join(host.appRoot, 'deploy.enc'), encryptConfig(text, KEY));
    writeFileSync(join(host.appRoot, 'deploy.key'), `${KEY}\n`, { mode: 0o600 });
  });

  it('gets another address where the old one stands, and keeps the rest, and its key', async () => {
    expect((await run(...callback())).exitCode).toBe(0);
    expect(config()).toBe(text.replace('https://old.example', `"${surroundings.url}/api/deploys"`));
    expect(host.read('deploy.key')).toBe(`${KEY}\n`);
  });

  it('loses its address where nothing is to be streamed any more', async () => {
    expect((await run('--no-callback')).exitCode).toBe(0);
    expect(config()).toBe(text.replace('  callback_url: https://old.example\n', ''));
  });

  it('stays as it is, with its key, where that does not open it', async () => {
    writeFileSync(join(host.appRoot, 'deploy.key'), `${'f'.repeat(64)}\n`);
    const before = host.tree();
    const { exitCode, stderr } = await run(...callback());
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('was not encrypted with this deploy key'),
    ]);
    expect(host.tree()).toEqual(before);
  });
});

describe('an existing key', () => {
  it('is used for a new deploy.enc, and never replaced', async () => {
    writeFileSync(join(host.appRoot, 'deploy.key'), KEY, { mode: 0o600 });
    expect((await run(...callback())).exitCode).toBe(0);
    expect(host.read('deploy.key')).toBe(KEY);
    expect(config()).toContain('/api/deploys');
  });

  it('may come by DEPLOY_KEY: then no file of it is made', async () => {
    const { options, env } = unattended(host);
    const args = ['--yes', '--no-run', ...options, ...callback()];
    expect((await runOnboard(args, host.env({ ...env, DEPLOY_KEY: KEY }))).exitCode).toBe(0);
    expect(Object.keys(host.tree()).filter((path) => path.endsWith('deploy.key'))).toEqual([]);
    expect(config()).toContain('/api/deploys');
  });

  it('that is none is an error, and stays', async () => {
    writeFileSync(join(host.appRoot, 'deploy.key'), 'word\n');
    const before = host.tree();
    const { exitCode, stderr } = await run(...callback());
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('does not hold a deploy key')]);
    expect(host.tree()).toEqual(before);
  });
});

describe('a .gitignore', () => {
  it('gets lines for what is secret, once', async () => {
    writeFileSync(join(host.appRoot, '.gitignore'), '/node_modules');
    await run(...callback());
    await run(...callback());
    expect(host.read('.gitignore')).toBe('/node_modules\ndeploy.key\n/config/showcase.env\n');
  });
});
