import type { Lock } from '../database/lock.ts';
import { type KeptMeta, type KeptRecord, readRecord, recordOf } from './kept-record.ts';
import { NOTHING_ACKED, type OutboxAck } from './outbox-ack.ts';
import { ackOf, createRecords, keepAck, lockRun, openRecords, removeRun } from './outbox-place.ts';
import { OutboxRecords } from './outbox-records.ts';
import type { CallbackLine, StatusBody } from './wire.ts';

/** A status as it is sent. */
export interface KeptStatus {
  readonly seq: number;
  readonly isEnd: boolean;
  readonly body: StatusBody;
  /** The body as it was first sent; null where that is not known, or may still change. */
  readonly json: string | null;
}

/** A run in the outbox, or in memory where there is none, that this process has for itself. */
export class KeptRun {
  readonly meta: KeptMeta;
  readonly records: OutboxRecords;
  /** What was acknowledged when it was opened. */
  readonly ack: OutboxAck;
  /** The number of the last line; 0 for none. */
  lastSeq = 0;
  /** When the last thing was said. */
  lastAt: string;
  readonly statuses = new Map<number, KeptStatus>();
  readonly #place: { readonly dir: string; readonly lock: Lock } | null;

  private constructor(
    meta: KeptMeta,
    records: OutboxRecords,
    place: { readonly dir: string; readonly lock: Lock } | null,
    ack: OutboxAck,
  ) {
    this.meta = meta;
    this.records = records;
    this.#place = place;
    this.ack = ack;
    this.lastAt = meta.begun;
  }

  /** Begins a run. Never throws: where the directory takes no file, or there is none, it is kept in memory. */
  static create(dir: string | null, meta: KeptMeta): KeptRun {
    const kept = (dir === null ? null : KeptRun.#createIn(dir, meta)) ?? KeptRun.#inMemory(meta);
    kept.records.append(recordOf('meta', JSON.stringify(meta)));
    return kept;
  }

  static #inMemory(meta: KeptMeta): KeptRun {
    return new KeptRun(meta, new OutboxRecords(null), null, NOTHING_ACKED);
  }

  static #createIn(dir: string, meta: KeptMeta): KeptRun | null {
    let lock: Lock | null = null;
    try {
      // First the lock: whatever has records and no holder was left.
      lock = lockRun(dir, meta.run);
      if (lock === null) return null;
      const records = new OutboxRecords(createRecords(dir, meta.run));
      return new KeptRun(meta, records, { dir, lock }, NOTHING_ACKED);
    } catch {
      lock?.release();
      return null;
    }
  }

  /**
   * Takes a run that another process has left. Null if that still has it, if it is for another address, or if it cannot be
   * read; one of which nothing was written yet is removed.
   */
  static take(dir: string, run: string, urlDigest: string): KeptRun | null {
    let lock: Lock | null = null;
    let kept: KeptRun | null = null;
    try {
      lock = lockRun(dir, run);
      const opened = lock && openRecords(dir, run);
      if (lock && opened) kept = KeptRun.#read(run, opened, { dir, lock }, urlDigest);
    } catch {
      // It stays where it is.
    }
    if (kept === null) lock?.release();
    return kept;
  }

  static #read(
    run: string,
    { fd, size }: { readonly fd: number; readonly size: number },
    place: { readonly dir: string; readonly lock: Lock },
    urlDigest: string,
  ): KeptRun | null {
    const records = new OutboxRecords(fd, size);
    let kept: KeptRun | null = null;
    let whole = 0;
    for (const { bytes, next } of records.from(0)) {
      whole = next;
      const record = readRecord(bytes);
      if (kept !== null) {
        if (record !== null) kept.#recall(record);
        continue;
      }
      const isOfRun =
        record?.type === 'meta' && record.meta.run === run && record.meta.urlDigest === urlDigest;
      if (!isOfRun) break;
      kept = new KeptRun(record.meta, records, place, ackOf(place.dir, run));
    }
    if (kept === null) records.close();
    // Not where nothing is to be cut: that would make an old file a new one.
    else if (whole < size) records.cutAt(whole);
    if (whole === 0) removeRun(place.dir, run);
    return kept;
  }

  get run(): string {
    return this.meta.run;
  }

  get end(): KeptStatus | null {
    return [...this.statuses.values()].find(({ isEnd }) => isEnd) ?? null;
  }

  keepLine(line: CallbackLine): void {
    this.records.append(recordOf('line', JSON.stringify(line)));
    this.lastSeq = line.seq;
    this.lastAt = line.logged_at;
  }

  keepStatus(body: StatusBody): void {
    this.records.append(recordOf('status', JSON.stringify(body)));
    this.#note(body, null);
  }

  /** Has the same body sent each time, also by another process. */
  keepSent(body: StatusBody, json: string): void {
    this.records.append(recordOf('sent', json));
    this.#note(body, json);
  }

  #note(body: StatusBody, json: string | null): void {
    const { status_seq: seq, status, at } = body;
    this.statuses.set(seq, { seq, isEnd: status !== 'started', body, json });
    this.lastAt = at;
  }

  #recall(record: KeptRecord): void {
    if (record.type === 'line') {
      this.lastSeq = Math.max(this.lastSeq, record.line.seq);
      this.lastAt = record.line.logged_at;
    } else if (record.type !== 'meta') {
      this.#note(record.body, record.type === 'sent' ? record.json.toString() : null);
    }
  }

  keepAck(ack: OutboxAck): void {
    if (this.#place) keepAck(this.#place.dir, this.run, ack);
  }

  /** Lets it go, for the next process to take. */
  close(): void {
    try {
      this.records.sync();
      this.records.close();
    } finally {
      this.#place?.lock.release();
    }
  }

  /** Lets it go for good. */
  remove(): void {
    try {
      this.records.close();
      if (this.#place) removeRun(this.#place.dir, this.run);
    } finally {
      this.#place?.lock.release();
    }
  }
}
