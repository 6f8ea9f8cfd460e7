import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { readMetrics } from '../../support/machine/metrics.ts';
import { eventIndex, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const T1 = new Date('2026-01-02T03:04:05Z');

let store: EventStore;
let iad: Region;
let directory: string;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex({ iad: ['newton', 'salem'] }));
  directory = join(iad.home, 'textfile');
  mkdirSync(directory);
  iad.env = { ...iad.env, METRICS_DIR: directory };
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

const file = (name: string) => readMetrics(readFileSync(join(directory, `${name}.prom`), 'utf8'));

it('sync-databases leaves how it ended, and which databases are missing here or behind', async () => {
  iad.write('2026-boston', 'here', T1);
  iad.write('2026-newton', 'here', T1);
  const before = readMetrics((await iad.run(['--metrics'])).stdout);
  expect(before.value('showcase_machine_databases')).toBe(4);
  expect(before.value('showcase_machine_databases_missing')).toBe(2);
  expect(before.value('showcase_machine_databases_behind')).toBe(2);

  const result = await iad.sync();
  const operation = 'sync-databases';
  const { value } = file('showcase-sync-databases');
  expect(value('showcase_operation_last_run_outcome', { operation, outcome: 'done' })).toBe(1);
  expect(value('showcase_operation_last_run_failures', { operation })).toBe(0);
  for (const [counted, count] of Object.entries(result.counts))
    expect(value('showcase_operation_last_run_items', { operation, result: counted })).toBe(count);
  expect(value('showcase_operation_last_run_timestamp_seconds', { operation })).toBe(
    file('showcase-sync-databases-success').value('showcase_operation_last_success_timestamp_seconds', {
      operation,
    }),
  );
  expect(file('showcase-machine').value('showcase_machine_databases_behind')).toBe(0);
});

it('sync-databases that failed leaves when it last ended well', async () => {
  iad.write('2026-boston', 'here', T1);
  await iad.sync();
  const before = readFileSync(join(directory, 'showcase-sync-databases-success.prom'), 'utf8');
  iad.write('2026-boston', 'again');
  await iad.sync([], { env: { BUCKET_NAME: 'not-there' } });
  const { value } = file('showcase-sync-databases');
  expect(
    value('showcase_operation_last_run_outcome', { operation: 'sync-databases', outcome: 'failed' }),
  ).toBe(1);
  expect(readFileSync(join(directory, 'showcase-sync-databases-success.prom'), 'utf8')).toBe(before);
  expect(file('showcase-machine').value('showcase_machine_databases_behind')).toBe(1);
});

it('ready and idle leave how they ended; dry runs and lists leave nothing', async () => {
  await iad.sync(['--dry-run']);
  await iad.run(['--list'], { executable: join(ROOT, 'scripts/ready') });
  expect(readdirSync(directory)).toEqual([]);
  await iad.script('idle');
  await iad.run(['--json'], { executable: join(ROOT, 'scripts/ready') });
  expect(readdirSync(directory)).toEqual(
    expect.arrayContaining(['showcase-idle.prom', 'showcase-ready.prom']),
  );
  const { samples } = file('showcase-ready');
  expect(samples.every(({ labels }) => labels['operation'] === 'ready')).toBe(true);
});

it('all files of a machine together are read without a contradiction, as node_exporter does', async () => {
  await iad.script('idle');
  await iad.sync();
  const helps = new Map<string, string>();
  const seen = new Set<string>();
  for (const name of readdirSync(directory)) {
    const { families, samples } = readMetrics(readFileSync(join(directory, name), 'utf8'));
    for (const [family, { help, type }] of families)
      expect(helps.set(family, helps.get(family) ?? `${type} ${help}`).get(family)).toBe(`${type} ${help}`);
    for (const { name, labels } of samples) {
      const key = `${name} ${JSON.stringify(labels)}`;
      expect([key, seen.has(key)]).toEqual([key, false]);
      seen.add(key);
    }
  }
});
