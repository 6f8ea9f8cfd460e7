import { monotonicMs } from '../../clock.ts';
import { converge } from '../../ready/converge.ts';
import { previewReady, runReady } from '../../ready/ready.ts';
import { readReadySettings } from '../../ready/ready-settings.ts';
import type { ReadyContext } from '../../ready/stages.ts';
import { readCall } from '../arguments.ts';
import { atAppRoot, type Voice, type World } from '../machine/machine-context.ts';
import type { ExitCode } from '../machine/update-command.ts';
import { limitTime } from '../time-limit.ts';
import { type Json, type Output, runReported } from '../voice.ts';
import { buildReadyContext, servedBy } from './ready-context.ts';
import { listReady, renderListing } from './ready-list.ts';
import { READY, type ReadyOptions } from './ready-options.ts';

/** Runs the ready hook, for Navigator and by hand alike. */
export async function runReadyHook(world: World, args: readonly string[], output: Output): Promise<ExitCode> {
  const call = await readCall(READY, args, output, world);
  if (call.kind === 'answered') return call.exitCode;
  const { form } = call;
  const isList = form === 'lines' && call.options().task === 'list';
  // A reader of the list on standard output must not take a message for a part of it.
  const runOutput = isList ? { ...output, write: output.complain, terminal: null } : output;
  return await runReported(world, runOutput, { form }, async ({ voice, json, at }) => {
    const options = { ...call.options(), asHook: args.length === 0 };
    const here = atAppRoot(world, options.appRoot);
    at(here);
    return await perform(here, options, voice, { write: output.write, json });
  });
}

async function perform(
  world: World,
  { task, scope, asHook }: ReadyOptions & { readonly asHook: boolean },
  voice: Voice,
  { write, json }: { write: (text: string) => void; json: Json | null },
): Promise<ExitCode> {
  const context = await buildReadyContext(world, voice);
  if (task === 'list') {
    const listing = await listReady(context, scope);
    if (json) json.say(listing);
    else write(renderListing(listing));
    return 0;
  }
  await limitTime(world, readReadySettings(world.env).deadlineMs, 'READY_DEADLINE');
  const began = monotonicMs();
  const run = task === 'dry-run' ? previewReady : runReady;
  const { summaries, failed } = await run(context, scope);
  json?.sum(...summaries);
  if (asHook) await convergeLater(world, context, began);
  return failed ? 1 : 0;
}

/** Milliseconds that are left for what comes after, when the last attempt has been made. */
const RESERVE_MS = 10_000;

/** As a hook, it repeats the update that failed when this machine came up. */
async function convergeLater({ env }: World, { site, report }: ReadyContext, began: number): Promise<void> {
  const { deadlineMs, retryMs } = readReadySettings(env);
  await converge({
    site,
    report,
    path: `${servedBy(site).root}/update_config`,
    backoff: { firstPauseMs: retryMs, longestPauseMs: Math.max(retryMs, 60_000) },
    endsAt: began + Math.max(0, deadlineMs - RESERVE_MS),
  });
}
