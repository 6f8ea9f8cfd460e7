/** docs/DASHBOARD.md by hand, from its first key to an undo, with the showcase-web of the same host as receiver. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { newDeployKey } from '../../../src/callbacks/deploy-cipher.ts';
import { Operated } from '../../support/examples/operated.ts';
import { commandBlock } from '../../support/project/blocks.ts';
import { follow } from '../../support/project/follow.ts';

// Each block takes some runs of config-update, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const DOCUMENT = 'docs/DASHBOARD.md';
/** The receiver of the document. */
const RECEIVER = 'https://admin.example/showcase';

let site: Operated;
beforeAll(async () => {
  site = await Operated.start();
  await site.rig.startServer();
  site.places = { [RECEIVER]: site.rig.standIn.url };
});
afterAll(() => site.close());

const run = (heading: string, number = 1): Promise<string> =>
  follow(site, 'admin', commandBlock(DOCUMENT, heading, number));
const rails = (name: string): string => join(site.adminHome, 'rails', name);

it('deploy.enc is made with Node alone, and read again', async () => {
  await run('By hand');
  expect(statSync(rails('deploy.key')).mode & 0o777).toBe(0o600);
  expect(await run('By hand', 2)).toBe(`callback_url: ${site.rig.standIn.url}/api/deploys\n`);
});

it('a run streams its log to the receiver that has the derived key', async () => {
  await run('By hand', 3);
  expect(readFileSync(rails('dashboard.key'), 'utf8')).toMatch(/^whsec_[A-Za-z0-9+/]{43}=\n$/);
  await run('Set up', 2);
  const said = await run('Set up', 3);
  expect(said).toContain(`Note: live log: ${site.rig.standIn.url}/deploys/`);
  expect(said).toContain('in force');
});

it('another project has keys of its own', async () => {
  writeFileSync(rails('shop.key'), `${newDeployKey()}\n`, { mode: 0o600 });
  const said = await run('Several projects');
  expect(said).toContain('in force');
  expect(said).toContain('shop');
});

it('an undo is streamed, too, and nothing is left in the outbox', async () => {
  site.edit("UPDATE locations SET name = 'To be taken back' WHERE id = 1");
  await site.run({ host: 'admin', command: 'scripts/config-update' });
  const said = await run('Undo');
  expect(said).toContain('Successfully updated: 2 machines');
  expect(said).toContain('Note: live log: ');
  await run('What was not sent');
});

it('the web server runs by hand, without Navigator', async () => {
  await site.rig.endServer();
  const block = commandBlock('docs/INSTALL-WEB.md', 'By hand');
  site.webPort = 0;
  const lines = [
    ...block.lines.map((line) => `${line} > said 2>&1 & server=$!`),
    "until grep -s '^Listening on ' said; do kill -0 $server || { cat said; exit 1; }; sleep 0.1; done",
    'kill -INT $server; wait $server || true',
  ];
  expect(await follow(site, 'admin', { ...block, lines })).toMatch(/^Listening on http:\/\/127\.0\.0\.1:/);
});
