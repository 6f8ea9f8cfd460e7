import { describe, expect, it } from 'vitest';
import type { Change, Run } from '../../src/runs/run-model.ts';
import { involvementOf } from '../../src/web/involved.ts';

const change = (id: string, by: string, studio: string | null) => ({ id, by, studio, run: 'run' }) as Change;
const CHANGES = [change('of-ada', 'ada', null), change('of-boston', 'bob', 'boston')];

/** A run that `carl` has asked for, with a change of `ada` and one for a studio. */
const RUNS = {
  run: (id: string) => (id === 'run' ? ({ id, by: 'carl' } as Run) : null),
  change: (id: string) => CHANGES.find((one) => one.id === id) ?? null,
  changesOf: () => CHANGES,
};
const person = (userid: string, owned: string | null = null) => ({
  userid,
  rights: { isAdministrator: false, studios: [], owns: (key: string) => key === owned },
});

describe('somebody', () => {
  it.each([
    ['who has asked for a change', person('ada'), 'of-ada', 'involved'],
    ['who owns the studio of a change', person('dora', 'boston'), 'of-boston', 'involved'],
    ['who owns another studio', person('dora', 'raleigh'), 'of-boston', 'stranger'],
    ['who has asked for another change', person('ada'), 'of-boston', 'stranger'],
    ['who has asked for the run', person('carl'), 'run', 'involved'],
    ['who has asked for a change of the run', person('ada'), 'run', 'involved'],
    ['who owns a studio in the run', person('dora', 'boston'), 'run', 'involved'],
    ['who has nothing in the run', person('dora'), 'run', 'stranger'],
    ['who asks for nothing that is', person('ada'), 'nothing', 'missing'],
    ['without a name', person(''), 'run', 'stranger'],
  ])('%s is as it should be', (_, who, id, expected) => {
    expect(involvementOf(who, id, RUNS)).toBe(expected);
  });
});
