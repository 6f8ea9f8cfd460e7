import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openProjects } from '../../../../src/runs/deploys/open-projects.ts';
import { ended, KEY, logsOf, ReceivedRig, started } from '../../../support/runs/deploys/received-rig.ts';

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

const DERIVED = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

it('the file that a command makes before any server is for its owner alone', () => {
  const home = mkdtempSync(join(tmpdir(), 'beside-'));
  const before = process.umask(0);
  onTestFinished(() => {
    process.umask(before);
    rmSync(home, { recursive: true });
  });
  const { close } = openProjects(home);
  const modes = readdirSync(home).map((name) => [name, statSync(join(home, name)).mode & 0o077]);
  expect(modes.filter(([, mode]) => mode !== 0)).toEqual([]);
  expect(modes.map(([name]) => name)).toContain('runs.sqlite3');
  close();
});

describe('a project', () => {
  it('has keys that another process adds and retires at once', () => {
    const { projects } = rig.deploys;
    const beside = openProjects(rig.home);
    const { id } = beside.projects.addKey('default', DERIVED);
    expect(projects.activeKeys('default')).toEqual([
      { kind: 'full', secret: KEY },
      { kind: 'derived', secret: DERIVED },
    ]);
    expect([beside.projects.retireKey('default', id), beside.projects.retireKey('default', id)]).toEqual([
      true,
      false,
    ]);
    expect(projects.activeKeys('default')).toEqual([{ kind: 'full', secret: KEY }]);
    beside.close();
  });

  it('takes a key that was retired again, and forgets it while it is retired', () => {
    const { projects } = rig.deploys;
    const { id } = projects.addKey('default', ` ${DERIVED}\n`);
    projects.retireKey('default', id);
    expect(rig.db.prepare('SELECT count(*) FROM project_keys WHERE secret IS NULL').pluck().get()).toBe(1);
    expect(projects.addKey('default', DERIVED)).toMatchObject({ id, retiredAt: null });
    expect(projects.activeKeys('default')).toHaveLength(2);
  });

  it('has five keys that count at most, beside those that are retired', () => {
    const { projects } = rig.deploys;
    const keys = [1, 2, 3, 4, 5, 6].map((at) => `whsec_${Buffer.alloc(32, at).toString('base64')}`);
    const [first] = keys.slice(0, 5).map((key) => projects.addKey('full', key));
    expect(projects.addKey('full', keys[4] ?? '')).toMatchObject({ retiredAt: null });
    const sixth = () => projects.addKey('full', keys[5] ?? '');
    expect(sixth).toThrow(expect.objectContaining({ code: 'usage', hint: 'Retire one of them first.' }));
    projects.retireKey('full', first?.id ?? '');
    sixth();
    expect(projects.activeKeys('full')).toHaveLength(5);
  });

  it('keeps the letters of a deploy key as they are given, since they are signed with', () => {
    rig.deploys.projects.addKey('upper', KEY.toUpperCase());
    expect(rig.deploys.projects.activeKeys('upper')).toEqual([{ kind: 'full', secret: KEY.toUpperCase() }]);
  });

  it.each(['', '-a', 'A', 'a_b', 'a.b', 'a'.repeat(64), '../x'])('has no such name as %j', (name) => {
    expect(() => rig.deploys.projects.addKey(name, KEY)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(rig.deploys.projects.get(name)).toBeNull();
  });

  it('that does not exist has no key that counts, and takes no run', () => {
    expect(rig.deploys.projects.activeKeys('other')).toEqual([]);
    expect(() => rig.deploys.logs('other', logsOf([1]))).toThrow('there is no project other');
    expect(rig.deploys.list().total).toBe(0);
  });

  it('has the same deploy ids as another one, and nothing in common', () => {
    rig.deploys.projects.addKey('other', DERIVED);
    rig.deploys.logs('default', logsOf([1]));
    rig.deploys.logs('other', logsOf([1, 2]));
    expect(rig.deploys.runsOf('default', '12345').map(({ lastSeq }) => lastSeq)).toEqual([1]);
    expect(rig.deploys.list({ project: 'other' }).rows.map(({ lastSeq }) => lastSeq)).toEqual([2]);
  });
});

describe('the list', () => {
  beforeEach(() => {
    const of = (run: string) => ({ run, deploy_id: run });
    rig.deploys.status('default', started({ ...of('one'), git_ref: 'main', by: 'Ann@host' }));
    rig.deploys.status(
      'default',
      started({ ...of('two'), git_ref: 'topic', git_sha: 'fffe123', target: 'kamal' }),
    );
    rig.deploys.status('default', { ...started(of('three')), operation: 'delete' });
    rig.deploys.status('default', { ...ended('cancelled'), ...of('two') });
  });
  const found = (filter: Parameters<typeof rig.deploys.list>[0]) => {
    const { rows, total } = rig.deploys.list(filter);
    return [rows.map(({ run }) => run), total];
  };

  it.each([
    [{}, ['three', 'two', 'one']],
    [{ standing: 'cancelled' }, ['two']],
    [{ standing: 'started' }, ['three', 'one']],
    [{ standing: 'unheard of' }, []],
    [{ branch: 'main' }, ['three', 'one']],
    [{ operation: 'delete' }, ['three']],
    [{ text: 'ann@' }, ['one']],
    [{ text: 'FFFE' }, ['two']],
    [{ text: 'kam' }, ['two']],
    [{ text: 'thre' }, ['three']],
    [{ text: '%' }, []],
    [{ project: 'other' }, []],
    [{ branch: 'main', standing: 'started', text: 'one' }, ['one']],
  ] as const)('narrowed to %j has %j', (filter, expected) => {
    expect(found(filter)).toEqual([expected, expected.length]);
  });

  it('has pages, and knows how many there are in all', () => {
    expect(found({ page: 2, limit: 2 })).toEqual([['one'], 3]);
  });

  it('knows the branches, newest first', () => {
    expect(rig.deploys.branches()).toEqual(['main', 'topic']);
  });
});

it('no query of a request or a watcher looks at more rows than it needs', () => {
  const seen = new Set<string>();
  const prepare = rig.db.prepare.bind(rig.db);
  rig.reopen((db) => {
    const original = db.prepare.bind(db);
    db.prepare = ((sql: string) => {
      seen.add(sql);
      return original(sql);
    }) as typeof prepare;
  });
  const { run } = rig.deploys.logs('default', logsOf([1, 3], { lost: [[2, 2]] }));
  rig.deploys.logs('default', logsOf([1, 3]));
  rig.deploys.logs('default', logsOf([], { first_seq: 4, last_seq: 3 }));
  rig.deploys.status('default', started());
  rig.deploys.planLogs('default', { deployId: 'p', digest: 'd', logs: [] });
  rig.deploys.runsOf('default', '12345');
  rig.deploys.lines(run.id, 0, 10, ['error']);
  rig.deploys.news(run.id, 0, 10);
  rig.deploys.projects.activeKeys('default');
  const scans = [...seen].flatMap((sql) => {
    const nothing = Array.from(sql.matchAll(/\?/g), () => null);
    const plan = rig.db.prepare<null[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...nothing);
    return plan
      .filter(({ detail }) => /^SCAN (?!CONSTANT|json_each)/.test(detail))
      .map(({ detail }) => `${detail}: ${sql}`);
  });
  expect(seen.size).toBeGreaterThan(15);
  expect(scans).toEqual([]);
});
