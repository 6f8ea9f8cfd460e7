import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { Clone } from '../../support/demo/clone.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';
import { untilThere } from '../../support/suite/until-there.ts';

// Each sandbox has its machines updated, and one of them render its pages.
vi.setConfig({ testTimeout: 180_000 });

const clone = Clone.use();
const place = join(clone.path, 'tmp/sandbox');
const read = (name: string): string => readFileSync(join(place, name), 'utf8');
const control = () => JSON.parse(read('control.json')) as { port: number };

describe('npm run sandbox', () => {
  it('runs in the background until the next one takes its place, which ends with Ctrl-C', async () => {
    const begun = await clone.npm('sandbox', '--detach', '--machines', '2');
    expect(begun).toMatchObject({ code: 0, stderr: '' });
    for (const said of [
      '2 machines that have what',
      '. tmp/sandbox/env',
      '. tmp/sandbox/machine',
      'npm run sandbox -- --stop',
    ])
      expect(begun.stdout).toContain(said);
    for (const name of ['env', 'machine', 'push.key', 'control.json'])
      expect(statSync(join(place, name)).mode & 0o777).toBe(0o600);
    const [, site = ''] = /^The machines' site: (\S+) /m.exec(begun.stdout) ?? [];
    expect(await (await fetch(site)).text()).toContain('Boston');
    const shell = await clone.run(['sh', '-c', 'PATH="/own tools:$PATH"; . tmp/sandbox/env; echo "$PATH"']);
    expect(shell.stdout).toBe(`${dirname(process.execPath)}:/own tools:${clone.env['PATH']}\n`);
    const first = control().port;
    expect((await fetch(`http://127.0.0.1:${first}/`, { method: 'POST' })).status).toBe(403);
    expect(await pagesOfAnother()).toMatch(/Summary: dry-run, \d+ pages unchanged, /);
    await expectEndedByCtrlC((lines) => lines.find((line) => line.startsWith('Ctrl-C')), first);
    await expect(fetch(site)).rejects.toThrow();
  });

  it('ends with Ctrl-C while it is made, too', async () => {
    await expectEndedByCtrlC(() => untilThere(join(place, 'machines')));
  });
});

/** What a machine would render that is not the one which has: it has copies. */
async function pagesOfAnother(): Promise<string> {
  const first = /FLY_MACHINE_ID='(\w+)'/.exec(read('machine'))?.[1] ?? '';
  const other = readdirSync(join(place, 'machines')).find((id) => id !== first) ?? '';
  const variables = read('machine').replaceAll(first, other);
  return (await clone.run(['sh', '-c', `${variables}\nscripts/ready --only pages --dry-run`])).stdout;
}

/** Starts one, which ends without a word of trouble, and removes what it has made. @param before port of the one before */
async function expectEndedByCtrlC(
  isThere: (lines: Lines) => Promise<unknown>,
  before?: number,
): Promise<void> {
  const child = spawn(process.execPath, ['dev/sandbox.ts', '--machines=2'], {
    cwd: clone.path,
    detached: true,
    env: clone.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complained = text(child.stderr);
  await isThere(new Lines(child.stdout));
  if (before !== undefined) expect(control().port).not.toBe(before);
  const ended = once(child, 'close');
  process.kill(-(child.pid ?? 0), 'SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(await complained).toBe('');
  expect(existsSync(place)).toBe(false);
}
