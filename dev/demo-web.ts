/**
 * `npm run demo:web`: the web part, for real, on this machine. An embedded object store, the sample index with owners,
 * eight machines that run the built update_config, the built showcase-web, and a stand-in for Navigator before them. Each run
 * of config-update tells the same showcase-web of itself, by a deploy.enc of the demo's. Opens nothing by itself; Ctrl-C ends it. `--smoke` looks at everything itself, and ends.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startObjectStore } from './store/server.ts';
import { connectDashboard, failAndUndo } from './web/reported-runs.ts';
import { WebRig } from './web/rig.ts';
import { smoke } from './web/smoke.ts';

const KEYS = { accessKeyId: 'demo', secretAccessKey: 'demo-secret' };
const MACHINES = 8;

const { values } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));

/** Ends quietly where it was told to end. */
async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'showcase-web-store-'));
  const store = await startObjectStore({ dir, bucket: 'showcase', ...KEYS, port: 0 });
  try {
    const rig = await WebRig.start({
      machines: MACHINES,
      port: Number(values.port),
      store: {
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_ENDPOINT_URL_S3: store.endpoint,
      },
    });
    try {
      await work(rig);
    } finally {
      await rig.close();
    }
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function work(rig: WebRig): Promise<void> {
  console.log(`${MACHINES} machines get the sample index, each by the real update_config ...`);
  await rig.startServer();
  await connectDashboard(rig);
  await rig.configUpdate();
  console.log('An event with a wrong name is published, which one machine refuses; that is taken back ...');
  await Promise.all([rig.renderPages(), failAndUndo(rig)]);
  if (stop.signal.aborted) return;
  if (values.smoke) {
    for await (const seen of smoke(rig)) console.log(`ok  ${seen}`);
    return;
  }
  console.log(introduction(rig));
  await stopped;
  console.log('\nEnding ...');
}

function introduction({ standIn: { url }, sample, simUrl }: WebRig): string {
  const { administrator, owners, sister } = sample;
  const [first, second] = owners;
  if (!first || !second) throw new Error('the sample has no owners');
  const login = (account: { userid: string; password: string }, what: string) =>
    `  ${account.userid.padEnd(8)}  ${account.password.padEnd(14)}  ${what}`;
  return [
    '',
    `Open   ${url}/requests/`,
    '',
    '  name      password        who that is',
    login(first, `owner of the studios ${first.studio} and ${sister}`),
    login(second, `owner of the studio ${second.studio}`),
    login(administrator, `administrator: ${url}/admin/`),
    '',
    `The dashboard, for the administrator: ${url}/deploys/`,
    '  It has three runs of config-update: one that went well, one that failed, and its undo. Ask for an event in',
    '  another window: its run is there, line by line.',
    '',
    `The site as visitors see it: ${url}/studios/`,
    `Have machines fail:  curl -X PUT -d 'fail=1' ${simUrl}/_sim/faults`,
    'Ctrl-C ends it, and leaves nothing behind.',
  ].join('\n');
}

try {
  await run();
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
