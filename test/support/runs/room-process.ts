/**
 * Holds the room until it is killed, or until it has done what it is told on standard input, a command a line:
 * `node room-process.ts <home> <address that must answer>`. Says how far it has come on standard output.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { problemOf } from '../../../src/failure.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import { newChange, playedParts, quiet } from './parts.ts';
import { PlayedUpdate } from './played-update.ts';

const [home = '', url = ''] = process.argv.slice(2);
const played = new PlayedUpdate(join(home, 'played'));
let problems = 0;
const runs = createRuns({
  ...playedParts(home, played),
  report: (problem) => {
    problems += 1;
    say(`problem ${problem}`);
  },
});
const BALLAST = join(home, 'state/ballast');
const commands = (await text(process.stdin)).split('\n').filter(Boolean);

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function idOf(subject: string): string {
  return runs.changes({ text: subject, limit: 1000 }).rows.find((row) => row.subject === subject)?.id ?? '';
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

async function obey([word, name = '', what = '']: readonly string[]): Promise<void> {
  switch (word) {
    case 'start':
      return runs.start();
    case 'intend':
      return void runs.intend(
        newChange(name, { live: what === 'live' ? { url } : null, publish: what !== 'pending' }),
      );
    case 'put':
      return played.put(name);
    case 'saved':
      return runs.saved(idOf(name), { publish: what !== 'pending' });
    case 'drop':
      return runs.drop(idOf(name));
    case 'publish':
      return void runs.publish('bob', 'administrator');
    case 'cancel':
      for (const { id } of runs.runs({ states: ['waiting'] }).rows) runs.cancel(id, 'bob');
      return;
    case 'retry':
      return void runs.retry(idOf(name), 'bob');
    case 'turns':
      for (let left = Number(name); left > 0; left -= 1) await turn();
      return;
    case 'until-starts':
      return await until(() => played.starts.length >= Number(name));
    case 'until-run':
      return await until(() => runs.runs().rows.some(({ state }) => state === name));
    case 'until-change':
      return await until(() => runs.change(idOf(name))?.state === what);
    case 'until-event':
      return await until(() => runs.runs().rows.some(({ lastSeq }) => lastSeq > 0));
    case 'until-ended':
      return await until(() => runs.runs().rows.some(({ lastSeq }) => lastSeq > 1));
    case 'until-problems':
      return await until(() => problems >= Number(name));
    case 'fill':
      return fill();
    case 'free':
      return rmSync(BALLAST);
    case 'let-go':
      return await played.letGo();
    case 'refused':
      return say(`refused: ${JSON.stringify(refusal())}`);
    case 'show':
      return say(
        JSON.stringify(runs.runs().rows.map((run) => [run.state, runs.events(run.id, 0, 1000).length])),
      );
    case 'quiet':
      return await quiet(runs);
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return await new Promise(() => {});
    default:
      throw new Error(`what is ${word}?`);
  }
}

/** Takes all that is left of the disk. */
function fill(): void {
  const fd = openSync(BALLAST, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    closeSync(fd); // It is full.
  }
}

/** Why a change is not taken any more. */
function refusal(): unknown {
  for (;;) {
    try {
      runs.drop(runs.intend(newChange('x'.repeat(4000))));
    } catch (error) {
      return problemOf(error);
    }
  }
}

for (const command of commands) {
  await obey(command.split(' '));
  say(command);
}
await runs.close();
