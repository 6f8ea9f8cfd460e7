import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { runReady } from '../../../src/ready/ready.ts';
import { ensureReadyDir } from '../../../src/ready/ready-place.ts';
import { readReadySettings } from '../../../src/ready/ready-settings.ts';
import { dropTaken, hasNotes, leaveNotes, takeNew, takeNotes } from '../../../src/ready/request-notes.ts';
import { runRound } from '../../../src/ready/round.ts';
import type { ReadyContext, StageOutcome } from '../../../src/ready/stages.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';
import { siteOf } from '../../support/machine/site.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ready-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
});
const files = () => readdirSync(home).sort();

describe('a note for another round', () => {
  it('is left once for each stage, taken before the round, and dropped after it', () => {
    leaveNotes(home, ['tenants', 'pages']);
    leaveNotes(home, ['pages']);
    expect([files(), hasNotes(home), hasNotes(home, ['tenants'])]).toEqual([
      ['again.pages', 'again.tenants'],
      true,
      true,
    ]);
    expect(takeNotes(home)).toEqual(['tenants', 'pages']);
    expect([files(), hasNotes(home)]).toEqual([['serving.pages', 'serving.tenants'], false]);
    dropTaken(home, ['pages']);
    expect(files()).toEqual(['serving.tenants']);
  });

  it('that a killed holder had taken is taken again', () => {
    leaveNotes(home, ['pages']);
    takeNotes(home);
    expect(takeNotes(home)).toEqual(['pages']);
    dropTaken(home, ['tenants', 'pages']);
    expect(takeNotes(home)).toBe(null);
  });

  it('that comes while its stage is served asks for one more', () => {
    leaveNotes(home, ['tenants']);
    takeNotes(home);
    expect(takeNew(home, 'tenants')).toBe(false);
    leaveNotes(home, ['tenants']);
    expect([takeNew(home, 'tenants'), takeNew(home, 'tenants')]).toEqual([true, false]);
    expect(files()).toEqual(['serving.tenants']);
  });
});

it('the place of notes is for its owner alone, and needs an app root', () => {
  const path = ensureReadyDir(home);
  expect([path, statSync(path).mode & 0o777]).toEqual([join(home, 'tmp/ready'), 0o700]);
  expect(() => ensureReadyDir(join(home, 'missing'))).toThrow('is not a directory');
  expect(existsSync(join(home, 'missing'))).toBe(false);
});

describe('a round', () => {
  const done: StageOutcome = { counts: { written: 2 }, failures: [] };
  const said: string[] = [];
  const unexpected: unknown[] = [];
  const context = (stages: Partial<ReadyContext['stages']>, index = true): ReadyContext => {
    if (index) writeFileSync(join(home, 'index.sqlite3'), buildIndex());
    return {
      site: { ...siteOf('fly-iad'), dbDir: home, appRoot: home },
      report: (event) => said.push(event.type),
      unexpected: (error) => unexpected.push(error),
      stages: { tenants: async () => done, pages: async () => done, ...stages },
    };
  };
  const scope = ['tenants', 'pages'] as const;

  it('has its notes until it is over, so that another hook serves them where it is killed', async () => {
    const dir = ensureReadyDir(home);
    const notes: string[] = [];
    const look = async () => {
      notes.push(...readdirSync(dir).filter((name) => name.startsWith('serving.')));
      return done;
    };
    expect((await runReady(context({ tenants: look }), ['tenants'])).failed).toBe(false);
    expect([notes, takeNotes(dir)]).toEqual([['serving.tenants'], null]);
  });

  it('goes on with the next stage where one fails, and tells of both', async () => {
    const tenants = async () => {
      throw new Failure('disk', 'full', { hint: 'h' });
    };
    const summary = await runRound(context({ tenants }), { scope, dryRun: false, number: 1 });
    expect(summary).toMatchObject({
      outcome: 'failed',
      counts: { 'pages written': 2 },
      failures: [{ step: 'tenants', name: 'tenants', code: 'disk', message: 'full' }],
    });
    expect(unexpected.splice(0)).toEqual([]);
  });

  it('says that it is done, or of a dry run what would be, and tells of what nobody foresaw', async () => {
    expect((await runRound(context({}), { scope, dryRun: false, number: 1 })).outcome).toBe('done');
    expect((await runRound(context({}), { scope, dryRun: true, number: 1 })).outcome).toBe('dry-run');
    const odd = new TypeError('odd');
    const pages = async () => {
      throw odd;
    };
    const summary = await runRound(context({ pages }), { scope, dryRun: false, number: 1 });
    expect([summary.failures[0]?.code, unexpected.splice(0)]).toEqual(['internal', [odd]]);
  });

  it('begins no stage without an index', async () => {
    let begun = 0;
    const tenants = async () => {
      begun += 1;
      return done;
    };
    const summary = await runRound(context({ tenants }, false), { scope, dryRun: false, number: 1 });
    expect([summary.outcome, summary.error?.code, begun]).toEqual(['failed', 'index-missing', 0]);
  });

  it('waits for what runs beside a stage', async () => {
    const order: string[] = [];
    const pages = async () => {
      order.push('pages');
      return done;
    };
    const beside = (stage: string) => {
      order.push(`begin ${stage}`);
      return async () => {
        await new Promise(setImmediate);
        order.push(`end ${stage}`);
      };
    };
    await runRound(context({ pages }), { scope, dryRun: false, number: 1, beside });
    expect(order).toEqual(['begin tenants', 'end tenants', 'begin pages', 'pages', 'end pages']);
  });
});

it('the settings of the ready hook have the values of production where nothing is set', () => {
  expect(readReadySettings({})).toEqual({
    prerender: 'auto',
    prerenderTimeoutMs: 480_000,
    deadlineMs: 570_000,
    retryMs: 5000,
  });
  const prerender = (text: string) => readReadySettings({ READY_PRERENDER: text }).prerender;
  expect(['builtin', 'off', 'auto x', 'bin/x -y'].map(prerender)).toEqual([
    'builtin',
    'off',
    { command: ['auto', 'x'] },
    { command: ['bin/x', '-y'] },
  ]);
});
