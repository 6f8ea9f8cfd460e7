import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock } from '../../../src/database/lock.ts';
import { Failure } from '../../../src/failure.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { previewReady, runReady } from '../../../src/ready/ready.ts';
import { ensureReadyDir } from '../../../src/ready/ready-place.ts';
import { leaveNotes } from '../../../src/ready/request-notes.ts';
import { type ReadyContext, STAGES, type Stage, type StageName } from '../../../src/ready/stages.ts';
import type { EventBody } from '../../../src/report/events.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { siteOf } from '../../support/machine/site.ts';
import { notesOf } from '../../support/ready/ready.ts';
import { makeGate } from '../../support/suite/gate.ts';

/** Studios of an index that is told apart by their number. */
const indexOf = (studios: number): Buffer =>
  buildIndex({
    locations: Array.from({ length: studios }, (_, at) => ({ id: at + 1, key: `s${at}`, name: `S${at}` })),
  });

let machine: Machine;
let events: EventBody[];
/** What was done: the stage, and the number of studios in the index that it was given. */
let done: [StageName, number][];

beforeEach(() => {
  machine = new Machine();
  events = [];
  done = [];
  install(1);
});

afterEach(() => machine.remove());

const install = (studios: number): void => writeFileSync(machine.path('index.sqlite3'), indexOf(studios));

/** Parts whose stages note what they are given, and then do `work`. */
function context(work: (stage: StageName, index: Index) => Promise<void> | void = () => {}): ReadyContext {
  const stage =
    (name: StageName): Stage =>
    async (index) => {
      done.push([name, index.studios.length]);
      await work(name, index);
      return { counts: { looked: 1 }, failures: [] };
    };
  return {
    site: { ...siteOf('kamal'), appRoot: machine.appRoot, dbDir: machine.dbDir },
    report: (event) => events.push(event),
    unexpected: () => {},
    stages: { tenants: stage('tenants'), pages: stage('pages') },
  };
}

const outcomes = (result: Awaited<ReturnType<typeof runReady>>) =>
  result.summaries.map(({ outcome }) => outcome);

describe('a ready hook alone', () => {
  it('does one round, tenants first', async () => {
    const result = await runReady(context(), STAGES);
    expect({ outcomes: outcomes(result), failed: result.failed }).toEqual({
      outcomes: ['done'],
      failed: false,
    });
    expect(done).toEqual([
      ['tenants', 1],
      ['pages', 1],
    ]);
    expect(result.summaries[0]?.counts).toEqual({ 'tenants looked': 1, 'pages looked': 1 });
    expect(notesOf(machine)).toEqual([]);
  });

  it('goes on with the pages when the tenants fail, and fails', async () => {
    const unforeseen: unknown[] = [];
    const broken = context((stage) => {
      if (stage === 'tenants') throw new Error('a bug');
    });
    const result = await runReady({ ...broken, unexpected: (error) => unforeseen.push(error) }, STAGES);
    expect(result.failed).toBe(true);
    expect(result.summaries[0]?.failures).toMatchObject([
      { step: 'tenants', name: 'tenants', code: 'internal' },
    ]);
    expect(done.map(([stage]) => stage)).toEqual(['tenants', 'pages']);
    expect(unforeseen).toHaveLength(1);
  });

  it('does the work of a killed hook, beside its own', async () => {
    const dir = ensureReadyDir(machine.appRoot);
    writeFileSync(join(dir, 'serving.pages'), '');
    await runReady(context(), ['tenants']);
    expect(done).toEqual([
      ['tenants', 1],
      ['pages', 1],
    ]);
    expect(notesOf(machine)).toEqual([]);
  });

  it('does the work noted by a hook that died before it could try the lock', async () => {
    leaveNotes(ensureReadyDir(machine.appRoot), ['tenants']);
    await runReady(context(), ['pages']);
    expect(done.map(([stage]) => stage)).toEqual(['tenants', 'pages']);
  });

  it('cannot work in an app root that it cannot write to, or that is not there', async () => {
    writeFileSync(join(machine.appRoot, 'tmp'), '');
    await expect(runReady(context(), STAGES)).rejects.toThrow(/tmp/);
    rmSync(machine.appRoot, { recursive: true });
    await expect(runReady(context(), STAGES)).rejects.toThrow(/the app root .* is not a directory/);
    expect(done).toEqual([]);
  });
});

describe('ready hooks that overlap', () => {
  it('leave the work to the running one, which does another round with the newest index', async () => {
    const [begun, gate] = [makeGate(), makeGate()];
    const first = runReady(
      context(async (stage) => {
        if (stage !== 'tenants') return;
        begun.open();
        await gate.opened;
      }),
      STAGES,
    );
    await begun.opened;
    for (let studios = 2; studios <= 11; studios += 1) {
      install(studios);
      const other = await runReady(context(), STAGES);
      expect({ outcomes: outcomes(other), failed: other.failed }).toEqual({
        outcomes: ['handed-over'],
        failed: false,
      });
    }
    expect(done).toEqual([['tenants', 1]]);
    gate.open();
    expect(outcomes(await first)).toEqual(['done', 'done', 'done']);
    expect(done).toEqual([
      ['tenants', 1],
      ['pages', 1],
      ['tenants', 11],
      ['pages', 11],
    ]);
    expect(notesOf(machine)).toEqual([]);
    expect(events).toContainEqual({
      type: 'note',
      message: 'round 2: another ready hook has asked for it; it uses the newest index',
    });
  });

  it('get their tenants while pages are being rendered, and not after that', async () => {
    const gate = makeGate();
    const first = runReady(
      context(async (stage, index) => {
        if (index.studios.length === 2) gate.open();
        if (stage !== 'pages' || index.studios.length === 2) return;
        install(2);
        expect(outcomes(await runReady(context(), STAGES))).toEqual(['handed-over']);
        await gate.opened;
      }),
      STAGES,
    );
    expect((await first).failed).toBe(false);
    expect(done.map(([stage, studios]) => `${stage} ${studios}`)).toEqual([
      'tenants 1',
      'pages 1',
      'tenants 2',
      'pages 2',
    ]);
    expect(notesOf(machine)).toEqual([]);
  });

  it('combine their requests', async () => {
    const others: StageName[][] = [['pages'], ['pages'], ['tenants', 'pages']];
    await runReady(
      context(async () => {
        for (const scope of others.splice(0)) await runReady(context(), scope);
      }),
      ['tenants'],
    );
    expect(done.map(([stage]) => stage)).toEqual(['tenants', 'tenants', 'pages']);
  });

  it('are served even at the very end of a round', async () => {
    const late = context();
    let left = 3;
    const report = (event: EventBody): void => {
      if (event.type === 'run-ended' && left > 0) {
        left -= 1;
        leaveNotes(ensureReadyDir(machine.appRoot), ['pages']);
      }
    };
    const { summaries } = await runReady({ ...late, report }, STAGES);
    expect(summaries).toHaveLength(4);
    expect(done.map(([stage]) => stage)).toEqual(['tenants', 'pages', 'pages', 'pages', 'pages']);
  });

  it('succeed if a later round repairs a failure, and only then', async () => {
    const failing = (when: (round: number, stage: StageName) => boolean) => {
      let round = 0;
      return context(async (stage) => {
        if (stage === 'tenants') round += 1;
        const now = round;
        if (now === 1 && stage === 'tenants') await runReady(context(), ['tenants']);
        if (when(now, stage)) throw new Failure('command-failed', 'it failed', { hint: 'Mend it.' });
      });
    };
    const failed = async (when: Parameters<typeof failing>[0]) =>
      (await runReady(failing(when), STAGES)).failed;
    expect(await failed((round, stage) => round === 1 && stage === 'tenants')).toBe(false);
    expect(await failed((round, stage) => round === 1 && stage === 'pages')).toBe(true);
    expect(await failed((round, stage) => round === 2 && stage === 'tenants')).toBe(true);
  });

  it('leave a note that stays until it is served', async () => {
    const lock = tryLock(join(ensureReadyDir(machine.appRoot), 'lock'));
    const busy = await runReady(context(), STAGES);
    expect(outcomes(busy)).toEqual(['handed-over']);
    lock?.release();
    expect(notesOf(machine)).toEqual(['again.pages', 'again.tenants']);
    await runReady(context(), ['pages']);
    expect(done.map(([stage]) => stage)).toEqual(['tenants', 'pages']);
  });
});

describe('a preview of the ready hook', () => {
  it('takes no lock and leaves nothing', async () => {
    const result = await previewReady(context(), STAGES);
    expect(outcomes(result)).toEqual(['dry-run']);
    expect(readdirSync(machine.dbDir)).toEqual(['index.sqlite3']);
    expect(readdirSync(machine.appRoot)).toEqual([]);
  });
});
