/**
 * `npm run demo:fleet`: the whole way, for real, on this machine. An admin host with the sample index, an embedded object
 * store, and eight machines behind one address, each the built update_config with directories of its own. The index is
 * published, changed and published again, while visitors ask for events; then the machines are compared.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventPlaces } from '../src/index/event-places.ts';
import { readValidIndex } from '../src/index/read-index.ts';
import { DemoBucket } from './demo/bucket.ts';
import { type DemoFleet, MACHINES_OPTION, MACHINES_USAGE, readMachines, startFleet } from './demo/fleet.ts';
import { makeDirectories, makePlace, ownEnvironment, ROOT, removePlace } from './demo/place.ts';
import { seconds, Teller } from './demo/teller.ts';
import { type Question, type Tally, Visitors } from './demo/visitors.ts';
import { runTool } from './options.mjs';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from './sample/sample.ts';

const USAGE = `Usage: npm run demo:fleet -- [options]

Publishes the sample index, and updates eight machines at once; twice. Removes what it has made.

  ${MACHINES_USAGE}
  --verbose      show what each machine says itself, too
`;

/** What somebody asks for and what the answer must be does not depend on these. */
const CHANGED = 'boston';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const OPTIONS = { ...MACHINES_OPTION, verbose: { type: 'boolean', default: false } } as const;

await runTool(USAGE, OPTIONS, async ({ machines, verbose }) => {
  const count = readMachines(machines);
  const place = makePlace('demo-fleet');
  const undo: (() => Promise<unknown>)[] = [async () => removePlace(place.path)];
  try {
    const bucket = await DemoBucket.start(place.path);
    undo.push(() => bucket.close());
    const env = { ...ownEnvironment(place), ...bucket.variables };
    const fleet = await startFleet(count, join(place.path, 'machines'), env);
    undo.push(() => fleet.close());
    const { appRoot, dbDir } = makeDirectories(join(place.path, 'admin'));
    const admin = { ...env, ...fleet.variables, APP_ROOT: appRoot, RAILS_DB_VOLUME: dbDir, FLEET_BY: 'demo' };
    await tell(new Teller({ verbose }), fleet, { env: admin, index: join(dbDir, 'index.sqlite3'), verbose });
  } catch (error) {
    if (stop.signal.aborted) return;
    console.error(`\nThe demo ends here: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    for (const one of undo.reverse()) await one();
  }
});

/** The host that publishes. */
interface Admin {
  readonly env: NodeJS.ProcessEnv;
  /** Path of its index. */
  readonly index: string;
  readonly verbose: boolean;
}

async function tell(teller: Teller, fleet: DemoFleet, admin: Admin): Promise<void> {
  const first = makeSampleIndex();
  const { index: changed } = changeSample(first);
  const { length: count } = fleet.machines;
  teller.say(
    `${count} machines of a ballroom platform all over the world, played here, and the host on which the index is`,
    'written. One command publishes the index and has all machines update themselves at once.',
    '',
  );
  teller.step(`${count} machines that have nothing yet`);
  writeFileSync(admin.index, first);
  await configUpdate([], admin, teller);
  teller.step('The index changes: Boston gets a second event in 2026, and a user leaves');
  teller.facts('visitors ask for events all the time');
  writeFileSync(admin.index, changed);
  const visitors = new Visitors(fleet.url, questionsAbout(first));
  let tally: Tally;
  try {
    await configUpdate([], admin, teller);
  } finally {
    // Also where that is interrupted: they would go on for ever, and so would this.
    tally = await visitors.stop();
  }
  const { requests, failures } = tally;
  teller.facts(`${requests} requests of visitors meanwhile, ${failures.length} failed`);
  if (failures.length > 0) throw new Error(`a visitor was answered wrongly: ${failures[0]}`);
  teller.step('Has every machine what was published?');
  await configUpdate(['--verify'], admin, teller);
  teller.say(
    '',
    'Try it yourself                npm run sandbox',
    'The same from a web page       npm run demo:web',
    'One machine in detail          npm run demo',
    'Nothing is left of this demo.',
  );
}

/** Its output goes where this program's goes: on a terminal it is live. */
async function configUpdate(args: readonly string[], { env, verbose }: Admin, teller: Teller): Promise<void> {
  const all = [...args, ...(verbose ? ['--verbose'] : [])];
  teller.facts(`scripts/config-update ${all.join(' ')}`.trimEnd());
  teller.say('');
  const began = performance.now();
  const child = spawn(join(ROOT, 'scripts/config-update'), all, {
    env: { ...env, TERM: process.env['TERM'] },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'close');
  stop.signal.throwIfAborted();
  if (code !== 0) throw new Error(`config-update ended with ${code}`);
  teller.say('');
  teller.facts(`${seconds(performance.now() - began)} from beginning to end`);
}

/** Events that are there before the change and after it, for somebody who may see them, and for nobody. */
function questionsAbout(image: Buffer): Question[] {
  const { index } = readValidIndex(image);
  const stays = [...eventPlaces(index).values()].filter(({ path }) => !path.split('/').includes(CHANGED));
  return stays.slice(0, 20).flatMap(({ path, database }) => [
    { path: `/showcase/${path}/`, login: SAMPLE_ADMINISTRATOR, status: 200, holds: database },
    { path: `/showcase/${path}/`, status: 401, holds: '' },
  ]);
}
