/** What survives a power cut is what was flushed, and in the order in which it was: so the calls of whole runs are looked at. */
import { expect, it } from 'vitest';
import { changeSample } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { FIRST, LATER, useMachine } from '../../support/machine/use-machine.ts';
import {
  allFlushed,
  dated,
  type Flush,
  flushed,
  judgeFlushes,
  made,
  placed,
  written,
} from '../../support/system/flushes.ts';
import { recordCalls } from '../../support/system/strace.ts';

/** Every generated file changes with it. */
const SECOND = altered(
  changeSample(FIRST).index,
  "UPDATE locations SET name = 'Second City', latitude = 41 WHERE id = 2",
);

const here = useMachine();

const FILES = ['db/htpasswd', 'db/map.yml', 'db/showcases.yml', 'tmp/tenants.list', 'config/navigator.yml'];
const JOURNAL = '/journal\\.db';
const INDEX = 'db/index\\.sqlite3';
const INDEX_OR_LOG = `${INDEX}(?:-wal)?`;
const NAVIGATOR = 'config/navigator\\.yml';
const GENERATION = '/generations/[0-9TZ]+-[0-9a-f]+';

/** `db/.htpasswd.<run>.staged` for `db/htpasswd`. */
const staged = (file: string) => `${file.replace(/\/([^/]+)$/, '/\\.$1')}\\.[^>"]*\\.staged`;

/** What holds for any update that replaces all files; `toIndex` is the first change of the index. */
const always = (toIndex: RegExp): Flush[] => [
  ...FILES.map(
    (file): Flush => [
      `${file} is whole before it is put in place`,
      written(staged(file)),
      flushed(staged(file)),
      placed(file),
    ],
  ),
  [
    'the files of the db dir are there before navigator.yml',
    placed('db/showcases\\.yml'),
    flushed('/db'),
    placed(NAVIGATOR),
  ],
  [
    'tenants.list is there before navigator.yml',
    placed('tmp/tenants\\.list'),
    flushed('/tmp'),
    placed(NAVIGATOR),
  ],
  ['navigator.yml is there before it is dated', placed(NAVIGATOR), flushed('/config'), dated(NAVIGATOR)],
  [
    'the reload that is owed is written down before the index changes',
    written(JOURNAL),
    flushed(JOURNAL),
    toIndex,
  ],
  [
    'the manifest is whole before the index changes',
    written(`${GENERATION}/manifest\\.json`),
    flushed(`${GENERATION}/manifest\\.json`),
    toIndex,
  ],
  [
    'the generation is there before the index changes',
    made(`${GENERATION}/manifest\\.json`),
    flushed(GENERATION),
    toIndex,
  ],
  [
    'the place of generations has it before the index changes',
    made(`${GENERATION}/manifest\\.json`),
    flushed('/generations'),
    toIndex,
  ],
];

it.each(['delete', 'wal'])(
  'an update of an index in journal mode %s is flushed in its order',
  async (mode) => {
    await here.machine.post();
    const db = openDatabase(here.machine.path('index.sqlite3'));
    db.pragma(`journal_mode = ${mode}`);
    // Open to the end, as the application has it: the last one to close a log would flush it.
    db.exec('SELECT 1 FROM users');
    await here.published.publish(SECOND, LATER);
    const calls = await recordCalls(here.machine, {});
    db.close();
    const toIndex = written(INDEX_OR_LOG);
    const flushes: Flush[] = [
      ...always(toIndex),
      [
        'what is kept of the files is whole before the index changes',
        written(`${GENERATION}/[a-z]+`),
        flushed(`${GENERATION}/[a-z]+`),
        toIndex,
      ],
      [
        'the old index is kept, whole, before it changes',
        written(`${GENERATION}/index\\.sqlite3`),
        flushed(`${GENERATION}/index\\.sqlite3`),
        toIndex,
      ],
      [
        'the new index is on the disk before the files',
        toIndex,
        flushed(INDEX_OR_LOG),
        placed('db/htpasswd'),
      ],
    ];
    expect(judgeFlushes(calls, flushes)).toEqual(allFlushed(flushes));
    const last = calls.findLastIndex(({ text }) => written(JOURNAL).test(text));
    expect(last, 'the journal hears of the end').toBeGreaterThan(
      calls.findIndex(({ text }) => dated(NAVIGATOR).test(text)),
    );
    const end = calls.slice(last).some(({ text }) => flushed(JOURNAL).test(text));
    expect(end, 'and has it on the disk').toBe(true);
  },
);

it('a first update is flushed in its order', async () => {
  const calls = await recordCalls(here.machine, {});
  const flushes: Flush[] = [
    ...always(placed(INDEX)),
    [
      'the index is whole before it is put in place',
      written(staged('db/index.sqlite3')),
      flushed(staged('db/index.sqlite3')),
      placed(INDEX),
    ],
    [
      'logs of a database that is gone are gone before it is put in place',
      made(staged('db/index.sqlite3')),
      flushed('/db'),
      placed(INDEX),
    ],
    ['the index is there before the files', placed(INDEX), flushed('/db'), placed('db/htpasswd')],
  ];
  expect(judgeFlushes(calls, flushes)).toEqual(allFlushed(flushes));
});
