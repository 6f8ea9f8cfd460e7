import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Warning } from '../../../src/warning.ts';
import { soundWith } from '../../support/indexes/indexes.ts';
import { LATER, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

const BAD = 3000;
/** An index in which very many events, and one studio, cannot be used. */
const SPOILED = soundWith({
  locations: [{ id: 9, key: 'a/b', name: 'A' }],
  showcases: Array.from({ length: BAD }, (_, at) => ({
    ...{ id: 100 + at, year: 2026, key: `${at}/x`, name: `Event ${at}`, order: at, location_id: 1 },
  })),
});

useSource();
const here = useMachine();

describe('an index with thousands of bad rows', () => {
  it('is summed up in a few lines, for the administrator, in the log, and on the next run', async () => {
    await here.published.publish(SPOILED, LATER);
    here.machine.env = { ...here.machine.env, UPDATE_CONFIG_TOKEN: 'of-some-length' };
    const administrator = { env: { HTTP_AUTHORIZATION: 'Bearer of-some-length' } };
    for (const outcome of ['updated', 'unchanged']) {
      const { body, stderr, result } = await here.machine.post('', administrator);
      expect(result).toMatchObject({ outcome, warningCount: BAD + 1 });
      expect(result.warnings).toHaveLength(1 + 100 + 1);
      expect(body).toContain(`Warning: events: ${BAD - 100} more like this: `);
      expect(body).toContain('Warning: studio "a/b" (locations 9): key "a/b"');
      expect(stderr.split('\n').filter((line) => line.includes('"event":"warning"'))).toHaveLength(102);
    }
    const { result } = await here.machine.post();
    expect(result.warnings.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('1 row has'),
      expect.stringContaining(`${BAD} rows have`),
    ]);
  });

  it('is listed row by row with --warnings, which needs no store and changes nothing', async () => {
    here.machine.isFromSource = false;
    writeFileSync(here.machine.path('index.sqlite3'), SPOILED);
    here.machine.env = { ...here.machine.env, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
    const before = here.machine.snapshot();
    const { exitCode, stdout } = await here.machine.run(['--warnings']);
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(BAD + 1);
    expect(lines[0]).toMatch(/^studio "a\/b" \(locations 9\): key "a\/b" .*; left out$/);
    expect(lines.at(-1)).toMatch(
      new RegExp(`^event "2026/boston/${BAD - 1}/x" \\(showcases ${99 + BAD}\\): key "${BAD - 1}/x" `),
    );
    const json = JSON.parse((await here.machine.run(['--warnings', '--json'])).stdout) as Warning[];
    expect(json).toHaveLength(BAD + 1);
    expect(here.machine.snapshot()).toEqual(before);
  });

  it('is not needed for --warnings, which says that every row is good, or what to do without an index', async () => {
    const without = await here.machine.run(['--warnings']);
    expect(without.stderr).toContain('Failed (index-missing)');
    expect(without.stdout).toBe('');
    writeFileSync(here.machine.path('index.sqlite3'), soundWith({}));
    expect((await here.machine.run(['--warnings'])).stdout).toContain('Every row');
  });
});
