import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { parseTime } from '../../../src/time.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

it('an index of this host that says it was changed in 9999 is published as of now, with a warning', async () => {
  const host = scene.host();
  const ahead = new Date('9999-12-31T00:00:00Z');
  host.put(altered(makeSampleIndex(), "UPDATE showcases SET name = 'ahead'"), ahead);
  const told =
    'Note: warning: the index of this host says that it was last changed at 9999-12-31T00:00:00.000Z, more than a day ahead of the clock: it counts as changed now. Look at the clock of this host';
  const dry = await host.configUpdate(['--dry-run']);
  expect(dry.stdout).toContain(told);
  expect(dry.stdout).not.toContain('changed 9999');
  const began = Date.now();
  const { exitCode, stdout } = await host.configUpdate();
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain(told);
  expect(stdout).toContain('Successfully updated: 2 machines\n');
  const head = await scene.published.store.head('db/index.sqlite3');
  const stated = head.kind === 'found' ? parseTime(head.object.metadata['last-modified'] ?? '') : null;
  expect(stated?.getTime()).toBeGreaterThan(began - 1000);
  expect(stated?.getTime()).toBeLessThan(Date.now() + 1000);

  // What comes after it, of a clock that is right, is the newer one.
  host.put(altered(makeSampleIndex(), "UPDATE showcases SET name = 'right'"), new Date(Date.now() + 2000));
  const next = await host.configUpdate();
  expect(next.stdout).toContain('Published the index: ');
  expect(next.stdout).not.toContain('ahead of the clock');
});

it('the first publication of a host replaces an index of nobody that says it was changed in 9999', async () => {
  const host = scene.host();
  const theirs = altered(makeSampleIndex(), "UPDATE showcases SET name = 'theirs'");
  await scene.published.publish(theirs, new Date('9999-12-31T00:00:00Z'));
  host.put(makeSampleIndex(), new Date(Date.now() + 2000));
  const { exitCode, stdout } = await host.configUpdate();
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain('Published the index: ');
  expect(stdout).toContain('Successfully updated: 2 machines\n');
});
