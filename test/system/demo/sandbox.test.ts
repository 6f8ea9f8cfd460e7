import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Clone } from '../../support/demo/clone.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';

// Each sandbox has eight machines updated, and has them render their pages.
vi.setConfig({ testTimeout: 180_000 });

const clone = Clone.use();
const place = join(clone.path, 'tmp/sandbox');
const control = () => JSON.parse(readFileSync(join(place, 'control.json'), 'utf8')) as { port: number };

describe('npm run sandbox', () => {
  it('runs in the background until it is stopped, and the next one takes its place', async () => {
    const begun = await clone.npm('sandbox', '--detach');
    expect(begun).toMatchObject({ code: 0, stderr: '' });
    for (const said of ['. tmp/sandbox/env', '. tmp/sandbox/machine', 'npm run sandbox -- --stop'])
      expect(begun.stdout).toContain(said);
    for (const name of ['env', 'machine', 'push.key', 'control.json'])
      expect(statSync(join(place, name)).mode & 0o777).toBe(0o600);
    const [, site = ''] = /^The machines' site: (\S+) /m.exec(begun.stdout) ?? [];
    expect(await (await fetch(site)).text()).toContain('Boston');
    const first = control().port;
    expect((await fetch(`http://127.0.0.1:${first}/`, { method: 'POST' })).status).toBe(403);
    expect((await clone.npm('sandbox', '--detach')).code).toBe(0);
    expect(control().port).not.toBe(first);
    await expect(fetch(site)).rejects.toThrow();
    const stopped = await clone.npm('sandbox', '--stop');
    expect([stopped.code, stopped.stdout]).toEqual([0, expect.stringContaining('has ended, and is removed')]);
    expect(existsSync(place)).toBe(false);
    expect((await clone.npm('sandbox', '--stop')).stdout).toContain('No sandbox runs.');
  });

  it('ends with Ctrl-C, and removes what it has made', async () => {
    const child = spawn(process.execPath, ['dev/sandbox.ts'], {
      cwd: clone.path,
      detached: true,
      env: clone.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Lines(child.stdout).find((line) => line.startsWith('Ctrl-C'));
    const ended = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(place)).toBe(false);
  });
});
