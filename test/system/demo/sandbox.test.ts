import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { Clone } from '../../support/demo/clone.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';
import { untilThere } from '../../support/suite/until-there.ts';

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
    const shell = await clone.run(['sh', '-c', 'PATH="/own tools:$PATH"; . tmp/sandbox/env; echo "$PATH"']);
    expect(shell.stdout).toBe(`${dirname(process.execPath)}:/own tools:${clone.env['PATH']}\n`);
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

  it.each([
    ['once it is ready', true],
    ['while it is made', false],
  ])('ends with Ctrl-C %s, without a word of trouble, and removes what it has made', async (_, isReady) => {
    const child = spawn(process.execPath, ['dev/sandbox.ts'], {
      cwd: clone.path,
      detached: true,
      env: clone.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const complained = text(child.stderr);
    const lines = new Lines(child.stdout);
    if (isReady) await lines.find((line) => line.startsWith('Ctrl-C'));
    else await untilThere(join(place, 'machines'));
    const ended = once(child, 'close');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(await complained).toBe('');
    expect(existsSync(place)).toBe(false);
  });
});
