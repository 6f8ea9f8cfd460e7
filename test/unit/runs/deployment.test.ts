import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOYMENT, type Run } from '../../../src/runs/run-model.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;
let source: string;

/** A room whose deployments run this script. */
function open(script: string, limits = {}): void {
  const path = join(source, 'deploy');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { PATH: process.env['PATH'], FLY_API_TOKEN: 'fly-secret', TOLD: 'yes' };
  rig.open({ limits, deployment: { command: [path, 'now'], cwd: source, env, machine: 'admin' } });
  rig.runs.start();
}

async function deployed(): Promise<Run> {
  const change = await rig.reaches(rig.runs.publish('ada', 'administrator', DEPLOYMENT), 'live', 'failed');
  return rig.runs.run(change.run ?? '') ?? expect.unreachable('no run');
}

beforeEach(async () => {
  source = mkdtempSync(join(tmpdir(), 'source-'));
  rig = new Rig();
  await rig.runs.close();
});
afterEach(async () => {
  await rig.close();
  rmSync(source, { recursive: true });
});

describe('a deployment', () => {
  it('is a run like others, whose log is what the command says', async () => {
    open('echo "at $PWD: $1"; echo oops >&2; echo "token: $FLY_API_TOKEN, $TOLD"; echo fly-secret');
    const run = await deployed();
    expect(run).toMatchObject({ target: DEPLOYMENT, state: 'done', by: 'ada', exitCode: 0, error: null });
    const events = rig.runs.events(run.id, 0, 100).map(({ event }) => event);
    expect(events.map(({ type }) => type)).toEqual([
      ...['run-began', 'step', 'log', 'log', 'log', 'log', 'step-done', 'run-ended'],
    ]);
    const said = events.flatMap((event) => (event.type === 'log' ? event.lines : []));
    expect(said).toEqual([`at ${source}: now`, 'oops', 'token: , yes', '[redacted]']);
    expect(rig.played.starts).toHaveLength(0);
    expect(rig.runs.changesOf(run.id)).toMatchObject([{ kind: 'update', subject: 'the application' }]);
  });

  it('that fails says why, and is not tried again by itself but by somebody', async () => {
    open(`test -e again && exit 0; touch again; echo 'no builder: fly-secret'; exit 7`);
    const run = await deployed();
    expect(run).toMatchObject({ state: 'failed', exitCode: 7, next: null, attempt: 1 });
    expect(run.error?.message).toMatch(
      /deploy now ended with exit code 7; its last words: no builder: \[redacted\]$/,
    );
    const again = rig.runs.retry(run.id, 'bob') ?? expect.unreachable('nothing to do again');
    await expect.poll(() => rig.runs.run(again)?.state).toBe('done');
    expect(rig.runs.run(run.id)?.next).toBe(again);
  });

  it('keeps no update of the machines waiting', async () => {
    open('until test -e go; do sleep 0.05; done');
    const change = rig.runs.publish('ada', 'administrator', DEPLOYMENT);
    await rig.reaches(rig.save('one'), 'live');
    expect(rig.change(change).state).toBe('asked');
    writeFileSync(join(source, 'go'), '');
    await rig.reaches(change, 'live');
  });

  it('that takes too long is ended', async () => {
    open('sleep 1000', { deploymentMs: 50 });
    expect((await deployed()).error?.message).toContain('was ended after 0.05 s');
  });

  it('that was cut off with the server is not done again by itself', async () => {
    open('echo $$ >begun; sleep 1000');
    const change = rig.runs.publish('ada', 'administrator', DEPLOYMENT);
    const begun = join(source, 'begun');
    await expect.poll(() => existsSync(begun) && readFileSync(begun, 'utf8')).toMatch(/\d\n/);
    const pid = Number(readFileSync(begun, 'utf8'));
    await rig.runs.close();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    open('touch twice');
    const failed = await rig.reaches(change, 'failed');
    expect(failed.problem?.message).toBe('this server ended while the application was being deployed');
    expect(rig.runs.run(failed.run ?? '')).toMatchObject({ state: 'interrupted', next: null });
    expect(existsSync(join(source, 'twice'))).toBe(false);
  });

  it('that a server with other settings was asked for says that it cannot be done here', async () => {
    rig.open();
    rig.runs.start();
    expect((await deployed()).error).toMatchObject({ code: 'config-invalid' });
  });
});
