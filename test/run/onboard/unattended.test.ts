import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unattended } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { OnboardTerminal, runOnboard } from '../../support/onboard/onboard-terminal.ts';

let surroundings: Surroundings;
let host: NewHost;
beforeAll(async () => {
  surroundings = await Surroundings.start();
  host = new NewHost(surroundings);
});
afterAll(async () => {
  await surroundings.close();
  host.remove();
});

/** Options without one of them, and without its value. */
function without(options: readonly string[], name: string): string[] {
  const at = options.indexOf(name);
  return options.filter(
    (_, index) => index !== at && !(index === at + 1 && !options[index]?.startsWith('--')),
  );
}

describe('without a terminal the wizard', () => {
  it('ends with 2 and names every answer that is missing', async () => {
    const before = host.tree();
    const { exitCode, stdout, stderr } = await runOnboard([], host.env());
    expect([exitCode, stdout]).toEqual([2, '']);
    for (const flag of ['--app-root', '--db-dir', '--store-endpoint', '--no-store', '--target', '--user'])
      expect(stderr).toContain(flag);
    for (const flag of [
      '--no-login',
      '--web',
      '--no-web',
      '--callback-url',
      '--no-callback',
      '--yes',
      '--run',
    ])
      expect(stderr).toContain(flag);
    expect(host.tree()).toEqual(before);
  });

  it.each(['--db-dir', '--no-web', '--no-run'])(
    'asks for nothing where only %s is missing, and names it',
    async (flag) => {
      const { options, env } = unattended(host);
      const all = ['--yes', '--no-run', '--no-callback', ...options];
      const { exitCode, stderr } = await runOnboard(without(all, flag), host.env(env));
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(flag)]);
    },
  );

  it('is what a terminal is where CI is set', async () => {
    const terminal = new OnboardTerminal([], host.env({ CI: 'true' }));
    expect(await terminal.ended).toBe(2);
    expect(terminal.plain).toContain('there is no terminal to ask on');
  });

  it('refuses what is malformed, and takes what does not answer with a warning', async () => {
    const { options, env } = unattended(host);
    const all = ['--dry-run', ...options, '--no-callback'];
    const wrong = await runOnboard([...all, '--bucket', 'Show Case'], host.env(env));
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('is not the name of a bucket'),
    ]);
    const away = await runOnboard(
      [...without(all, '--store-endpoint'), '--store-endpoint', 'http://127.0.0.1:1'],
      host.env(env),
    );
    expect([away.exitCode, away.stdout]).toEqual([0, expect.stringContaining('Warning: ')]);
  });

  it('shows with --dry-run what it would write, without secrets, and writes nothing', async () => {
    const before = host.tree();
    const { options, env } = unattended(host);
    const args = ['--dry-run', ...options, '--callback-url', `${surroundings.url}/api/deploys`];
    const { exitCode, stdout, stderr } = await runOnboard(args, host.env(env));
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Would write ${host.envFile} (new)`);
    expect(stdout).toContain('  AWS_SECRET_ACCESS_KEY=(secret)\n');
    expect(stdout).toContain(`Would write ${host.appRoot}/deploy.key (new): a new key, mode 0600\n`);
    expect(stdout).not.toContain(env['AWS_SECRET_ACCESS_KEY']);
    expect(stdout).not.toMatch(/whsec_|[0-9a-f]{64}/);
    expect(host.tree()).toEqual(before);
  });

  it('writes all of it, runs the first update, and shows no key in what may be a log', async () => {
    const { options, env } = unattended(host);
    const args = ['--yes', '--run', ...options, '--callback-url', `${surroundings.url}/api/deploys`];
    const { exitCode, stdout, stderr } = await runOnboard(args, host.env(env));
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Dry run: 3 machines answered, 0 failed');
    expect(stdout).toContain('Successfully updated: 3 machines');
    expect(stdout).toContain('is shown on a terminal alone');
    expect(stdout).not.toContain('whsec_');
    expect(stdout).not.toContain(host.read('deploy.key').trim());
  });

  it('ends with 1 where the first update fails, and has saved everything', async () => {
    const { options, env } = unattended(host);
    const args = ['--yes', '--run', ...options, '--no-callback'];
    const { exitCode, stderr } = await runOnboard(
      args,
      host.env({ ...env, FLEET_FLY_URL: 'http://127.0.0.1:1', FLEET_ATTEMPTS: '1' }),
    );
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('everything is saved')]);
  });

  it('asks the one server for its state, and proves the key of pushed indexes', async () => {
    const { FLEET_KAMAL_URL = '' } = surroundings.sim.variables;
    const key = join(host.home, 'push-key');
    writeFileSync(key, 'whsec_word\n', { mode: 0o600 });
    const { options, env } = unattended(host);
    const given = ['--target', 'fly,kamal', '--kamal-url', FLEET_KAMAL_URL, '--push-key-file', key];
    const args = ['--dry-run', ...without(options, '--target'), ...given, '--no-callback', '--ci', 'other'];
    const wrong = await runOnboard(args, host.env(env));
    expect(wrong.stdout).toContain('Warning: UPDATE_CONFIG_KEY_FILE, line 1, is a key of less than 16 bytes');
    writeFileSync(key, `whsec_${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
    const right = await runOnboard(args, host.env(env));
    expect(right.stdout).not.toContain('Warning: ');
    expect(right.stdout).toContain(`kamal: ${new URL(FLEET_KAMAL_URL).host} answers`);
    expect(right.stdout).toContain(`  UPDATE_CONFIG_KEY_FILE=${key}\n`);
  });
});
