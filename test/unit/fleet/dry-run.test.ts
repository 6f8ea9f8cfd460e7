import { describe, expect, it } from 'vitest';
import { INDEX } from '../../support/fleet/fleet.ts';
import { answer } from '../../support/fleet/machines.ts';
import { ANN, OTHER, over, state } from '../../support/fleet/over.ts';

describe('a dry run of config-update', () => {
  const publish = () =>
    Promise.resolve({ kind: 'would-publish', index: INDEX, replaces: null, differences: [] } as const);

  it('with credentials asks every machine for its dry run, whatever index the machine finds', async () => {
    const { report, urls } = await over(
      ({ machine }) => answer(machine, { outcome: 'dry-run', index: OTHER }),
      'dry-run',
      { publish, credentials: ANN },
    );
    expect(report).toMatchObject({ outcome: 'done', publish: { kind: 'would-publish' } });
    expect(report.machines[0]).toMatchObject({
      outcome: 'dry-run',
      etag: '"other"',
      detail:
        'would get the new index, and reload (the one it finds now: 1 of 1 files changed, a reload follows)',
    });
    expect(new Set(urls)).toEqual(new Set(['/showcase/update_config?dry_run=1']));
  });

  it('without credentials asks for the state, and says why', async () => {
    const { report, urls, outcomes, notes } = await over(
      ({ machine }) => state(machine, { index: OTHER }),
      'dry-run',
      { publish },
    );
    expect(report.outcome).toBe('done');
    expect(outcomes).toEqual(['dry-run', 'dry-run', 'dry-run']);
    expect(new Set(urls)).toEqual(new Set(['/showcase/update_config?state=1']));
    expect(notes).toEqual([
      'without credentials a machine only says which index it has: --user lets it say what would change',
    ]);
  });

  it('with credentials that others could read asks for the state, and says so once', async () => {
    const { urls, notes, arrived } = await over(
      ({ machine }) => state(machine),
      'dry-run',
      { publish, credentials: ANN },
      { host: '0.0.0.0' }, // this machine as well, by a name that does not say so
    );
    expect(new Set(urls)).toEqual(new Set(['/showcase/update_config?state=1']));
    expect(arrived.map(({ request }) => request.headers.authorization)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^credentials are not sent to 0\.0\.0\.0:\d+, since everybody on the way could read them; without them a machine only says which index it has$/,
      ),
    ]);
  });

  it('says what a machine would do with the published index', async () => {
    const { report } = await over(({ machine }) => answer(machine, { outcome: 'dry-run' }), 'dry-run', {
      credentials: ANN,
    });
    expect(report.machines[0]?.detail).toBe('would do: 1 of 1 files changed, a reload follows');
  });

  it('without credentials says which machines would be updated', async () => {
    const { report } = await over(
      ({ machine }) => state(machine, machine === 'd2' ? { index: OTHER } : {}),
      'dry-run',
      { publish },
    );
    expect(report.machines.map(({ detail }) => detail)).toEqual([
      'nothing to do: index of 2026-01-02T03:04:05.000Z',
      'would be updated: index of 2026-01-02T03:04:05.000Z',
      'nothing to do: index of 2026-01-02T03:04:05.000Z',
    ]);
  });

  it('fails for a machine that really updated', async () => {
    const { outcomes } = await over(({ machine }) => answer(machine), 'dry-run', {
      publish,
      credentials: ANN,
    });
    expect(outcomes).toEqual(['failed', 'failed', 'failed']);
  });
});
