import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { anyEvent } from '../../support/report/any-event.ts';

const PAGE = readFileSync(join(ROOT, 'docs/API.md'), 'utf8');
const ENVELOPE = ['v', 'run', 'seq', 'at', 'type'];

/** The rows of a table, by their first cells. */
function rowsOf(heading: string): Map<string, readonly string[]> {
  const [, table = ''] = PAGE.split(`${heading} |\n`);
  const rows = (table.split('\n\n')[0] ?? '').split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const cells = row.split('|').slice(1, -1);
      return [(cells[0] ?? '').replaceAll(/[` ]/g, ''), cells];
    }),
  );
}

const namesIn = (text = ''): string[] =>
  [...text.replaceAll(/\([^)]*\)|of `[a-z-]+`/g, '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

/** What any event of a kind may have, beside what it has in common with all others. */
function fieldsBy(kindOf: (event: Record<string, unknown>) => string | null, common: readonly string[]) {
  const known = new Map<string, Set<string>>();
  for (const event of fc.sample(anyEvent, { numRuns: 4000, seed: 1 })) {
    const kind = kindOf({ ...event });
    if (kind === null) continue;
    const fields = known.get(kind) ?? new Set();
    known.set(kind, fields);
    for (const name of Object.keys(event)) if (!common.includes(name)) fields.add(name);
  }
  return Object.fromEntries([...known].map(([kind, fields]) => [kind, [...fields].sort()]));
}

it('docs/API.md names every field that an event of a type may have, and no other', () => {
  const rows = [...rowsOf('| type | when | its fields')].map(([type, cells]) => {
    const names = namesIn(cells[2]);
    // The name of the run is the envelope's, too.
    return [type, names.sort()] as const;
  });
  const ofItems = ['machine', 'publish', 'standard', 'waitMs', 'etag', 'version', 'ms', 'error'];
  const seen = fieldsBy((event) => String(event['type']), ENVELOPE);
  const { item = [], ...others } = seen;
  expect(Object.fromEntries(rows)).toEqual({
    ...others,
    item: item.filter((name) => !ofItems.includes(name)),
  });
});

it('docs/API.md names every field that an item of a kind may have beside those of all items', () => {
  const common = [...ENVELOPE, 'kind', 'step', 'name', 'phase', 'outcome', 'detail', 'attempt'];
  const rows = [...rowsOf('| kind | what | phases | fields beside those of all')].map(
    ([kind, cells]) => [kind, namesIn(cells[3]).sort()] as const,
  );
  const seen = fieldsBy((event) => (event['type'] === 'item' ? String(event['kind']) : null), common);
  expect(Object.fromEntries(rows)).toEqual(seen);
});

it('docs/API.md names every field that what a run ends with may have, and no other', () => {
  const seen = new Map<string, Set<string>>();
  for (const event of fc.sample(anyEvent, { numRuns: 4000, seed: 1 })) {
    if (event.type !== 'run-ended') continue;
    const fields = seen.get(event.kind) ?? new Set();
    seen.set(event.kind, fields);
    for (const name of Object.keys(event.result)) fields.add(name);
  }
  const rows = [...rowsOf('| object | fields').values()].flatMap(([object = '', fields]) => {
    const kind = object.split('`')[1] ?? '';
    return seen.has(kind) ? [[kind, namesIn(fields).sort()]] : [];
  });
  expect(rows).toHaveLength(4);
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries([...seen].map(([kind, fields]) => [kind, [...fields].sort()])),
  );
});

it('docs/API.md names the fields of every event', () => {
  expect([...rowsOf('| field | meaning').keys()]).toEqual(ENVELOPE);
});
