/** examples/kamal in an empty root, its hooks on an admin host, without any object store. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Booted } from '../../support/examples/boot.ts';
import { deployYml } from '../../support/examples/example-files.ts';
import { type Container, Image } from '../../support/examples/image.ts';
import { Machine, ROOT } from '../../support/machine/machine.ts';
import { indexWith } from '../../support/rights/indexes.ts';

// A server boots whole, twice, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const PUSH_KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let image: Image;
let volume: string;
let admin: Machine;
beforeAll(async () => {
  image = await Image.build('examples/kamal/Dockerfile');
  volume = mkdtempSync(join(tmpdir(), 'volume-'));
  chmodSync(volume, 0o755);
  admin = new Machine();
  writeFileSync(admin.path('index.sqlite3'), indexWith('eve'));
  for (const name of ['scripts', 'cgi-bin']) symlinkSync(join(ROOT, name), join(admin.appRoot, name));
  writeFileSync(join(admin.home, 'push.key'), `${PUSH_KEY}\n`, { mode: 0o600 });
});
afterAll(() => {
  image.remove();
  admin.remove();
  rmSync(volume, { recursive: true });
});

function newContainer(key = PUSH_KEY): Container {
  const { clear, secret } = deployYml().env;
  expect(secret).toEqual(['PUSH_KEY']);
  return image.container(volume, { ...clear, PUSH_KEY: key, KAMAL_CONTAINER_NAME: 'showcase-web-1' });
}

/** Runs one as Kamal does, with the settings that scripts/onboard writes. */
async function hook(name: string, settings: Record<string, string>): Promise<{ code: number; said: string }> {
  const path = join(admin.home, 'showcase.env');
  const all = { APP_ROOT: admin.appRoot, RAILS_DB_VOLUME: admin.dbDir, ...settings };
  writeFileSync(
    path,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const env = { PATH: process.env['PATH'], HOME: admin.home, SETTINGS: path, KAMAL_VERSION: 'abc' };
  return await new Promise((resolve) => {
    execFile(join(ROOT, deployYml().hooks_path, name), { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}

const settings = (): Record<string, string> => ({ UPDATE_CONFIG_KEY_FILE: join(admin.home, 'push.key') });

it('pre-deploy goes on with an index and a key that can be used, and else says what is missing', async () => {
  expect(await hook('pre-deploy', settings())).toMatchObject({ code: 0 });
  expect(await hook('pre-deploy', {})).toEqual({
    code: 1,
    said: 'UPDATE_CONFIG_KEY_FILE names no file that can be read\n',
  });
  expect(await hook('pre-deploy', { ...settings(), RAILS_DB_VOLUME: admin.home })).toMatchObject({
    code: 1,
    said: expect.stringContaining('index'),
  });
});

it('an empty volume waits on the maintenance page for the index that post-deploy sends, a used one serves at once', async () => {
  const booted = await Booted.start(newContainer(), image.command);
  expect(booted.loads).toEqual(['config/navigator-maintenance.yml']);
  expect(booted.complaints.join('\n')).toContain('index-missing');
  const { proxy } = deployYml();
  expect((await fetch(`${booted.url}${proxy.healthcheck.path}`)).status).toBe(200);

  const before = booted.lines.length;
  const url = { FLEET_KAMAL_URL: `${booted.url}/update_config` };
  const { code, said } = await hook('post-deploy', { ...settings(), ...url });
  expect([code, said]).toEqual([0, expect.stringContaining('Successfully updated: 1 machine')]);
  await booted.until((line) => line.hooksEnded === true, before);
  expect(booted.loads).toEqual(['config/navigator-maintenance.yml', 'config/navigator.yml']);
  expect(booted.lines.find((line) => line.isMaintenance === false)?.listen).toBe(String(proxy.app_port));
  await booted.stop();

  const again = await Booted.start(newContainer(), image.command);
  expect(again.complaints).toEqual([]);
  expect(again.loads).toEqual(booted.loads);
  const rootUrl = { FLEET_KAMAL_URL: `${again.url}/update_config` };
  const pushed = await hook('post-deploy', { ...settings(), ...rootUrl });
  expect([pushed.code, pushed.said]).toEqual([0, expect.stringContaining('Successfully updated: 1 machine')]);
  await again.stop();
});

it('the key of a pushed index is rotated as OPERATING.md says, and each push on the way counts', async () => {
  const next = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  const booted = await Booted.start(newContainer(`${PUSH_KEY}\n${next}`), image.command);
  const url = { FLEET_KAMAL_URL: `${booted.url}/update_config` };
  const file = join(admin.home, 'push.key');
  for (const [keys, code] of [
    [PUSH_KEY, 0],
    [`${next}\n${PUSH_KEY}`, 0],
    [next, 0],
    [`whsec_${Buffer.alloc(32, 9).toString('base64')}`, 1],
  ] as const) {
    writeFileSync(file, `${keys}\n`);
    expect(await hook('post-deploy', { ...settings(), ...url })).toMatchObject({ code });
  }
  await booted.stop();
});
