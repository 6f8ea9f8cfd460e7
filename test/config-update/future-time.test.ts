import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSampleIndex } from '../../dev/sample/sample.ts';
import { altered } from '../support/indexes.ts';
import { type Scene, startScene } from './support/admin-host.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

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
