/**
 * `npm run demo:fleet`: the whole way, for real, on this machine. An admin host with the sample index, an embedded object
 * store, and eight machines behind one address, each the built update_config with directories of its own. The index is
 * published, changed and published again; then the machines are compared.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { changeSample, makeSampleIndex } from './sample/sample.ts';
import { startObjectStore } from './store/server.ts';

const ROOT = resolve(import.meta.dirname, '..');
const KEYS = { accessKeyId: 'demo', secretAccessKey: 'demo-secret' };

const home = mkdtempSync(join(tmpdir(), 'showcase-demo-'));
const admin = { appRoot: join(home, 'admin'), dbDir: join(home, 'admin/db') };
mkdirSync(admin.dbDir, { recursive: true });
const store = await startObjectStore({ dir: join(home, 'store'), bucket: 'showcase', ...KEYS, port: 0 });
const environment = {
  PATH: process.env['PATH'],
  TERM: process.env['TERM'],
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_ENDPOINT_URL_S3: store.endpoint,
};

interface Fleet {
  readonly child: ChildProcess;
  /** What aims config-update at it. */
  readonly variables: Readonly<Record<string, string>>;
}

async function startFleet(): Promise<Fleet> {
  const args = [
    '--machines',
    '8',
    '--cgi',
    join(ROOT, 'cgi-bin/update_config'),
    '--home',
    join(home, 'fleet'),
  ];
  const child = spawn(join(ROOT, 'scripts/fleet-sim'), [...args, '--quiet'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const variables: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables[name] = value;
    if (line.startsWith('Ready.')) return { child, variables };
  }
  throw new Error('the fleet did not begin');
}

/** Its output goes where this program's goes: on a terminal it is live. */
async function configUpdate(title: string, args: readonly string[], fleet: Fleet): Promise<void> {
  console.log(`\n=== ${title}: scripts/config-update ${args.join(' ')}\n`);
  const began = performance.now();
  const child = spawn(join(ROOT, 'scripts/config-update'), args, {
    env: {
      ...environment,
      APP_ROOT: admin.appRoot,
      RAILS_DB_VOLUME: admin.dbDir,
      FLEET_BY: 'demo',
      ...fleet.variables,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`config-update ended with ${code}`);
  console.log(`\n${((performance.now() - began) / 1000).toFixed(1)} s for the whole process`);
}

const index = makeSampleIndex();
const { index: changed, changes } = changeSample(index);
const fleet = await startFleet();
try {
  writeFileSync(join(admin.dbDir, 'index.sqlite3'), index);
  await configUpdate('Eight machines that have nothing yet', [], fleet);
  writeFileSync(join(admin.dbDir, 'index.sqlite3'), changed);
  await configUpdate(`The index has changed (${changes.join('; ')})`, [], fleet);
  await configUpdate('Has every machine what the store has?', ['--verify'], fleet);
} finally {
  const gone = once(fleet.child, 'close');
  fleet.child.kill();
  await gone;
  await store.close();
  rmSync(home, { recursive: true, force: true });
}
