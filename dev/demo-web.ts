/**
 * `npm run demo:web`: the web part, for real, on this machine. An embedded object store, the sample index with owners,
 * eight machines that run the built update_config, the built showcase-web, and a stand-in for Navigator before them. Each run
 * of config-update tells the same showcase-web of itself, by a deploy.enc of the demo's. Opens nothing by itself; Ctrl-C ends it. `--smoke` looks at everything itself, and ends.
 */
import { join } from 'node:path';
import { DemoBucket } from './demo/bucket.ts';
import { MACHINES_OPTION, MACHINES_USAGE, readMachines } from './demo/fleet.ts';
import { makePlace, ownEnvironment, removePlace } from './demo/place.ts';
import { Teller } from './demo/teller.ts';
import { readFreePort, runTool } from './options.mjs';
import { connectDashboard, failAndUndo } from './web/reported-runs.ts';
import { WebRig } from './web/rig.ts';
import { smoke } from './web/smoke.ts';

const USAGE = `Usage: npm run demo:web -- [options]

Serves the pages for studios and administrators in front of machines, until Ctrl-C ends it.

  --port N       the port (default: a free one)
  ${MACHINES_USAGE}
  --smoke        look at everything by itself, and end
  --verbose      show what config-update says, too
`;

const OPTIONS = {
  smoke: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  ...MACHINES_OPTION,
  verbose: { type: 'boolean', default: false },
} as const;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));

await runTool(USAGE, OPTIONS, async ({ smoke: isSmoke, port, machines, verbose }) => {
  const count = readMachines(machines);
  const number = await readFreePort(port);
  const place = makePlace('demo-web');
  const undo: (() => Promise<unknown>)[] = [async () => removePlace(place.path)];
  try {
    const bucket = await DemoBucket.start(place.path);
    undo.push(() => bucket.close());
    const { PATH: _, HOME: __, ...where } = ownEnvironment(place);
    const rig = await WebRig.start({
      machines: count,
      port: number,
      home: join(place.path, 'site'),
      store: { ...bucket.variables, ...where },
    });
    undo.push(() => rig.close());
    await work(rig, new Teller({ verbose }), isSmoke);
  } catch (error) {
    if (stop.signal.aborted) return;
    console.error(`\nThe demo ends here: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    for (const one of undo.reverse()) await one();
  }
});

async function work(rig: WebRig, teller: Teller, isSmoke: boolean): Promise<void> {
  const { length: machines } = rig.machines;
  teller.say(
    `${machines} machines of a ballroom platform, played here, and the host that owns the index, with the pages on`,
    'which studios ask for events, and administrators watch the updates.',
    '',
  );
  teller.step(`The index is published, and all ${machines} machines update themselves`);
  await rig.startServer();
  await connectDashboard(rig);
  teller.words(await rig.configUpdate());
  teller.step('An event with a wrong name is published, which one machine refuses; that is taken back');
  await Promise.all([rig.renderPages(), failAndUndo(rig)]);
  if (stop.signal.aborted) return;
  if (isSmoke) {
    teller.step('Everything is looked at');
    let points = 0;
    for await (const seen of smoke(rig)) {
      teller.facts(`ok  ${seen}`);
      points += 1;
    }
    teller.say('', `All ${points} points hold. Nothing is left of this demo.`);
    return;
  }
  teller.say(introduction(rig));
  await stopped;
  teller.say('', 'Ending ...');
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
