/*
 * Takes the lock, and works for a moment in a way that shows when somebody else does, too; or holds it until killed.
 * It waits for the end of its standard input before it begins. Run as: node contender.ts <db dir> <work|hold>
 */
import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { arrival } from '../../../src/journal/arrival.ts';
import { acquireJournal } from '../../../src/journal/journal.ts';
import { resultOf } from './results.ts';

const [dbDir = '', role = ''] = process.argv.slice(2);
const came = arrival();
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
const journal = await acquireJournal({ dbDir, timeoutMs: 60_000 });
const caller = { kind: 'plain', appRoot: '/rails' } as const;
const run = `run-${process.pid}`;
if (role === 'hold') {
  journal.begin({ run, trigger: 'cgi', ...caller });
  process.stdout.write('held\n');
  setInterval(() => {}, 60_000);
} else {
  const shared = journal.resultSince(came, caller);
  if (!shared) {
    journal.begin({ run, trigger: 'cgi', ...caller });
    // Fails when it is there already: then two hold the lock.
    mkdirSync(join(dbDir, 'in-use'));
    await wait(30);
    rmdirSync(join(dbDir, 'in-use'));
    journal.finish(run, resultOf(run));
  }
  journal.close();
  process.stdout.write(`${shared ? 'shared' : 'ran'}\n`);
}
