import { buildUpdateContext, buildVoice } from '../../../src/app/machine/machine-context.ts';
import { buildReadyContext } from '../../../src/app/ready/ready-context.ts';
import { runReported } from '../../../src/app/voice.ts';
import { moment } from '../../../src/journal/arrival.ts';
import { runReady } from '../../../src/ready/ready.ts';
import { streamReport } from '../../../src/report/plain-text.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { rollback } from '../../../src/update/rollback.ts';
import { runUpdate } from '../../../src/update/update.ts';
import type { Machine } from './machine.ts';

/** How an operation ended that had no process of its own. */
export interface RanHere {
  readonly exitCode: number;
  readonly stdout: string;
}

/**
 * An update, or a rollback to what was there before, in the test's own process: for what stands before or after that which is
 * tested, and for tables.
 */
export async function updateHere(
  machine: Machine,
  how: 'update' | 'rollback' = 'update',
): Promise<RanHere & { readonly result: RunResult }> {
  const { output, said } = collect();
  const world = worldOf(machine, 'update_config');
  const voice = buildVoice(world, [streamReport(output.write)], false);
  const context = await buildUpdateContext(world, voice);
  // Not `arrival()`, which is when a process began.
  const arrival = moment();
  const result =
    how === 'update'
      ? await runUpdate(context, { trigger: 'command', force: false, arrival })
      : await rollback(context, { run: null, arrival });
  await voice.log.close();
  return { exitCode: result.outcome === 'failed' ? 1 : 0, stdout: said(), result };
}

/** `ready --only tenants`, likewise; nothing ends it when its time is up. */
export async function tenantsHere(machine: Machine): Promise<RanHere> {
  const { output, said } = collect();
  const world = worldOf(machine, 'ready');
  const exitCode = await runReported(world, output, { form: 'lines' }, async ({ voice }) => {
    const { failed } = await runReady(await buildReadyContext(world, voice), ['tenants']);
    return failed ? 1 : 0;
  });
  return { exitCode, stdout: said() };
}

function worldOf({ env, appRoot }: Machine, name: string) {
  return { env: { PATH: process.env['PATH'], ...env }, defaultAppRoot: appRoot, name };
}

function collect() {
  const parts: string[] = [];
  const write = (text: string): void => void parts.push(text);
  return { output: { write, complain: () => {}, terminal: null }, said: () => parts.join('') };
}
