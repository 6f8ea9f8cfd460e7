import { existsSync } from 'node:fs';
import { requireDbDir, trustedDirOf } from '../../database/state-dir.ts';
import { readValidIndex } from '../../index/read-index.ts';
import { listGenerations } from '../../install/generations.ts';
import { readLiveIndex } from '../../install/live-index.ts';
import { readHistory } from '../../journal/history.ts';
import type { Arrival } from '../../journal/journal-model.ts';
import type { Terminal } from '../../report/bar.ts';
import type { Reporter } from '../../report/events.ts';
import { renderJson, streamReport } from '../../report/plain-text.ts';
import type { RunResult } from '../../report/results.ts';
import { eventLines } from '../../report/stream.ts';
import { terminalReport } from '../../report/terminal-text.ts';
import { Warned } from '../../report/warned.ts';
import { navigatorPath } from '../../site/paths.ts';
import { localCandidate } from '../../update/candidate.ts';
import { runUpdate } from '../../update/update.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import { printedAsUsage, readCall, refusalExit, type Streams } from '../arguments.ts';
import type { Form } from '../options/form.ts';
import { arrivalOf, atAppRoot, buildUpdateContext, buildVoice, type World } from './machine-context.ts';
import { runOnMachine } from './run-on-machine.ts';
import { listingOf, type Task, UPDATE, type UpdateOptions } from './update-options.ts';
import { renderGenerations, renderHistory, renderWarnings } from './update-tables.ts';
import { withUsableSettings } from './usable-settings.ts';
import { withoutWrongWeb } from './usable-web.ts';

/** Runs of the history that are listed. */
const HISTORY_LIMIT = 50;

/** How a call by hand ended: exit code 2 for options that make no sense. */
export type ExitCode = 0 | 1 | 2;

/** Where a call by hand is answered. */
export interface HandStreams extends Streams {
  /** Null or absent if standard output is not a terminal. */
  readonly terminal?: Terminal | null;
}

/** None for JSON, which is written at the end. */
function viewsOf(form: Form, write: (text: string) => void, terminal: Terminal | null): Reporter[] {
  if (form === 'json') return [];
  if (form === 'events') return [eventLines(write)];
  return [terminal ? terminalReport(terminal) : streamReport(write)];
}

/** Runs `update_config` for an engineer: the same operations as by CGI, reported line by line as they happen. */
export async function runCommand(
  world: World,
  args: readonly string[],
  streams: HandStreams,
): Promise<ExitCode> {
  const call = await readCall(UPDATE, args, streams, world);
  if (call.kind === 'answered') return call.exitCode;
  return await runUpdateCommand(world, call, streams);
}

/** Messages of a listing go to standard error, so that no program reads them as part of it. */
export async function runUpdateCommand(
  world: World,
  { form, options }: { readonly form: Form; readonly options: () => UpdateOptions },
  streams: HandStreams,
): Promise<ExitCode> {
  const { write, complain, terminal = null } = streams;
  const json = form === 'json';
  const warned = new Warned();
  const isListing = form === 'lines' && listingOf(options().task) !== null;
  const voice = buildVoice(
    world,
    [
      (event) => warned.add(event),
      ...viewsOf(form, isListing ? complain : write, isListing ? null : terminal),
    ],
    false,
  );
  const print = (result: RunResult): void =>
    write(renderJson(voice.scrubber.value(result), 'administrator', warned.for('administrator')));
  const refused = (error: unknown, report: () => RunResult): ExitCode => {
    if (printedAsUsage(error, form, streams, world)) return 2;
    const result = report();
    if (json) print(result);
    return refusalExit(error);
  };
  // Events end with the run.
  return await runOnMachine({ world, voice, isQuietAfterEnd: form === 'events', refused }, async (begin) => {
    const { task, appRoot } = options();
    const isBoot = task.kind === 'update' && task.boot;
    const there = atAppRoot(world, appRoot);
    const here = isBoot ? withUsableSettings(there, voice.report) : there;
    const changes = task.kind === 'update' || task.kind === 'rollback';
    const context = changes
      ? await begin(here, { makesDirectories: isBoot })
      : await buildUpdateContext(here, voice);
    const result = await perform(task, context, json, { ...streams, arrived: arrivalOf(world) });
    if (result && json) print(result);
    return result?.outcome === 'failed' || result?.outcome === 'held' ? 1 : 0;
  });
}

/** @returns null for what is a listing and no operation */
async function perform(
  task: Task,
  context: UpdateContext,
  json: boolean,
  { write, columns, arrived }: Streams & { readonly arrived: Arrival },
): Promise<RunResult | null> {
  switch (task.kind) {
    case 'update': {
      // Where Navigator has no configuration yet, it serves nobody until this has succeeded.
      const mustServe = task.boot || (!task.force && !existsSync(navigatorPath(context.site)));
      const boot = mustServe ? { mustServe, reload: true } : {};
      const request = { trigger: 'command', force: task.force, arrival: arrived, ...boot } as const;
      return await runUpdate(mustServe ? withoutWrongWeb(context) : context, request);
    }
    case 'dry-run': {
      const { dryRun } = await import('../../update/dry-run.ts');
      return await dryRun(context, { trigger: 'command', force: task.force });
    }
    case 'rollback': {
      const { rollback } = await import('../../update/rollback.ts');
      return await rollback(context, { run: task.run, arrival: arrived });
    }
    case 'history': {
      const rows = await readHistory(context.site.dbDir, HISTORY_LIMIT);
      write(json ? `${JSON.stringify(rows)}\n` : renderHistory(rows, columns?.()));
      return null;
    }
    case 'warnings': {
      requireDbDir(context.site.dbDir);
      const { image } = localCandidate(
        await readLiveIndex(context.site, context.settings.maxIndexBytes),
        null,
      );
      const { warnings } = readValidIndex(image);
      write(json ? `${JSON.stringify(warnings)}\n` : renderWarnings(warnings));
      return null;
    }
    case 'metrics': {
      const { renderMachine } = await import('./machine-metrics.ts');
      write(await renderMachine(context.site, context.settings.maxIndexBytes));
      return null;
    }
    case 'generations': {
      requireDbDir(context.site.dbDir);
      const generations = listGenerations(trustedDirOf(context.site.dbDir));
      write(json ? `${JSON.stringify(generations)}\n` : renderGenerations(generations, columns?.()));
      return null;
    }
  }
}
