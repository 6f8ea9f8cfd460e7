import { asFailure, Failure } from '../failure.ts';
import type { FleetReporter } from '../fleet/types.ts';
import { broadcast } from '../report/broadcast.ts';
import { fleetJson } from '../report/fleet-json.ts';
import { fleetLog } from '../report/fleet-log.ts';
import { fleetLines } from '../report/fleet-text.ts';
import { type Log, pinoReport } from '../report/log.ts';
import { createScrubber, type Scrubber } from '../report/redact.ts';
import { machineName } from '../update/result.ts';
import type { FleetOptions } from './config-update-options.ts';
import type { World } from './parts.ts';

/** Everything that tells of a run over the fleet. */
export interface FleetVoice {
  readonly report: FleetReporter;
  readonly log: Log;
  /** Call it when all is told. */
  close(): Promise<void>;
}

/** @param secrets that must never be seen, wherever they turn up */
export function openFleetVoice(
  { env, name }: World,
  options: FleetOptions,
  secrets: readonly string[],
  write: (text: string) => void,
): FleetVoice {
  const scrubber = createScrubber(secrets);
  const log = pinoReport({
    logDir: env['RAILS_LOG_VOLUME'] || null,
    standardError: false,
    name,
    base: scrubber.value({ machine: machineName(env) }),
    scrubber,
  });
  const shown = options.json ? fleetJson(write, options) : textReport(write, options);
  const reporters = [fleetLog(log.report), shown];
  return { log, report: broadcast(reporters, scrubber), close: () => log.flush() };
}

function textReport(write: (text: string) => void, options: { verbose: boolean }): FleetReporter {
  const lines = fleetLines(options);
  return (event) => {
    const told = lines(event);
    if (told.length > 0) write(told.map((line) => `${line}\n`).join(''));
  };
}

/** Tells of what kept a run from beginning. */
export function renderRefusal(error: unknown, json: boolean, scrubber: Scrubber): string {
  const { code, message, hint } = asFailure(error);
  const told = scrubber.value({ code, message, hint });
  if (json) return `${JSON.stringify({ at: new Date().toISOString(), type: 'error', error: told })}\n`;
  const stack =
    error instanceof Failure || !(error instanceof Error) ? '' : scrubber.block(error.stack ?? '');
  return `Failed (${told.code}): ${told.message}\nWhat to do: ${told.hint}\n${stack === '' ? '' : `${stack}\n`}`;
}
