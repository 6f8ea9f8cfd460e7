import type { ProgressEvent as Progress, Reporter } from './events.ts';
import { streamReport } from './plain-text.ts';

/** A terminal with a person in front of it. */
export interface Terminal {
  write(text: string): void;
  /** Characters in a line, as it is now. */
  columns(): number;
}

/** Milliseconds between two drawings of the bar. */
const REDRAW_MS = 100;
/** Milliseconds of work after which there is an estimate of what is left. */
const ESTIMATE_MS = 1000;
const BAR_COLUMNS = 24;

/** Back to the beginning of the line, and erase it. The cursor is never hidden, so nothing needs to be restored. */
const CLEAR = '\r\u001b[2K';

/** The same lines as `streamReport`, and below them one that shows how far the step has come, until it is done. */
export function barReport(terminal: Terminal): Reporter {
  let title = '';
  /** Milliseconds since 1970. */
  let began: number | null = null;
  let drawn: number | null = null;
  let bar = '';
  const hide = (): void => {
    if (bar !== '') terminal.write(CLEAR);
  };
  const lines = streamReport((text) => {
    hide();
    terminal.write(text + bar);
  });
  const draw = (progress: Progress, at: number): void => {
    began ??= at;
    const last = progress.done >= progress.total;
    if (!last && drawn !== null && Math.abs(at - drawn) < REDRAW_MS) return;
    drawn = at;
    hide();
    bar = last ? '' : renderBar(title, progress, at - began, terminal.columns());
    terminal.write(bar);
  };
  return (event) => {
    if (event.type === 'progress') {
      draw(event, Date.parse(event.at));
      return;
    }
    if (event.type === 'step' || event.type === 'step-done' || event.type === 'run-ended') {
      hide();
      bar = '';
      began = drawn = null;
      if (event.type === 'step') title = event.title;
    }
    lines(event);
  };
}

/**
 * `Prepare the tenant databases [########----------------] 120/400, 12 s left`, cut to less than the columns there are,
 * since a line that wraps cannot be erased.
 *
 * @param ms milliseconds since the step began to count
 */
export function renderBar(title: string, { done, total }: Progress, ms: number, columns: number): string {
  const filled = total > 0 ? Math.min(BAR_COLUMNS, Math.floor((BAR_COLUMNS * done) / total)) : 0;
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_COLUMNS - filled)}]`;
  const left =
    ms >= ESTIMATE_MS && done > 0 ? `, ${describeSeconds(((ms / done) * (total - done)) / 1000)} left` : '';
  return `${title} ${bar} ${done}/${total}${left}`.slice(0, Math.max(0, columns - 1));
}

function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
