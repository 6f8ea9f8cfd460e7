/**
 * `npm run demo`: what the project does, once, for real and in its reader's words. An embedded object store, the sample
 * index, and a machine on which the built executables run as Navigator runs them: it is set up, then its index changes
 * while visitors ask for pages. Ends by itself; everything that it leaves is in one directory.
 */
import { join } from 'node:path';
import { eventPlaces } from '../src/index/event-places.ts';
import { readValidIndex } from '../src/index/read-index.ts';
import { noticedLines } from '../src/report/noticed-lines.ts';
import type { RunResult } from '../src/report/results.ts';
import { DemoMachine, databasesOf, describeIndex, questionsAbout } from './demo/machine.ts';
import { makePlace, ownEnvironment, writeVariables } from './demo/place.ts';
import { seconds, Teller } from './demo/teller.ts';
import { Visitors } from './demo/visitors.ts';
import { runTool } from './options.mjs';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from './sample/sample.ts';

const USAGE = `Usage: npm run demo -- [options]

Sets up a machine with the sample index, then changes the index while visitors ask for pages.

  --verbose   show what each program says itself, too
`;

/** Answers that visitors have had before anything changes, and more of them when everything has. */
const BEFORE_AND_AFTER = 20;

await runTool(USAGE, { verbose: { type: 'boolean', default: false } }, async ({ verbose }) => {
  const teller = new Teller({ verbose });
  const place = makePlace('demo');
  const machine = await DemoMachine.start(place.path, ownEnvironment(place));
  try {
    teller.say(
      'One machine of a ballroom platform, played here: an object store, Navigator in front of the',
      'events, and this project. The index says which events there are, where, and who may log in.',
      '',
    );
    const index = makeSampleIndex();
    await setUp(machine, index, teller);
    const next = changeSample(index).index;
    await machine.bucket.putIndex(next);
    await machine.bucket.putDatabases(newDatabases(index, next));
    await change(machine, await ask(machine, teller), teller);
    await askAgain(machine, teller);
    writeVariables(join(place.path, 'env'), machine.variablesByHand);
  } catch (error) {
    console.error(`\nThe demo ends here: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return;
  } finally {
    await machine.close();
  }
  teller.say(
    '',
    'See the pages in a browser     npm run pages',
    'Update eight machines at once  npm run demo:fleet',
    'Try every command yourself     npm run sandbox',
    'Read what each program said    npm run demo -- --verbose',
    `Be this machine by hand        . ${place.shown}/env; cgi-bin/update_config --dry-run`,
    `Remove everything              rm -r ${place.shown}`,
  );
});

/** The machine has nothing yet. */
async function setUp(machine: DemoMachine, image: Buffer, teller: Teller): Promise<void> {
  await machine.bucket.putIndex(image);
  const { index } = readValidIndex(image);
  await machine.bucket.putDatabases(databasesOf(index));
  teller.step('A new machine asks for its configuration');
  const { status, ms, result, said } = await machine.update();
  const { read, served } = describeIndex(machine.index);
  teller.facts(
    `POST update_config: ${status}, ${seconds(ms)}`,
    `${read} read and checked, ${changed(result)} files installed`,
    served,
  );
  teller.words(said);
  await tellReady(machine, teller);
}

/** What would change? Returns the address of the new event. */
async function ask(machine: DemoMachine, teller: Teller): Promise<string> {
  teller.step('Boston gets a second event in 2026, and a user leaves. What would change?');
  const { result, ms, said } = await machine.dryRun();
  const { changes = [] } = result;
  teller.facts(
    `update_config --dry-run: ${seconds(ms)}, nothing is touched`,
    ...noticedLines(changes).map((line) => `  ${line}`),
  );
  teller.words(result.diff ?? said);
  const added = changes.find((one) => one.kind === 'event' && one.change === 'new');
  if (!added) throw new Error('the new event is not among the changes');
  return added.name;
}

/** The update, while people ask for pages. */
async function change(machine: DemoMachine, address: string, teller: Teller): Promise<void> {
  teller.step('The machine updates itself, while visitors go on asking for pages');
  const visitors = new Visitors(machine.origin, questionsAbout(machine.index));
  const [earlier = 0] = machine.answered;
  await visitors.waitFor(BEFORE_AND_AFTER);
  const { status, ms, result, said } = await machine.update();
  const live = await machine.ask(address, SAMPLE_ADMINISTRATOR);
  teller.facts(
    `POST update_config: ${status}, ${seconds(ms)}`,
    `${changed(result)} of ${result.files.length} files replaced, all of them or none`,
  );
  teller.words(said);
  await tellReady(machine, teller);
  await visitors.waitFor(BEFORE_AND_AFTER);
  const { requests, failures } = await visitors.stop();
  const [old = 0, now = 0] = machine.answered;
  teller.facts(
    `${requests} requests, ${failures.length} failed: ${old - earlier} answered before Navigator's reload, ${now - 1} after it`,
    `${address} answers ${live}`,
  );
  if (failures.length > 0) throw new Error(`a visitor was answered wrongly: ${failures[0]}`);
  if (now === 0) throw new Error('Navigator did not reload');
  if (live !== 200) throw new Error(`the new event answers ${live}`);
}

async function tellReady(machine: DemoMachine, teller: Teller): Promise<void> {
  const { said, ms } = await machine.readyHook();
  const [, counts = ''] = /Summary: done, (.*), [^,]*$/m.exec(said) ?? [];
  const done = counts.split(', ').filter((count) => !count.endsWith(' unchanged'));
  const words = done.map((count) => count.replace(/\btenant(s?)\b/, 'event database$1'));
  teller.facts(`in the background: ${words.join(', ') || 'nothing to do'}, ${seconds(ms)}`);
  teller.words(said);
}

async function askAgain(machine: DemoMachine, teller: Teller): Promise<void> {
  teller.step('The same request again: nothing has changed, so nothing is done');
  const { status, ms, result, said } = await machine.update();
  teller.facts(`POST update_config: ${status}, ${seconds(ms)}; ${result.outcome}`);
  teller.words(said);
}

/** Of events that only the second index has; the other databases come along with their events. */
function newDatabases(before: Buffer, after: Buffer): string[] {
  const ids = new Set(eventPlaces(readValidIndex(before).index).keys());
  return [...eventPlaces(readValidIndex(after).index)].flatMap(([id, { database }]) =>
    ids.has(id) ? [] : [database],
  );
}

function changed({ files }: RunResult): number {
  return files.filter((file) => file.changed).length;
}
