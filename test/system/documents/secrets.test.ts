/** Commands that make keys and files of secrets: what they make is what the programs take. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Operated } from '../../support/examples/operated.ts';
import { newKey } from '../../support/machine/pushing.ts';
import { commandBlock } from '../../support/project/blocks.ts';
import { follow } from '../../support/project/follow.ts';
import { runnableLines } from '../../support/project/runnable.ts';

// Some runs of config-update, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const MODE = 0o777;

/** Starts the web server with what the shell has exported, waits until it listens, and ends it. */
const SERVED = [
  'scripts/showcase-web > said 2>&1 & server=$!',
  "until grep '^Listening on ' said; do kill -0 $server || { cat said; exit 1; }; sleep 0.1; done",
  'kill $server; wait $server || true',
];

let site: Operated;
let etc: string;
beforeAll(async () => {
  site = await Operated.start();
  etc = join(site.rig.home, 'etc');
  site.places = { '/etc/showcase-config': etc };
});
afterAll(() => site.close());

const rails = (...path: string[]): string => join(site.adminHome, 'rails', ...path);

it('the secret of docs/SECURITY.md is a file that config-update takes', async () => {
  writeFileSync(rails('secret'), `${site.rig.env['AWS_SECRET_ACCESS_KEY']}\n`);
  await follow(site, 'admin', commandBlock('SECURITY.md', 'Secrets'));
  const file = join(etc, 'aws-secret');
  expect([statSync(etc).mode & MODE, statSync(file).mode & MODE]).toEqual([0o700, 0o600]);
  site.env = { admin: { AWS_SECRET_ACCESS_KEY: '', AWS_SECRET_ACCESS_KEY_FILE: file } };
  const { code, output } = await site.run({ host: 'admin', command: 'scripts/config-update --verify' });
  expect(code, output).toBe(0);
});

it('the key of docs/FLEET-REFERENCE.md signs what is pushed by hand, which a machine installs', async () => {
  const document = 'docs/FLEET-REFERENCE.md';
  const [key, push] = [1, 2].map((number) => commandBlock(document, 'A pushed index', number));
  if (!key || !push) throw new Error('two blocks were found');
  await follow(site, 'admin', key);
  const keyFile = join(etc, 'push-key');
  const pushed = await Operated.start({ UPDATE_CONFIG_KEY_FILE: keyFile });
  try {
    pushed.places = { 'https://showcase.party/update_config': pushed.rig.env['FLEET_KAMAL_URL'] ?? '' };
    pushed.edit("UPDATE locations SET name = 'By hand' WHERE id = 1");
    const said = await follow(pushed, 'admin', push);
    expect(said).toMatch(/^RESULT \{.*"outcome":"updated"/m);
    expect(existsSync(join(pushed.adminHome, 'rails/body.gz'))).toBe(true);
  } finally {
    await pushed.close();
  }
});

it('the key and the secrets of docs/WEBHOOKS.md let showcase-web begin', async () => {
  const asking = commandBlock('docs/WEBHOOKS.md', 'In: asking for an update');
  const told = commandBlock('docs/WEBHOOKS.md', 'Out: messages about runs');
  const both = { ...asking, lines: [...runnableLines(asking), ...runnableLines(told), ...SERVED] };
  const said = await follow(site, 'admin', both);
  expect(said).toContain('Listening on ');
});

it('the line of docs/WEBHOOKS.md gives the signature that a receiver has to compare', () => {
  const block = commandBlock('docs/WEBHOOKS.md', 'Out: messages about runs', 2);
  const [id, body, at, secret] = ['msg_1', '{"type":"run.finished"}', new Date(1_767_322_984_000), newKey()];
  const env = {
    PATH: process.env['PATH'],
    ...{ id, body, at: String(at.getTime() / 1000) },
    key: Buffer.from(secret.replace('whsec_', ''), 'base64').toString('hex'),
  };
  expect(`v1,${saidBy(block.lines.join('\n'), env).trim()}`).toBe(new Webhook(secret).sign(id, at, body));
});

it('the settings of docs/PASSWORDS.md switch mails on', async () => {
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'smtp-url'), 'smtp://127.0.0.1:1\n', { mode: 0o600 });
  const block = commandBlock('docs/PASSWORDS.md', 'Mails');
  const lines = [...runnableLines(block), ...SERVED];
  expect(await follow(site, 'admin', { ...block, lines })).toContain('Listening on ');
});

it('the key of examples/kamal goes into the settings, and into what Kamal gives the server', async () => {
  for (const directory of ['config', '.kamal']) mkdirSync(rails(directory), { recursive: true });
  await follow(site, 'admin', commandBlock('examples/kamal/README.md', 'Under Kamal'));
  const key = readFileSync(rails('config/push.key'), 'utf8');
  expect(key).toMatch(/^whsec_[A-Za-z0-9+/]{43}=\n$/);
  expect(statSync(rails('config/push.key')).mode & MODE).toBe(0o600);
  // Kamal reads its secrets as a shell would.
  const kamal = saidBy(`. '${rails('.kamal/secrets')}'; echo "$PUSH_KEY"`, { PATH: process.env['PATH'] });
  expect(kamal).toBe(key);
  const loaded = commandBlock('docs/ONBOARD.md', 'Loading the settings');
  const lines = [...runnableLines(loaded), 'env'];
  expect(await follow(site, 'admin', { ...loaded, lines })).toContain(
    `UPDATE_CONFIG_KEY_FILE=${rails('config/push.key')}\n`,
  );
});

/** What a shell prints. Its input is nothing, since bash takes a socket there for a login from elsewhere. */
function saidBy(script: string, env: NodeJS.ProcessEnv): string {
  const { stdout, status } = spawnSync('bash', ['-c', script], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(status, script).toBe(0);
  return stdout;
}
