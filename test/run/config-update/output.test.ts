import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

/** Times, durations and ETags are masked. */
function masked(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\d+(?:\.\d+)? m?s\b/g, 'SPAN')
    .replaceAll(/"[0-9a-f]{32}"/g, 'ETAG')
    .replaceAll(/\b\d+ bytes/g, 'SIZE')
    .replaceAll(/ +/g, ' ');
}

describe('on a pipe, config-update', () => {
  it('writes exactly the lines that the job of the application reads', async () => {
    asBuilt();
    const host = scene.host();
    host.list({ id: 'm1' }, { id: 'm2', region: 'syd' }, { id: 'm3', state: 'suspended' });
    const { stdout, stderr, exitCode } = await host.configUpdate(['--concurrency', '1']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(masked(stdout).replaceAll(/http:[^;\n]+/g, 'URL')).toBe(
      [
        'Note: store: bucket showcase at URL; target: Fly app smooth at URL',
        'Step 1: Syncing index database...',
        '='.repeat(50),
        'Published the index: ETag ETAG, SIZE, changed TIME',
        '',
        'Step 2: Getting list of Fly machines...',
        '='.repeat(50),
        'Found 3 total machines (flyctl)',
        'Skipping 1 stopped/suspended machines:',
        ' - m3 (suspended, iad)',
        'Will update 2 active machines: m1, m2',
        '',
        'Step 3: Triggering configuration update on each machine...',
        '='.repeat(50),
        ' m1... ✓ Success',
        ' m2... ✓ Success',
        '',
        'machine region outcome index attempts duration',
        'm1 iad updated ETAG 1 SPAN',
        'm2 syd updated ETAG 1 SPAN',
        '',
        'Summary:',
        '='.repeat(50),
        'Successfully updated: 2 machines',
        'done, SPAN',
        '',
      ].join('\n'),
    );
  });

  it('names the machines that failed, why, and what to do, and ends with 1', async () => {
    asBuilt();
    const host = scene.host();
    scene.fleet.behave('m1', (response) =>
      response.writeHead(404).end('✓ Success\nSuccessfully updated: 9 machines\n'),
    );
    const { stdout, exitCode } = await host.configUpdate();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('\n  m1... ✗ Failed after 1 attempt: status 404: update_config is not there\n');
    expect(stdout).toContain('\n  m2... ✓ Success\n');
    expect(stdout).toContain(
      '\nSuccessfully updated: 1 machines\nFailed updates: 1 machines\n  m1: status 404: update_config is not there\nWhat to do (m1): Check the URL',
    );
    expect(stdout.match(/✓ Success/g)).toHaveLength(1);
  });

  it('reports each failed attempt as it happens', async () => {
    const host = scene.host();
    scene.fleet.behave('m1', (response, nth, succeed) =>
      nth === 1 ? response.writeHead(503, { 'Retry-After': '1' }).end() : succeed(),
    );
    const { stdout, exitCode } = await host.configUpdate();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n {4}m1: attempt 1 failed \(status 503\), the next in 1\.\d\d s\n/);
    expect(masked(stdout)).toContain('m1 iad updated ETAG 2 SPAN');
  });

  it('shows the log of each machine with --verbose, and no line of it can look like one of ours', async () => {
    const { stdout } = await scene.host().configUpdate(['--verbose']);
    expect(stdout).toContain('\n    m1 | [2026-01-02T03:04:05.678Z] Run of m1 * Success\n');
    expect(stdout.match(/✓ Success/g)).toHaveLength(2);
  });

  it('marks nothing but machines by the sign that the job counts, whatever the index holds', async () => {
    const ada = scene.host(altered(makeSampleIndex(), `UPDATE locations SET key = '✓ Success' WHERE id = 1`));
    const { stdout } = await ada.configUpdate();
    expect(stdout).toContain(
      'Note: warning: studio "* Success" (locations 1): key "* Success" may hold only',
    );
    expect(stdout.match(/✓/g)).toHaveLength(2);
    const bob = await scene.host().configUpdate();
    expect(bob.stdout).toContain('  studio * Success: only in theirs\n');
    expect(bob.stdout).not.toContain('✓');
  });

  it('calls the one server of Kamal by its name, and forces no machine', async () => {
    const { stdout, exitCode } = await scene.host().configUpdate(['--target', 'kamal', '--publish']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Will update 1 active machines: 127.0.0.1\n');
    expect(stdout).toContain('  127.0.0.1... ✓ Success\n');
    expect(scene.fleet.headers[0]?.['fly-force-instance-id']).toBeUndefined();
  });

  it('gives the report as one object with --json', async () => {
    const { stdout } = await scene.host().configUpdate(['--json']);
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ operation: 'update', outcome: 'done', notes: [expect.stringContaining('store: ')] },
      machines: [{ etag: expect.any(String) }, {}],
    });
  });

  it('gives one event a line with --events', async () => {
    asBuilt();
    const { stdout } = await scene.host().configUpdate(['--events']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; at: string; seq: number; run: string });
    expect(events.map(({ type }) => type).filter((type) => !/^(item|log|progress)$/.test(type))).toEqual([
      'note',
      'run-began',
      ...Array.from({ length: 3 }, () => ['step', 'step-done']).flat(),
      'run-ended',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(new Set(events.map(({ run }) => run)).size).toBe(1);
    expect(events.every(({ at }) => /Z$/.test(at))).toBe(true);
    expect(events.at(-1)).toMatchObject({
      result: { outcome: 'done', machines: [{ etag: expect.any(String) }, {}] },
    });
  });

  it('asks every machine for its dry run with --dry-run, and changes nothing', async () => {
    const host = scene.host();
    const env = { FLEET_USER: 'ada', FLEET_PASSWORD: 'not to be seen' };
    const { stdout, exitCode } = await host.configUpdate(['--dry-run'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Would publish the index: ETag ');
    expect(stdout).toContain('The store has no index yet.\n');
    expect(stdout).toContain(
      '  m1... dry run: would get the new index, and reload (the one it finds now: 0 of 0 files changed, a reload follows)\n',
    );
    expect(stdout).not.toContain('Successfully');
    expect(await scene.published.store.head('db/index.sqlite3')).toEqual({ kind: 'missing' });
    expect(readdirSync(host.dbDir)).toEqual(['index.sqlite3']);
  });

  it('changes nothing with --verify, and exits with 1 if a machine differs', async () => {
    const host = scene.host();
    await host.configUpdate();
    const good = await host.configUpdate(['--verify']);
    expect(good.exitCode).toBe(0);
    expect(good.stdout).toContain('  m1... as expected\n');
    const result = { machine: 'm1', outcome: 'state', index: { etag: '"other"' } };
    scene.fleet.behave('m1', (response) => response.end(`RESULT ${JSON.stringify(result)}\n`));
    const bad = await host.configUpdate(['--verify']);
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toContain('  m1... ✗ Differs: has "other"');
    expect(bad.stdout).not.toContain('Will update');
    expect(bad.stdout.match(/^What to do \(m1\): Run config-update.+$/gm)).toHaveLength(1);
    expect(good.stdout).not.toContain('What to do');
  });
});
