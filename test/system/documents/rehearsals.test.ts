/** docs/REHEARSALS.md, as it is done in a clone: a store, machines that are played, an update of these, other faults. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it, vi } from 'vitest';
import { writeSampleIndex } from '../../../dev/sample/sample.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { type Block, commandBlock } from '../../support/project/blocks.ts';

// Machines have requests fail at first, and are asked again.
vi.setConfig({ testTimeout: 180_000 });

const DOCUMENT = 'docs/REHEARSALS.md';
const home = mkdtempSync(join(tmpdir(), 'rehearsal-'));
afterAll(() => rmSync(home, { recursive: true }));

it('its commands update machines that are played, which fail as asked', async () => {
  mkdirSync(join(home, 'data/db'), { recursive: true });
  writeSampleIndex(join(home, 'data/db/index.sqlite3'));
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const places = {
    '/tmp/': `${home}/`,
    '/data/db': join(home, 'data/db'),
    9123: String(await freePort()),
    // Without looking first for packages that are missing: other tests use those that are here.
    'npm run -s store --': scripts['store']?.split(' && ').at(-1) ?? '',
  };
  const typed = ({ lines }: Block): string =>
    Object.entries(places).reduce((text, [from, to]) => text.replaceAll(from, to), lines.join('\n'));
  const [store, machines, update] = [1, 2, 3].map((number) =>
    typed(commandBlock(DOCUMENT, 'A first rehearsal', number)),
  );
  const later = typed(commandBlock(DOCUMENT, 'While it runs')).replaceAll('3d8d9930b32d89', '$machine');
  const script = `
    set -m # so that each has a group, with which it ends
    ${store}
    store=$!
    (${machines}) > ${home}/machines 2>&1 & machines=$!
    trap 'kill -INT -- -$machines; kill -- -$store; wait' EXIT
    until [ -e ${home}/sim.env ] && curl -s $AWS_ENDPOINT_URL_S3 > /dev/null; do
      kill -0 $store && kill -0 $machines || exit
      sleep 0.1
    done
    set -euo pipefail
    ${update}
    machine=$(sed -n 's/^  \\([0-9a-f]\\{14\\}\\)  .*/\\1/p' ${home}/machines | head -n 1)
    ${later}
  `;
  const child = spawn('bash', ['-c', script], {
    cwd: ROOT,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: home,
      UPDATE_CONFIG_CACHE_DIR: join(home, 'cache'),
      FLEET_ATTEMPTS: '2',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/attempt 1 failed \(status 500\), the next in /);
  expect(stdout.match(/^Successfully updated: 8 machines$/gm)).toHaveLength(2);
  expect(stdout).toContain('{"faults":1}');
  expect(stdout).toContain('{"previous_state":"started"}');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
