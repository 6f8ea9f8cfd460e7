import { monotonicMs } from '../../clock.ts';
import { converge } from '../../ready/converge.ts';
import { previewReady, runReady } from '../../ready/ready.ts';
import { readReadySettings } from '../../ready/ready-settings.ts';
import type { ReadyParts } from '../../ready/stages.ts';
import { formOf } from '../arguments.ts';
import { atAppRoot, type Voice, type World } from '../machine/machine-parts.ts';
import type { ExitCode } from '../machine/update-command.ts';
import { limitTime } from '../time-limit.ts';
import { type Json, type Output, runTold } from '../voice.ts';
import { listReady, renderListing } from './ready-list.ts';
import { parseReadyOptions, READY_HELP } from './ready-options.ts';
import { buildReadyParts, servedBy } from './ready-parts.ts';

/** Runs the ready hook, for Navigator and by hand alike. */
export async function runReadyHook(world: World, args: readonly string[], output: Output): Promise<ExitCode> {
  return await runTold(world, output, { form: formOf(args) }, ({ voice, json }) =>
    perform(world, args, voice, { write: output.write, json }),
  );
}

async function perform(
  world: World,
  args: readonly string[],
  voice: Voice,
  { write, json }: { write: (text: string) => void; json: Json | null },
): Promise<ExitCode> {
  const { task, scope, appRoot } = parseReadyOptions(args);
  if (task === 'help') {
    write(READY_HELP);
    return 0;
  }
  const parts = await buildReadyParts(atAppRoot(world, appRoot), voice);
  if (task === 'list') {
    const listing = await listReady(parts, scope);
    if (json) json.say(listing);
    else write(renderListing(listing));
    return 0;
  }
  limitTime('ready', readReadySettings(world.env).deadlineMs, 'READY_DEADLINE');
  const began = monotonicMs();
  const run = task === 'dry-run' ? previewReady : runReady;
  const { summaries, failed } = await run(parts, scope);
  json?.sum(...summaries);
  if (args.length === 0) await convergeLater(world, parts, began);
  return failed ? 1 : 0;
}

/** Milliseconds that are left for what comes after, when the last attempt has been made. */
const RESERVE_MS = 10_000;

/** As the hook that it is, it has the update tried again that this machine came up without. */
async function convergeLater({ env }: World, { site, report }: ReadyParts, began: number): Promise<void> {
  const { deadlineMs, retryMs } = readReadySettings(env);
  await converge({
    site,
    report,
    path: `${servedBy(site).root}/update_config`,
    backoff: { firstPauseMs: retryMs, longestPauseMs: Math.max(retryMs, 60_000) },
    endsAt: began + Math.max(0, deadlineMs - RESERVE_MS),
  });
}
