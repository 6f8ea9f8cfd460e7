import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { RunEvent } from '../../../src/report/events.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import { KeptEvents } from '../../../src/runs/kept-events.ts';
import { KeptRuns } from '../../../src/runs/kept-runs.ts';
import type { NewChange } from '../../../src/runs/run-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { openRunsFile } from '../../../src/runs/runs-file.ts';
import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, table } from '../table.ts';

/** Runs that are kept, and events of each: what 40 machines say. */
const RUNS = 1000;
const EVENTS = 200;
const WATCHERS = 200;
const NEVER = new AbortController().signal;

const section: Section = {
  title: 'The record of runs, with 200 watchers of one run',
  packages: ['better-sqlite3'],
  async measure({ quick }) {
    const home = mkdtempSync(join(tmpdir(), 'bench-runs-'));
    try {
      mkdirSync(join(home, 'db'));
      const runs = open(home);
      const saves = Array.from({ length: quick ? 20 : 200 }, () => timed(() => save(runs)));
      runs.start();
      const waits = await measureWatchers(runs);
      await runs.close();
      fill(join(home, 'state'));
      const starts: number[] = [];
      for (let left = quick ? 3 : 11; left > 0; left -= 1) {
        const began = performance.now();
        const again = open(home);
        starts.push(performance.now() - began);
        await again.close();
      }
      const size = statSync(join(home, 'state/runs.sqlite3')).size / 2 ** 20;
      return render(saves, waits, starts, size);
    } finally {
      rmSync(home, { recursive: true });
    }
  },
};
export default section;

const event = (seq: number): RunEvent => ({
  ...{ v: 1, run: '20260102T030405678Z-1f2e3d', seq, at: new Date().toISOString(), type: 'note' },
  message: `a machine says how far it is, in some hundred bytes, as most events have: ${'x'.repeat(200)}`,
});

/** Says an event each 5 ms, and ends without a report, which does not matter here. */
const CHILD = `
  const event = ${JSON.stringify(event(1))};
  let left = ${EVENTS};
  const timer = setInterval(() => {
    console.log(JSON.stringify({ ...event, at: new Date().toISOString() }));
    left -= 1;
    if (left === 0) clearInterval(timer);
  }, 5);
`;

function open(home: string): Runs {
  const script = join(home, 'child.cjs');
  writeFileSync(script, CHILD);
  return createRuns({
    ...{ stateDir: join(home, 'state'), dbDir: join(home, 'db'), target: 'fly', cwd: home, env: {} },
    command: [process.execPath, script],
    isInIndex: () => true,
    authorization: () => null,
    report: (problem) => console.error(problem),
  });
}

const CHANGE: NewChange = {
  ...{ by: 'ann', kind: 'event', action: 'create', subject: '2027/boston/gala', studio: 'boston' },
  ...{ before: null, after: { key: 'gala', name: 'Gala' } },
};

function save(runs: Runs): void {
  runs.saved(runs.intend(CHANGE), { publish: true });
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/** Milliseconds from the child's clock to each watcher that has the event. */
async function measureWatchers(runs: Runs): Promise<number[]> {
  const [run] = runs.runs().rows;
  const waits: number[] = [];
  const follow = async (id: string): Promise<void> => {
    for (let after = 0; after < EVENTS; ) {
      await runs.waitFor(id, after, 60_000, NEVER);
      for (const each of runs.events(id, after, 1000)) {
        waits.push(Date.now() - Date.parse(each.event.at));
        after = each.seq;
      }
    }
  };
  await Promise.all(Array.from({ length: WATCHERS }, () => follow(run?.id ?? '')));
  return waits.sort((a, b) => a - b);
}

function fill(stateDir: string): void {
  const db = openRunsFile(stateDir);
  const [kept, events] = [new KeptRuns(db), new KeptEvents(db)];
  const said = Array.from({ length: EVENTS }, (_, at) => event(at + 1));
  for (let left = RUNS; left > 0; left -= 1) {
    const { id } = kept.add({ target: 'fly', attempt: 1, trigger: 'edit', by: 'ann', notBefore: null });
    kept.end(id, { state: 'done', report: null, error: null, exitCode: 0 });
    events.append(id, said);
  }
  db.close();
}

const fine = (value: number): string => `${value.toFixed(1)} ms`;

function render(
  saves: readonly number[],
  waits: readonly number[],
  starts: readonly number[],
  size: number,
): string {
  const late = waits[Math.floor(waits.length * 0.99)] ?? Number.NaN;
  return table(
    ['', 'median', 'most', 'goal'],
    [
      ['a change is kept, before and after the index', fine(median(saves)), fine(Math.max(...saves)), ''],
      [
        `from an event to ${WATCHERS} readers (most: 99 of 100)`,
        fine(median(waits)),
        fine(late),
        goal(late, 50, 'ms'),
      ],
      [
        `opening ${RUNS} runs with ${EVENTS} events each (${mib(size)})`,
        fine(median(starts)),
        fine(Math.max(...starts)),
        goal(median(starts), 300, 'ms'),
      ],
    ],
  );
}
