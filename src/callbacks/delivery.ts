import { readFileSync } from 'node:fs';
import { monotonicMs } from '../clock.ts';
import { closeDelivery } from './delivery-close.ts';
import { type DeliveryLimits, USUAL_DELIVERY } from './delivery-limits.ts';
import type {
  Dashboard,
  Delivered,
  Delivery,
  ReportedEnd,
  ReportedLine,
  ReportedRun,
  ReportedStart,
} from './delivery-model.ts';
import { DeliveryWorker } from './delivery-worker.ts';
import type { KeptMeta } from './kept-record.ts';
import { KeptRun } from './kept-run.ts';
import type { Outbox } from './left-runs.ts';
import { OutgoingRun } from './outgoing-run.ts';
import { Sender } from './sender.ts';
import { digestOf } from './url-digest.ts';
import type { StatusBody } from './wire.ts';

export interface DeliveryOptions {
  /** Where runs are kept until the dashboard has them (`ensureOutbox`); null keeps this one in memory. */
  readonly outboxDir: string | null;
  /** Called at most twice before `close` resolves: for the address of the live log, and when the dashboard is lost. */
  readonly note: (message: string) => void;
  readonly limits?: Partial<DeliveryLimits>;
}

const NOT_KEPT =
  'what the dashboard does not get of this run is not kept for the next one: the outbox takes no file';

/** Lines whose levels people wait for. */
const URGENT = ['step', 'error'];

/** Begins to deliver a run. Never throws, and takes no time but that of a small file. */
export function openDelivery(dashboard: Dashboard, run: ReportedRun, options: DeliveryOptions): Delivery {
  const limits = { ...USUAL_DELIVERY, ...options.limits };
  const { outboxDir: dir } = options;
  const urlDigest = digestOf(dashboard.url);
  const kept = KeptRun.create(dir, metaOf(run, urlDigest));
  const sender = new Sender(dashboard, limits, { note: options.note, isLive: true });
  if (dir !== null && !kept.records.isKept) options.note(NOT_KEPT);
  const worker = new DeliveryWorker(new OutgoingRun(kept, limits), sender, limits);
  return new RunDelivery(worker, { dir, urlDigest }, limits);
}

function metaOf(reported: ReportedRun, urlDigest: string): KeptMeta {
  const { deployId, run, operation, by, target } = reported;
  const begun = new Date().toISOString();
  return { deployId, run, operation, urlDigest, begun, pid: process.pid, bootId: bootId(), target, by };
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim() || null;
  } catch {
    return null;
  }
}

class RunDelivery implements Delivery {
  readonly #worker: DeliveryWorker;
  readonly #kept: KeptRun;
  readonly #limits: DeliveryLimits;
  readonly #outbox: Outbox;
  #closed: Promise<Delivered> | null = null;
  #isEnded = false;
  #isFull = false;
  #lines = 0;
  #bytes = 0;
  #syncing: NodeJS.Timeout | null = null;

  constructor(worker: DeliveryWorker, outbox: Outbox, limits: DeliveryLimits) {
    this.#worker = worker;
    this.#kept = worker.run.kept;
    this.#outbox = outbox;
    this.#limits = limits;
  }

  start(started: ReportedStart): void {
    if (this.#kept.statuses.size > 0) return;
    this.#keepStatus({ ...started, ...this.#envelope() });
  }

  line(line: ReportedLine): void {
    if (this.#worker.isOver) return;
    if (this.#isFull) {
      this.#worker.run.unnumbered += 1;
      return;
    }
    if (this.#lines === this.#limits.runLines || this.#bytes >= this.#limits.runBytes) {
      this.#isFull = true;
      this.#worker.run.unnumbered += 1;
      const { runLines, runBytes } = this.#limits;
      const message = `further lines are not sent: a run sends ${runLines} lines and ${runBytes / 2 ** 20} MiB at most`;
      this.#keepLine({ level: 'warning', message, logged_at: line.logged_at });
      return;
    }
    this.#keepLine(line);
  }

  #keepLine(line: ReportedLine): void {
    const before = this.#kept.records.size;
    this.#kept.keepLine({ ...line, seq: this.#kept.lastSeq + 1 });
    this.#lines += 1;
    this.#bytes += this.#kept.records.size - before;
    // Also where no other line follows for long.
    this.#syncing ??= setTimeout(() => this.#sync(), this.#limits.syncMs).unref();
    this.#worker.hasLine(URGENT.includes(line.level), monotonicMs());
  }

  #sync(): void {
    clearTimeout(this.#syncing ?? undefined);
    this.#syncing = null;
    this.#kept.records.sync();
  }

  end(ended: ReportedEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#keepStatus({ ...ended, ...this.#envelope(), dropped: this.#worker.run.dropped });
    this.#sync();
  }

  #envelope() {
    const { deployId, run, operation } = this.#kept.meta;
    const { lastSeq, statuses } = this.#kept;
    return { deploy_id: deployId, run, operation, status_seq: statuses.size + 1, last_seq: lastSeq };
  }

  #keepStatus(body: StatusBody): void {
    if (this.#worker.isOver) return;
    this.#kept.keepStatus(body);
    this.#worker.hasStatus();
  }

  close(isStopped: boolean): Promise<Delivered> {
    this.#sync();
    this.#closed ??= closeDelivery(this.#worker, this.#outbox, this.#limits, isStopped);
    return this.#closed;
  }
}
