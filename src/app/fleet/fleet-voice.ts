import { hostname } from 'node:os';
import { Failure } from '../../failure.ts';
import { LiveFleet, type Screen } from '../../fleet-view/fleet-live.ts';
import { fleetLog } from '../../fleet-view/fleet-log.ts';
import { fleetLines } from '../../fleet-view/fleet-text.ts';
import { problemLines } from '../../fleet-view/fleet-words.ts';
import { type HttpBroadcast, httpBroadcast } from '../../fleet-view/navigator-broadcast.ts';
import type { Reporter, Tell } from '../../report/events.ts';
import type { FleetReport } from '../../report/fleet-results.ts';
import { type Log, pinoReport } from '../../report/log.ts';
import { collectNotes } from '../../report/notes.ts';
import { createScrubber, type Scrubber } from '../../report/redact.ts';
import { createStream, eventLines } from '../../report/stream.ts';
import { identityOf, logDirOf } from '../../site/identity.ts';
import { versionText } from '../../version.ts';
import type { World } from '../machine/machine-context.ts';
import type { Form } from '../options/form.ts';
import type { FleetOptions } from './config-update-options.ts';
import type { DashboardLink } from './dashboard-model.ts';
import type { Stop } from './stop-signals.ts';

/** Where the run is shown. */
export interface Console {
  /** Writes before it returns. */
  readonly write: (text: string) => void;
  /** The terminal that it goes to; null for a pipe or a file. */
  readonly screen: Screen | null;
  readonly stop: Stop;
}

/** The log and the views of a run over the fleet. */
export interface FleetVoice {
  readonly report: Tell;
  readonly log: Log;
  readonly scrubber: Scrubber;
  /** Call it after the last report, however the run ended. */
  close(exitCode: number): Promise<void>;
}

/** Milliseconds between two pictures of a live list. */
const REDRAW_MS = 100;

const BROADCAST_URL = 'http://localhost:9999/_broadcast';
/** Milliseconds for one message, and for the last ones at the end. */
const BROADCAST_TIMEOUT_MS = 1000;
const BROADCAST_PATIENCE_MS = 2500;

/**
 * @param run the id of the run
 * @param secrets that must never be shown, but those of the dashboard
 * @throws {Failure} `usage`, `config-invalid`: the address for broadcasts is not valid
 */
export function openFleetVoice(
  { env, name, defaultAppRoot }: World,
  options: FleetOptions,
  { run, secrets, dashboard }: { run: string; secrets: readonly string[]; dashboard: DashboardLink },
  console: Console,
): FleetVoice {
  const scrubber = createScrubber([...secrets, ...dashboard.secrets]);
  const broadcasts = openBroadcast(env, options);
  const log = pinoReport({
    logDir: logDirOf(env, defaultAppRoot),
    standardError: false,
    name,
    base: scrubber.value({ machine: identityOf(env, hostname()).machine, version: versionText() }),
    scrubber,
  });
  const shown = openView(options, console);
  const posted = broadcasts ? [broadcasts.http.report] : [];
  const reporters = [fleetLog(log.report), shown.report, ...posted, ...dashboard.reporters];
  const report = createStream(reporters, scrubber, run);
  const closeBroadcasts = async (): Promise<void> => {
    if (broadcasts && !(await broadcasts.http.close(BROADCAST_PATIENCE_MS))) {
      report({ type: 'note', message: `${broadcasts.url} did not accept the broadcasts` });
    }
  };
  return {
    log,
    report,
    scrubber,
    close: async (exitCode) => {
      // At the same time: after a signal there is little of it.
      await Promise.all([closeBroadcasts(), dashboard.close(exitCode)]);
      shown.close();
      await log.close();
    },
  };
}

/** The view of a run for the caller. */
interface View {
  readonly report: Reporter;
  /** Call it when nothing more is reported. */
  close(): void;
}

function openView(options: FleetOptions, console: Console): View {
  const { write, screen, stop } = console;
  if (options.form !== 'lines') return plainView(options.form, write);
  if (!screen) return { report: textReport(write, options), close: () => {} };
  const live = new LiveFleet(screen, options);
  const timer = setInterval(() => live.tick(Date.now()), REDRAW_MS);
  stop.onStop(() => live.tell('Stopping. Once more ends it at once.', Date.now()));
  process.on('SIGCONT', () => live.resume(Date.now()));
  const close = (): void => {
    clearInterval(timer);
    live.close();
  };
  return { report: live.report, close };
}

/** For programs: the events as they happen, or the report with what was noted when nothing more is said. */
function plainView(form: 'json' | 'events', write: (text: string) => void): View {
  if (form === 'events') return { report: eventLines(write), close: () => {} };
  const notes = collectNotes();
  let ended: FleetReport | null = null;
  return {
    report: (event) => {
      notes.report(event);
      if (event.type === 'run-ended' && event.kind === 'fleet') ended = event.result;
    },
    close: () => {
      if (ended) write(`${JSON.stringify({ ...ended, notes: notes.of(ended.run) })}\n`);
    },
  };
}

function openBroadcast(
  env: NodeJS.ProcessEnv,
  { broadcast: wanted }: FleetOptions,
): { readonly http: HttpBroadcast; readonly url: string } | null {
  if (!wanted) return null;
  // The variable from which the application itself knows where broadcasts go.
  const text = wanted.url ?? (env['TURBO_CABLE_BROADCAST_URL'] || BROADCAST_URL);
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) {
    const http = httpBroadcast({ url, stream: wanted.stream, timeoutMs: BROADCAST_TIMEOUT_MS });
    return { http, url: url.href };
  }
  const name = wanted.url === null ? 'TURBO_CABLE_BROADCAST_URL' : '--broadcast-url';
  const code = wanted.url === null ? 'config-invalid' : 'usage';
  throw new Failure(code, `${name} is not an http(s) URL without a password`, {
    hint: `Give something like ${BROADCAST_URL}.`,
  });
}

function textReport(write: (text: string) => void, options: { verbose: boolean }): Reporter {
  const lines = fleetLines(options);
  return (event) => {
    const shown = lines(event);
    if (shown.length > 0) write(shown.map((line) => `${line}\n`).join(''));
  };
}

/** Reports why a run could not begin, before there is a view for it. */
export function printRefusal(
  form: Form,
  report: FleetReport,
  scrubber: Scrubber,
  write: (text: string) => void,
): void {
  if (form === 'lines') {
    if (report.error)
      write(
        problemLines(scrubber.value(report.error))
          .map((line) => `${line}\n`)
          .join(''),
      );
    return;
  }
  const view = plainView(form, write);
  createStream([view.report], scrubber, report.run)({ type: 'run-ended', kind: 'fleet', result: report });
  view.close();
}
