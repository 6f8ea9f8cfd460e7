/**
 * `npm run demo`: the main job once, for real. An embedded object store, the project's own sample index, and the
 * built CGI run as Navigator runs it: first on an empty machine, then after the index has changed. At the end the ready
 * hook, which Navigator runs in the background after each reload.
 */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { databaseKey, renderTime } from '../src/bucket/object-names.ts';
import { openDatabase } from '../src/database/sqlite.ts';
import { createStore } from '../src/store/store.ts';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from './sample/sample.ts';
import { startObjectStore } from './store/server.ts';

const EXECUTABLE = resolve(import.meta.dirname, '../cgi-bin/update_config');
const READY = resolve(import.meta.dirname, '../scripts/ready');
const KEYS = { accessKeyId: 'demo', secretAccessKey: 'demo-secret' };
const BUCKET = 'showcase';

const home = mkdtempSync(join(tmpdir(), 'showcase-demo-'));
const paths = { appRoot: join(home, 'rails'), db: join(home, 'db'), store: join(home, 'store') };
for (const path of Object.values(paths)) mkdirSync(path);

const store = await startObjectStore({ dir: paths.store, bucket: BUCKET, ...KEYS, port: 0 });
const client = createStore({
  ...KEYS,
  endpoint: store.endpoint,
  region: 'auto',
  bucket: BUCKET,
  timeoutMs: 10_000,
});

interface Answer {
  readonly status: string;
  readonly body: string;
  readonly ms: number;
  readonly failed: boolean;
}

interface Ran {
  readonly output: string;
  readonly ms: number;
  readonly failed: boolean;
}

/** Runs an executable on the demo's machine. */
async function run(executable: string, args: readonly string[], more: NodeJS.ProcessEnv): Promise<Ran> {
  const began = performance.now();
  const child = spawn(executable, args, {
    cwd: join(executable, '..'),
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      APP_ROOT: paths.appRoot,
      RAILS_DB_VOLUME: paths.db,
      FLY_APP_NAME: 'smooth',
      FLY_REGION: 'iad',
      FLY_MACHINE_ID: 'demo-machine',
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: store.endpoint,
      ...more,
    },
  });
  const [output, exitCode] = await Promise.all([
    text(child.stdout),
    once(child, 'close').then(([code]) => code),
  ]);
  return { output, ms: performance.now() - began, failed: exitCode !== 0 };
}

/** Runs the CGI with the variables that Navigator sets, and returns what it wrote. */
async function post(query: string, authorization?: string): Promise<Answer> {
  const { output, ...rest } = await run(EXECUTABLE, [], {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_METHOD: 'POST',
    QUERY_STRING: query,
    CONTENT_LENGTH: '0',
    ...(authorization ? { HTTP_AUTHORIZATION: authorization } : {}),
  });
  const end = output.indexOf('\r\n\r\n');
  const status = /^Status: (.*)\r$/m.exec(output.slice(0, end + 2))?.[1] ?? 'without a status';
  return { status, body: output.slice(end + 4), ...rest };
}

/** Runs the ready hook, and shows what it says but for a line for every new page. */
async function ready(title: string): Promise<void> {
  const { output, ms, failed } = await run(READY, [], {});
  console.log(`\n=== ${title}\n\n${Math.round(ms)} ms for the whole process\n`);
  console.log(output.replace(/^.*\.html: changed.*\n/gm, '').trimEnd());
  if (failed) throw new Error('The demo stops here: that should have succeeded.');
}

function show(title: string, answer: Answer): void {
  console.log(`\n=== ${title}\n\nHTTP ${answer.status}, ${Math.round(answer.ms)} ms for the whole process\n`);
  console.log(answer.body.trimEnd());
  if (answer.failed) throw new Error('The demo stops here: that should have succeeded.');
}

/** Puts databases into the store for some of the machine's events, as another machine would have. */
async function publishTenants(count: number): Promise<void> {
  const { output } = await run(READY, ['--list', '--only', 'tenants', '--json'], {});
  const { tenants } = JSON.parse(output) as { tenants: { name: string }[] };
  const db = openDatabase(':memory:');
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT)');
  for (const { name } of tenants.slice(0, count)) {
    await client.put(databaseKey(name), db.serialize(), {
      condition: { replaces: 'nothing' },
      metadata: { 'last-modified': renderTime(new Date()) },
      contentType: 'application/vnd.sqlite3',
    });
  }
  db.close();
}

async function publish(index: Buffer, at: Date): Promise<void> {
  await client.put('db/index.sqlite3', index, {
    condition: { replaces: 'anything' },
    metadata: { 'last-modified': renderTime(at) },
    contentType: 'application/vnd.sqlite3',
  });
}

const digest = (name: string): string => hash('sha256', readFileSync(join(paths.db, name))).slice(0, 12);

try {
  console.log(`An object store at ${store.endpoint}, a machine with nothing on it yet.`);
  const first = makeSampleIndex();
  await publish(first, new Date(Date.now() - 60_000));
  show('The index is published, Navigator gets POST update_config', await post(''));
  const before = digest('htpasswd');

  const { index, changes } = changeSample(first);
  await publish(index, new Date());
  console.log(`\n--- Somebody changes the index: ${changes.join('; ')}`);
  const { userid, password } = SAMPLE_ADMINISTRATOR;
  const credentials = `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`;
  show(`What would change? POST update_config?dry_run=1, as ${userid}`, await post('dry_run=1', credentials));
  show('POST update_config', await post(''));
  show('And once more: nothing to do', await post(''));

  await publishTenants(3);
  await ready('After the reload, in the background: scripts/ready');
  await ready('And once more: nothing to do');

  console.log(`\nhtpasswd: ${before} -> ${digest('htpasswd')} (first digits of its SHA-256)`);
  console.log(`The files: ${paths.db} (index, htpasswd, map.yml, showcases.yml)`);
  console.log(`           ${paths.appRoot} (config/navigator.yml, tmp/tenants.list)`);
  console.log(`The pages: ${paths.appRoot}/public/index.html and below`);
  console.log('By hand, as this machine:');
  console.log(`  export APP_ROOT=${paths.appRoot} RAILS_DB_VOLUME=${paths.db}`);
  console.log('  export FLY_APP_NAME=smooth FLY_REGION=iad FLY_MACHINE_ID=demo-machine');
  console.log('  cgi-bin/update_config --dry-run');
} finally {
  await store.close();
}
