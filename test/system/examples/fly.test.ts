/** examples/fly, followed to the letter in an empty root, and booted on an empty volume and on a used one. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Booted, type Line } from '../../support/examples/boot.ts';
import { consoleBlocks, missingLines } from '../../support/examples/console-blocks.ts';
import { flyToml } from '../../support/examples/example-files.ts';
import { type Container, Image, RAILS } from '../../support/examples/image.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { indexWith } from '../../support/rights/indexes.ts';

// A machine boots whole, twice, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let published: Published;
let image: Image;
let volume: string;
beforeAll(async () => {
  published = await startPublished();
  await published.publish(indexWith('eve'), new Date('2026-01-02T03:04:05Z'));
  image = await Image.build('examples/fly/Dockerfile');
  volume = mkdtempSync(join(tmpdir(), 'volume-'));
  chmodSync(volume, 0o755); // as Fly's are, of root
});
afterAll(async () => {
  image.remove();
  rmSync(volume, { recursive: true });
  await published.close();
});

/** With what Fly gives a machine, and the secrets of its page. */
function newMachine(env: Record<string, string> = {}): Container {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_ENDPOINT_URL_S3 = '' } = published.env;
  return image.container(volume, {
    ...flyToml().env,
    FLY_APP_NAME: flyToml().app,
    FLY_REGION: flyToml().primary_region,
    FLY_MACHINE_ID: 'd8912',
    AWS_ENDPOINT_URL_S3,
    STORE_KEY_ID: AWS_ACCESS_KEY_ID,
    STORE_SECRET_KEY: AWS_SECRET_ACCESS_KEY,
    ADMIN_TOKEN: 'a-token-of-administrators',
    ...env,
  });
}

const ownerOf = (path: string) => statSync(join(volume, path)).uid;

it('the image belongs to root but for what the application writes, and has a configuration to boot with', async () => {
  const listing = await image.container(volume, {}).exec('stat', '-c', '%u %n', ...PLACES);
  expect(listing.trim().split('\n')).toEqual(
    PLACES.map((path) => `${/db|log|storage|tmp/.test(path) ? RAILS : 0} ${path}`),
  );
  expect([image.port, image.command]).toEqual([9999, ['/usr/local/bin/showcase-boot']]);
});

const PLACES = [
  ...['/data', '/rails', '/rails/config/navigator-maintenance.yml', '/rails/bin/rails', '/rails/public'],
  ...['/rails/cgi-bin/update_config', '/rails/scripts/ready', '/usr/local/bin/showcase-boot'],
  ...['/rails/db', '/rails/log', '/rails/storage', '/rails/tmp'],
];

it('a machine with an empty volume comes up with its whole configuration, and so does its successor', async () => {
  const first = newMachine();
  const booted = await Booted.start(first, image.command);
  expect(booted.complaints).toEqual([]);
  expect(booted.loads).toEqual(['config/navigator-maintenance.yml', 'config/navigator.yml']);
  const config = booted.lines.find((line) => line.isMaintenance === false);
  expect(config?.listen).toBe(String(flyToml().http_service.internal_port));
  expect(config?.variables?.filter((name) => /STORE_|TOKEN$|ACCESS_KEY(?:_ID)?$/.test(name))).toEqual([]);
  for (const { path } of flyToml().http_service.checks)
    expect((await fetch(`${booted.url}${path}`)).status).toBe(200);

  const files = readdirSync(join(volume, 'db')).filter((name) => /^[^.]+\.sqlite3$|^htpasswd$/.test(name));
  expect(files.sort()).toEqual([
    '2026-boston.sqlite3',
    '2026-camden-autumn.sqlite3',
    '2026-camden-spring.sqlite3',
    'htpasswd',
    'index.sqlite3',
  ]);
  for (const name of ['db', 'log', 'storage', 'db/2026-boston.sqlite3'])
    expect(ownerOf(name), name).toBe(RAILS);
  expect(ownerOf('showcase-config')).toBe(0);
  expect(readFileSync(first.outside('/rails/public/studios/boston/index.html'), 'utf8')).toContain('Boston');
  await booted.stop();

  const second = newMachine();
  const again = await Booted.start(second, image.command);
  expect(again.complaints).toEqual([]);
  expect(again.loads).toEqual(booted.loads);
  expect((await second.exec('cgi-bin/update_config', '--history')).match(/updated/g)).toHaveLength(2);
  await again.stop();
});

it('a machine with a used volume serves while the store is away, and says so', async () => {
  const machine = newMachine({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
  // Its ready hook goes on asking.
  const isUp = (line: Line): boolean => line.loaded === 'config/navigator.yml';
  const booted = await Booted.start(machine, image.command, isUp);
  expect(booted.lines.map(({ output }) => output).join('\n')).toContain(
    'Served from the index of this machine',
  );
  await booted.stop();
});

it('a volume is replaced by the commands of OPERATING.md, and nothing of an event is lost', async () => {
  const path = join(volume, 'db/2026-boston.sqlite3');
  let machine = newMachine();
  let booted = await Booted.start(machine, image.command);
  inDatabase(path, (db) => db.exec("INSERT INTO events (name) VALUES ('Entered at the last minute')"));
  const fly: Readonly<Record<string, () => unknown>> = {
    'machine destroy': () => booted.stop(),
    'volumes destroy': () => rmSync(volume, { recursive: true }),
    'volumes create': () => mkdirSync(volume, { mode: 0o755 }),
    'scale count': async () => {
      machine = newMachine();
      booted = await Booted.start(machine, image.command);
    },
  };
  for (const { command, lines } of consoleBlocks('docs/OPERATING.md').get('Replace a volume') ?? []) {
    const [, what] = /^fly (\w+ \w+) /.exec(command) ?? [];
    const said =
      what === undefined ? await machine.exec('sh', '-c', `. /etc/showcase-config/env; ${command}`) : '';
    if (what !== undefined) await fly[what]?.();
    expect(missingLines(lines, said), `${command}\n${said}`).toEqual([]);
  }
  expect(booted.complaints).toEqual([]);
  const names = inDatabase(path, (db) => db.prepare('SELECT name FROM events ORDER BY id').pluck().all());
  expect(names).toContain('Entered at the last minute');
  await booted.stop();
});

function inDatabase<T>(path: string, work: (db: ReturnType<typeof openDatabase>) => T): T {
  const db = openDatabase(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}
