import { Failure, problemOf } from '../failure.ts';
import type { ItemFailure, ItemOutcome } from '../report/results.ts';
import { counted } from '../text.ts';
import type { TenantDone } from './tenant.ts';
import type { TenantDatabase } from './tenant-model.ts';
import type { TenantContext, TenantRequest, TenantsOutcome } from './tenants-context.ts';

/** How many names of events without any database are shown. */
const MOST_NAMES = 5;

/** Counts the outcomes of the tenants, and reports them as they happen: a line for each that was changed or failed. */
export class Tally {
  readonly #context: TenantContext;
  readonly #request: TenantRequest;
  readonly #total: number;
  readonly #counts = { downloaded: 0, prepared: 0, unchanged: 0 };
  readonly #failures: ItemFailure[] = [];
  readonly #absent: string[] = [];
  readonly #unknown: string[] = [];
  #brought = 0;
  #done = 0;

  constructor(context: TenantContext, request: TenantRequest, total: number) {
    this.#context = context;
    this.#request = request;
    this.#total = total;
  }

  done({ name }: TenantDatabase, done: TenantDone): void {
    const counts = this.#counts;
    const details = this.#request.dryRun ? planned(this.#context, done) : happened(done);
    if (done.download) counts.downloaded += 1;
    if (done.applied !== null || made(done)) counts.prepared += 1;
    if (done.arrived?.how === 'downloaded') counts.downloaded += 1;
    if (done.arrived?.how === 'brought along') this.#brought += 1;
    if (details !== '') this.#item(name, this.#request.dryRun ? 'would-change' : 'changed', details);
    else if (done.unknown) this.#unknown.push(name);
    else if (done.absent) this.#absent.push(name);
    else counts.unchanged += 1;
    this.#progress();
  }

  failed(name: string, error: unknown): void {
    this.failedBeside(name, error);
    this.#progress();
  }

  /** The same for anything but a tenant. */
  failedBeside(name: string, error: unknown): void {
    if (!(error instanceof Failure)) this.#context.unexpected(error);
    const problem = problemOf(error);
    this.#failures.push({ step: this.#request.step, name, ...problem });
    this.#item(name, 'failed', problem.message);
  }

  outcome(): TenantsOutcome {
    const absent = this.#absent;
    if (absent.length > 0) {
      this.say(`no database, and the application has no migrations to make one with: ${someOf(absent)}`);
    }
    const unknown = this.#unknown;
    if (unknown.length > 0) {
      const events = counted(unknown.length, 'event');
      const made = 'until the store can be listed none is made, and they cannot be served';
      this.say(`without a database here: ${events} (${someOf(unknown)}); ${made}`);
    }
    const { downloaded, prepared, unchanged } = this.#counts;
    return {
      counts: {
        ...(this.#request.dryRun
          ? { 'to download': downloaded, 'to prepare': prepared }
          : { downloaded, prepared }),
        unchanged,
        ...(this.#brought > 0 ? { 'brought along': this.#brought } : {}),
        ...(absent.length > 0 ? { 'without a database': absent.length } : {}),
        ...(unknown.length > 0 ? { 'not known to be in the store': unknown.length } : {}),
        failed: this.#failures.length,
      },
      failures: this.#failures,
    };
  }

  #item(name: string, outcome: ItemOutcome, detail: string): void {
    const { step } = this.#request;
    const fate = { phase: 'done', outcome, detail, attempt: 1 } as const;
    this.#context.report({ type: 'item', kind: 'tenant', step, name, ...fate });
  }

  /** Tells something beside. */
  say(message: string): void {
    this.#context.report({ type: 'note', message });
  }

  /** The same of what is wrong, and does not keep anything from being done. */
  warn(message: string): void {
    this.#context.report({ type: 'note', level: 'warning', message });
  }

  #progress(): void {
    this.#done += 1;
    const { step } = this.#request;
    this.#context.report({ type: 'progress', step, done: this.#done, total: this.#total });
  }
}

function someOf(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).join(', ') + more;
}

function made({ applied, arrived }: TenantDone): boolean {
  return applied === null && (arrived?.how === 'made' || arrived?.how === 'copied');
}

/** Empty where nothing was done. */
function happened({ download, applied, arrived }: TenantDone): string {
  const details = [
    ...(download ? [`downloaded (${download.size} bytes, changed ${download.time.toISOString()})`] : []),
    ...(download?.kept ? [`what was here is kept as ${download.kept}`] : []),
    ...(arrived?.how === 'copied' ? ['prepared: a copy of the prepared database'] : []),
    ...(arrived?.how === 'made' && applied === null ? ['prepared'] : []),
    ...(arrived?.how === 'downloaded' ? ['downloaded'] : []),
    ...(arrived?.how === 'brought along' ? [`brought along from ${arrived.from}`] : []),
    ...(applied === null || arrived?.how === 'copied'
      ? []
      : [`prepared: ${counted(applied, 'migration')} applied`]),
  ];
  return details.join(', ');
}

function planned({ settings }: TenantContext, { download, applied, arrived }: TenantDone): string {
  if (arrived) return `would be brought along from ${arrived.from}`;
  if (download) return `would be downloaded (${download.size} bytes)`;
  const command = settings.prepareCommand.join(' ');
  return applied === null ? '' : `${command} would be run: ${counted(applied, 'migration')} pending`;
}
