import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReceivedRig } from '../../../support/runs/deploys/received-rig.ts';

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

const LINES = 20;
const PROCESS = join(import.meta.dirname, '../../../support/runs/deploys/received-process.ts');

it.each([1, 7, 40])('a server that is killed after %i answers has lost nothing of them', async (most) => {
  const child = spawn(process.execPath, [PROCESS, rig.home, String(LINES)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > most) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  const answered = said.split('\n').length - 1;
  rig.reopen();
  const [run] = rig.deploys.list().rows;
  expect([signal, answered >= most]).toEqual(['SIGKILL', true]);
  // One more may have been kept that nobody was told of, and none by halves.
  expect([answered * LINES, (answered + 1) * LINES]).toContain(run?.lastSeq);
  expect(run).toMatchObject({ cursor: run?.lastSeq, sentLastSeq: run?.lastSeq });
  expect(rig.deploys.lines(run?.id ?? '', 0, 1_000_000)).toHaveLength(run?.lastSeq ?? -1);
});
