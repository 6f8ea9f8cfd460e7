/**
 * `node request-process.ts DATABASE STUDIO DIE`: says `ready`, then asks for the event of each line of JSON on its standard
 * input, and prints the outcome as a line of JSON. With DIE (`intend`, `saved`) it kills itself there, after it has printed
 * the change.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { IndexEditor } from '../../../src/requests/index-editor.ts';
import type { ChangeLog, EventRequest, NewChange } from '../../../src/requests/request-model.ts';

const [path = '', studio = '', die = ''] = process.argv.slice(2);
let told: NewChange | null = null;

function dieAt(moment: string): void {
  if (die !== moment) return;
  writeSync(1, `${JSON.stringify(told)}\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;); // until the signal is here
}

const log: ChangeLog = {
  intend(change) {
    told = change;
    dieAt('intend');
    return 'c';
  },
  saved: () => dieAt('saved'),
  drop: () => writeSync(1, 'dropped\n'),
  doubt: () => writeSync(1, 'doubted\n'),
};
const editor = new IndexEditor({ path, log, live: () => null });

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const form = JSON.parse(line) as EventRequest;
  const outcome = await editor.save(
    { kind: 'event', action: 'request', studio, form },
    { by: 'ada', publish: true },
  );
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
