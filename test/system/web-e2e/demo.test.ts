import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { Visitor } from '../../../dev/web/visitor.ts';
import { Clone } from '../../support/demo/clone.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';
import { untilThere } from '../../support/suite/until-there.ts';

// Each demo has machines updated by real CGIs some times.
vi.setConfig({ testTimeout: 180_000 });

const clone = Clone.use();
const scratch = join(clone.home, 'scratch');
mkdirSync(scratch);

/** What is there of what the demo has made. */
const leftovers = (): string[] => [...readdirSync(scratch), ...readdirSync(join(clone.path, 'tmp'))];

/** Begins a group of processes, as a shell does. */
function start(...args: string[]) {
  return spawn(process.execPath, ['dev/demo-web.ts', ...args], {
    cwd: clone.path,
    detached: true,
    env: { ...clone.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** With nothing left behind. */
async function expectEndedByCtrlC(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  process.kill(-(child.pid ?? 0), 'SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(leftovers()).toEqual([]);
}

describe('npm run demo:web', () => {
  it('goes with --smoke through its dashboard, request, progress, live and apply, and leaves nothing behind', async () => {
    const child = start('--smoke', '--machines', '2');
    const [said, complained, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect([code, complained]).toEqual([0, '']);
    for (const what of [
      'Dashboard, newest first: undo completed, update failed, update completed;',
      ...['Requested by', 'Progress:', 'Live after'],
      'Dashboard, newest first: update completed, undo completed, update failed, update completed;',
      'Applied, and live',
    ])
      expect(said).toContain(`ok  ${what}`);
    expect(said).toMatch(/^2 machines of [\s\S]* all 2 machines [\s\S]*, 2 machines updated$/m);
    expect(said).toMatch(/\n\nAll 9 points hold\. Nothing is left of this demo\.\n$/);
    expect(leftovers()).toEqual([]);
  });

  it('has eight machines, and ends with Ctrl-C while they are updated, too', async () => {
    const child = start();
    const complained = text(child.stderr);
    const lines = new Lines(child.stdout);
    await untilThere(join(clone.path, 'tmp/demo-web/site/fleet'));
    expect(await lines.find((line) => line.includes(' machines of '))).toMatch(/^8 /);
    await expectEndedByCtrlC(child);
    expect(await complained).toBe('');
  });

  it('says its address and three logins, and ends with Ctrl-C without leaving anything behind', async () => {
    const child = start('--machines', '2');
    const lines = new Lines(child.stdout);
    const complained = text(child.stderr);
    await lines.find((line) => line.startsWith('Ctrl-C'));
    const url = /^Open +(\S+)\/requests\/$/m.exec(lines.all.join('\n'))?.[1] ?? '';
    const logins = lines.all.flatMap((line) => {
      const [, userid, password] = /^ {2}(\w+) +(\S+) +(?:owner|administrator)/.exec(line) ?? [];
      return userid === undefined || password === undefined ? [] : [{ userid, password }];
    });
    const statuses = logins.map(async (login) => (await new Visitor(url, login).ask('/requests/')).status);
    expect(await Promise.all(statuses)).toEqual([200, 200, 200]);
    const administrator = new Visitor(url, logins.at(-1) ?? null);
    const deploys = await administrator.ask('/deploys/');
    expect(lines.all.join('\n')).toContain(`${url}/deploys/`);
    for (const word of ['Completed', 'Failed', 'Undo']) expect(deploys.text).toContain(word);
    const page = await new Visitor(url, null).ask('/studios/newyork/');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('/request')]);
    await expectEndedByCtrlC(child);
    expect(await complained).toBe('');
  });
});
