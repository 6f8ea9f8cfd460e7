/** The wizard as root, on a host whose application has an account of its own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unattended } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { runOnboard } from '../../support/onboard/onboard-terminal.ts';

const ACCOUNT = { APP_USER: 'nobody' };
const UID = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
const WRITTEN = ['.gitignore', 'config', 'config/showcase.env', 'deploy.enc', 'deploy.key'];

let surroundings: Surroundings;
let host: NewHost;
beforeAll(async () => {
  surroundings = await Surroundings.start();
});
afterAll(async () => await surroundings.close());
beforeEach(() => {
  host = new NewHost(surroundings);
  chmodSync(host.home, 0o755);
  give(host.dbDir);
});
afterEach(() => host.remove());

function give(directory: string): void {
  execFileSync('chown', ['-R', String(UID), directory]);
}

/** Something that the application does. */
function doAsApplication(script: string): void {
  execFileSync('setpriv', [`--reuid=${UID}`, '--regid=nogroup', '--clear-groups', 'sh', '-c', script], {
    cwd: host.appRoot,
  });
}

async function onboard() {
  const { options, env } = unattended(host);
  const url = `${surroundings.url}/api/deploys`;
  return await runOnboard(
    ['--yes', '--no-run', ...options, '--callback-url', url],
    host.env({ ...env, ...ACCOUNT }),
  );
}

const owners = () => WRITTEN.map((name) => lstatSync(join(host.appRoot, name)).uid);

describe('as root, where the application has an account of its own, the wizard', () => {
  it.each([
    ["root's, where the directory of the application is root's", 0],
    ["the application's, where that is the application's", UID],
  ])('makes files that are %s, and secrets for their owner alone', async (_, owner) => {
    if (owner !== 0) give(host.appRoot);
    expect(await onboard()).toMatchObject({ exitCode: 0, stderr: '' });
    expect(owners()).toEqual(WRITTEN.map(() => owner));
    expect([host.mode('config/showcase.env'), host.mode('deploy.key')]).toEqual([0o600, 0o600]);
  });

  it.each([
    ['.gitignore', 'ln -s ../secret .gitignore'],
    ['config', 'ln -s ../private config'],
    ['deploy.enc', 'ln -s ../private/deploy.enc deploy.enc'],
    ['deploy.key', 'ln -s ../secret deploy.key'],
  ])("neither reads nor writes what is root's by a link of the application's: %s", async (_, script) => {
    give(host.appRoot);
    const secret = join(host.home, 'secret');
    const word = 'word-of-a-file-of-root';
    writeFileSync(secret, `${word}\n`, { mode: 0o600 });
    mkdirSync(join(host.home, 'private'), { mode: 0o700 });
    doAsApplication(script);
    const { exitCode, stdout, stderr } = await onboard();
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toContain(word);
    expect(readFileSync(secret, 'utf8')).toBe(`${word}\n`);
    expect(readdirSync(join(host.home, 'private'))).toEqual([]);
    expect(readdirSync(host.appRoot)).toHaveLength(1);
  });
});
