import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { imageDigest } from '../../../src/database/image.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

const KEY = 'db/index.sqlite3';
const sample = makeSampleIndex();
const renamed = (name: string) => altered(sample, `UPDATE locations SET name = '${name}' WHERE id = 1`);

async function stands(): Promise<string> {
  const got = await scene.published.store.get(KEY, { maxBytes: 2 ** 24 });
  return got.kind === 'found' ? imageDigest(got.bytes) : got.kind;
}

describe('when administrators publish at the same moment', () => {
  it.each(['the first index of all', 'an index that nobody has signed', 'what all of them have published'])(
    'only one publishes and the others are warned if the index replaces %s',
    async (before) => {
      if (before === 'an index that nobody has signed') await scene.published.publish(sample, new Date(0));
      const hosts = ['ada@a', 'bob@b', 'cy@c'].map((who) => scene.host(sample, { FLEET_BY: who }));
      if (before === 'what all of them have published') {
        for (const host of hosts) expect((await host.configUpdate()).exitCode).toBe(0);
      }
      for (const [at, host] of hosts.entries()) host.put(renamed(`name ${at}`));
      const ended = await Promise.all(hosts.map((host) => host.configUpdate()));
      expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4, 4]);
      const winner = ended.findIndex(({ exitCode }) => exitCode === 0);
      expect(await stands()).toBe(imageDigest(renamed(`name ${winner}`)));
      for (const [at, host] of hosts.entries()) {
        expect(imageDigest(readFileSync(host.path('index.sqlite3')))).toBe(
          imageDigest(renamed(`name ${at}`)),
        );
      }
      const loser = ended.find(({ exitCode }) => exitCode === 4);
      expect(loser?.stdout).toMatch(/\n {2}studio [a-z]+: differs in name\n/);
    },
  );

  it('those on one host wait for each other, and both publish', async () => {
    const host = scene.host();
    const ended = await Promise.all([host.configUpdate(), host.configUpdate(), host.configUpdate()]);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(ended.filter(({ stdout }) => stdout.includes('Published the index'))).toHaveLength(1);
  });

  it('a change of the index in the middle of a run is published by the next run', async () => {
    const host = scene.host();
    scene.fleet.behave('m1', async (_response, nth, succeed) => {
      if (nth === 1) host.put(renamed('changed meanwhile'));
      await succeed();
    });
    expect((await host.configUpdate()).exitCode).toBe(0);
    expect(await stands()).toBe(imageDigest(sample));
    expect((await host.configUpdate()).exitCode).toBe(0);
    expect(await stands()).toBe(imageDigest(renamed('changed meanwhile')));
  });
});
