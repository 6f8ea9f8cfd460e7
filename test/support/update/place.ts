import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { generate } from '../../../src/generate/generate.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { firstOfEachKind } from '../../../src/index/warnings.ts';
import { moment } from '../../../src/journal/arrival.ts';
import type { EventBody } from '../../../src/report/events.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import type { Site } from '../../../src/site/site.ts';
import type { PushedIndex } from '../../../src/update/pushed.ts';
import { runStart } from '../../../src/update/start-update.ts';
import { runUpdate, type UpdateRequest } from '../../../src/update/update.ts';
import type { UpdateContext } from '../../../src/update/update-context.ts';
import { buildIndex, HASH } from '../indexes/indexes.ts';
import { Machine } from '../machine/machine.ts';

/** Put in place of what the journal has of the last run: a run that tells it has not looked at the index itself. */
export const MARK = 'taken from the journal';

/** A machine without a store, whose index may be edited, and what its program and its surroundings are. */
export class Place {
  readonly machine = new Machine();
  build: string | null = 'one';
  variables: Record<string, string> = {};
  memoryGiB = 2;
  openStore: UpdateContext['openStore'] = async () => null;

  constructor() {
    const tables = {
      users: [1, 2, 3].map((id) => ({ id, userid: `user${id}`, password: `user${id}:${HASH}` })),
    };
    writeFileSync(this.machine.path('index.sqlite3'), buildIndex({ ...tables, locations: LOCATIONS }));
  }

  get site(): Site {
    const host = { defaultAppRoot: '/', hostname: 'here', totalMemoryBytes: this.memoryGiB * 2 ** 30 };
    return siteFrom({ ...this.machine.env, ...this.variables }, host, null);
  }

  /** @returns the result, whether it was taken from the journal, and each step that was done, such as `lock 2/6` */
  async update(
    force = false,
    pushed: PushedIndex | null = null,
    more: Pick<UpdateRequest, 'mustServe' | 'reload'> = {},
  ) {
    const request = { trigger: 'command', force, arrival: moment(), pushed, ...more } as const;
    return await this.#reported((context) => runUpdate(context, request));
  }

  /** The work of the start hook. */
  async start() {
    return await this.#reported((context) => runStart(context, moment()));
  }

  async #reported(work: (context: UpdateContext) => Promise<RunResult>) {
    const events: EventBody[] = [];
    const unexpected: unknown[] = [];
    const result = await work({
      site: this.site,
      settings: {
        lockTimeoutMs: 5000,
        maxIndexBytes: 2 ** 24,
        generations: 3,
        prepareTimeoutMs: 1000,
        token: null,
      },
      build: this.build,
      openStore: this.openStore,
      // What databases new events get is not looked at here.
      openNewDatabases: async () => ({ ask: async () => {}, place: async () => [] }),
      report: (event) => events.push(event),
      unexpected: (error) => unexpected.push(error),
    });
    expect(unexpected).toEqual([]);
    const done = events.filter((event) => event.type === 'step-done');
    const isFromJournal = done.find(({ name }) => name === 'read')?.detail === MARK;
    return { result, isFromJournal, steps: done.map(({ name, number, of }) => `${name} ${number}/${of}`) };
  }

  inJournal(...statements: string[]): void {
    const db = openDatabase(`${this.machine.dbDir}/.update_config/journal.db`);
    for (const statement of statements) db.exec(statement);
    db.close();
  }

  mark(): void {
    this.inJournal(
      `UPDATE meta SET value = json_set(value, '$.detail', '${MARK}') WHERE key = 'proved' AND json_valid(value)`,
    );
  }

  index(...statements: string[]): void {
    const db = openDatabase(this.machine.path('index.sqlite3'));
    for (const statement of statements) db.exec(statement);
    db.close();
  }

  /** What should stand here, whatever does. */
  planned() {
    const { index, warnings } = readValidIndex(readFileSync(this.machine.path('index.sqlite3')));
    return { files: generate(index, this.site), warnings: firstOfEachKind(warnings) };
  }
}

const LOCATIONS = [
  { id: 1, key: 'boston', name: 'Boston', latitude: 42.4, longitude: -71.1 },
  { id: 2, key: 'no/good', name: 'Left out', latitude: 1, longitude: 1 },
];
