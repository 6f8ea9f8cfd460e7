/** As for any update: what a power cut would leave of new events is what was flushed, in the order in which it was. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXECUTABLE } from '../../support/machine/machine.ts';
import { cgiVariables, giveKeys, newKey, pushOf } from '../../support/machine/pushing.ts';
import { change, ONE, TWO } from '../../support/new-events/moving.ts';
import { indexOf, Stand } from '../../support/new-events/stand.ts';
import {
  allFlushed,
  type Flush,
  flushed,
  judgeFlushes,
  made,
  placed,
  written,
} from '../../support/system/flushes.ts';
import { type Call, recordCalls } from '../../support/system/strace.ts';

const STATE = '/\\.update_config';
const INDEX = '/db/index\\.sqlite3(?:-wal)?';
const NAVIGATOR = '/config/navigator\\.yml';
const OWED = `${STATE}/new-events\\.json`;
const MOVE = `${STATE}/moves/2026-boston-showcase\\.json`;

it('databases of new events are owed, copied and put in place in an order that a power cut cannot spoil', async () => {
  const stand = await Stand.ready([ONE]);
  change(stand, '2026-boston', 'Ballroom');
  stand.dropTemplate();
  await stand.publish(ONE, TWO);
  const calls = await recordCalls(stand.machine, {}, ['link']);
  const fetched = (name: string) => `/\\.${name}\\.[0-9a-f]{16}\\.fetched`;
  const copy = '2026-boston-showcase\\.sqlite3';
  const template = `${STATE}/template-[0-9a-f]{16}\\.sqlite3`;
  const flushes: Flush[] = [
    [
      'what is owed is whole before it is put in place',
      written(`${STATE}/\\.new-events\\.json\\.[^>"]*\\.staged`),
      flushed(`${STATE}/\\.new-events\\.json\\.[^>"]*\\.staged`),
      placed(OWED),
    ],
    ['what is owed is there before the index changes', placed(OWED), flushed(STATE), written(INDEX)],
    [
      'a move is written down before its copy stands there',
      placed(MOVE),
      flushed(`${STATE}/moves`),
      placed(`/${copy}`),
    ],
    [
      'the copy is whole before it stands there',
      written(fetched(copy)),
      flushed(fetched(copy)),
      placed(`/${copy}`),
    ],
    ['the copy stands there before navigator.yml', placed(`/${copy}`), flushed('/db'), placed(NAVIGATOR)],
    [
      'the prepared database is whole before it is kept',
      written(fetched('template-[0-9a-f]{16}\\.sqlite3')),
      flushed(fetched('template-[0-9a-f]{16}\\.sqlite3')),
      placed(template),
    ],
    [
      'the prepared database is kept before navigator.yml',
      placed(template),
      flushed(STATE),
      placed(NAVIGATOR),
    ],
  ];
  expect(judgeFlushes(calls, flushes)).toEqual(allFlushed(flushes));
});

it('that the id of a pushed index was used is on the disk before the index changes', async () => {
  const stand = await Stand.ready([ONE]);
  const key = newKey();
  giveKeys(stand.machine, `${key}\n`);
  const request = pushOf({ key, index: indexOf(ONE, TWO) });
  const log = join(stand.machine.home, 'strace.log');
  const traced = 'trace=openat,write,pwrite64,fsync,fdatasync,rename,utimensat';
  const { exitCode, stdout } = await stand.machine.run(
    ['-y', '-s', '0', '-o', log, '-e', traced, EXECUTABLE],
    {
      executable: 'strace',
      input: request.body,
      env: cgiVariables(request),
    },
  );
  expect(exitCode, stdout).toBe(0);
  const lines = readFileSync(log, 'utf8').split('\n');
  rmSync(log);
  const calls = lines.map((text): Call => ({ name: '', nth: 0, text }));
  const used = `/pushed/[0-9a-f]{64}`;
  const flushes: Flush[] = [
    ['the file', made(used), flushed(used), written(INDEX)],
    [
      'its time, which says how long it is remembered',
      /^utimensat\(\d+<[^>]*\/pushed\/[0-9a-f]{64}>/,
      flushed(used),
      written(INDEX),
    ],
    ['its name', made(used), flushed('/pushed'), written(INDEX)],
  ];
  expect(judgeFlushes(calls, flushes)).toEqual(allFlushed(flushes));
});
