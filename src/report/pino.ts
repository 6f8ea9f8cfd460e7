import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Logger, pino } from 'pino';
import { inDirectory } from '../rights/rights.ts';
import type { ItemEvent, RunEndedEvent, RunEvent } from './events.ts';
import type { LogEntry, LogOptions, LogPlace, OpenLog, ShortEnd } from './log-entry.ts';
import type { RunResult } from './results.ts';

const STANDARD_ERROR = 2;
/** Lines that wait for the log's directory, which a machine makes when it boots. */
const MOST_WAITING = 1000;

/** Loaded by `log.ts` alone, when there is something to log. */
export function openLog(options: LogOptions): OpenLog {
  let problem: string | null = null;
  const path = options.logDir ? join(options.logDir, `${options.name}.log`) : null;
  const keep = (error: unknown): void => {
    problem ??= `${path} cannot be written: ${(error as Error).message}`;
  };
  const opened = path === null ? null : openLogFile(path, keep);
  let waiting: LogEntry[] | null = opened === 'no directory' ? [] : null;
  const { standardError } = options;
  const handOn = typeof standardError === 'function' ? standardError : null;
  const descriptors: Record<LogPlace, number | null> = {
    'standard error': standardError ? STANDARD_ERROR : null,
    file: opened === 'no directory' ? null : opened,
  };
  let at = '';
  let descriptor: number | null = null;
  const put = (line: string): void => {
    if (descriptor === STANDARD_ERROR && handOn) handOn(line);
    else writeAll(descriptor, line, descriptor === descriptors.file ? keep : () => {});
  };
  const logger = pino(
    {
      name: options.name,
      base: { ...options.base, pid: process.pid },
      // The time of the event, not of the writing: events wait until pino is loaded.
      timestamp: () => `,"time":"${at}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: put },
  );
  const write: OpenLog['write'] = (place, entry) => {
    if (place === 'file' && waiting && path !== null) {
      if (waiting.length < MOST_WAITING) waiting.push(entry);
      const file = openLogFile(path, keep);
      if (file === 'no directory') return;
      const late = waiting;
      waiting = null;
      descriptors.file = file;
      for (const one of late) write(place, one);
      return;
    }
    const isLost = 'exception' in entry && descriptors.file === null;
    descriptor = place === 'standard error' && isLost ? STANDARD_ERROR : descriptors[place];
    if (descriptor === null) return;
    at = 'event' in entry ? entry.event.at : entry.at;
    if ('event' in entry) logEvent(logger, entry.event);
    else if ('short' in entry) logShortEnd(logger, entry.short);
    else logger.error({ err: { type: 'Error', ...entry.exception } }, entry.exception.message);
  };
  const close = (): void => {
    if (descriptors.file !== null) closeSync(descriptors.file);
    descriptors.file = null;
  };
  return { write, problem: () => problem, close };
}

/** Synchronous, so that a line is out before the process can be killed. What cannot be written is dropped. */
function writeAll(descriptor: number | null, line: string, failed: (error: unknown) => void): void {
  if (descriptor === null) return;
  const bytes = Buffer.from(line);
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    // A full disk, a closed pipe, or one without a reader: an update is worth more than its log.
    failed(error);
  }
}

function openLogFile(path: string, failed: (error: unknown) => void): number | 'no directory' | null {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
  // Without O_NONBLOCK the process would wait for a reader if the file is a pipe.
  const always = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
  const open = (flags: number) => inDirectory(dirname(path), () => openSync(path, always | flags, 0o640));
  try {
    return open(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      failed(error);
      return null;
    }
  }
  try {
    return open(O_CREAT | O_EXCL);
  } catch (error) {
    // A missing directory is reported before anything is logged (`cautionsOf`).
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'no directory';
    failed(error);
    return null;
  }
}

/** The lines keep the words by which logs are searched: `run` and `end` of an update, `begin` and `finish` of all else. */
function logEvent(logger: Logger, event: RunEvent): void {
  const { type } = event;
  switch (type) {
    case 'run-began': {
      const { run, kind, operation, trigger } = event;
      const steps = event.steps.length;
      if (kind === 'update') logger.info({ event: 'run', run, trigger, steps }, `run ${run}`);
      else logger.info({ event: 'begin', run, operation, steps }, `${operation} ${run}`);
      break;
    }
    case 'step': {
      const { number, name, title } = event;
      logger.debug({ event: type, number, step: name }, title);
      break;
    }
    case 'step-done': {
      const { number, name, ms, detail } = event;
      logger.info({ event: type, number, step: name, ms }, detail);
      break;
    }
    case 'warning': {
      const { table, id, row, reason } = event.warning;
      logger.warn({ event: type, table, id }, `${row}: ${reason}`);
      break;
    }
    case 'note':
      logger[event.level === 'warning' ? 'warn' : 'info']({ event: type }, event.message);
      break;
    case 'item':
      if (event.phase === 'done') logItem(logger, event);
      break;
    case 'log':
      for (const line of event.lines) logger.info({ event: type, step: event.step, item: event.name }, line);
      break;
    case 'progress':
      break;
    case 'run-ended':
      logEnd(logger, event);
  }
}

function logItem(logger: Logger, { type, step, name, outcome, detail }: ItemEvent): void {
  logger[outcome === 'failed' ? 'error' : 'info']({ event: type, step, item: name, outcome }, detail);
}

function logEnd(logger: Logger, event: RunEndedEvent): void {
  switch (event.kind) {
    case 'update':
      logResult(logger, event.result);
      break;
    case 'state': {
      // Anybody may ask, at any rate, and the answer has the rest.
      const { outcome, index } = event.result;
      logger.info({ event: 'state', outcome, etag: index?.etag ?? null }, 'answered with its state');
      break;
    }
    case 'operation':
    case 'fleet': {
      const { kind, result } = event;
      const isBad = kind === 'operation' ? result.outcome === 'failed' : result.error !== undefined;
      logger[isBad ? 'error' : 'info']({ event: 'finish', summary: result }, result.outcome);
    }
  }
}

/** The warnings were logged before, and the diff is for the person who asked for it. */
function logResult(logger: Logger, result: RunResult): void {
  const { warnings: _, diff: __, ...facts } = result;
  const fields = { event: 'end', result: facts };
  if (result.error) logger.error(fields, result.error.message);
  else if (result.fallback) logger.error(fields, `served from the local index: ${result.fallback.message}`);
  else logger.info(fields, result.outcome);
}

function logShortEnd(logger: Logger, { run, outcome, etag, ms, shared }: ShortEnd): void {
  logger.info({ event: 'end', run, outcome, etag, ms, ...(shared ? { shared } : {}) }, outcome);
}
