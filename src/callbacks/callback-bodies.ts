import type { KeptMeta } from './kept-record.ts';
import type { CallbackLine, LostRange } from './wire.ts';

/** A request that is made, and made again, of the same bytes. */
export interface Outgoing {
  readonly kind: 'logs' | 'status' | 'beat';
  /** Whether it says how the run ended. */
  readonly isEnd: boolean;
  readonly deployId: string;
  readonly run: string;
  /** `webhook-id`: the same on each attempt. */
  readonly id: string;
  readonly body: Buffer;
}

/** Lines of one request. */
export interface Batch extends Outgoing {
  readonly kind: 'logs';
  readonly first: number;
  readonly last: number;
  /** Where the record behind them begins. */
  readonly next: number;
  /** Its only line; null for several. */
  readonly only: CallbackLine | null;
}

export interface StatusRequest extends Outgoing {
  readonly kind: 'status';
  readonly seq: number;
}

const LOGS = Buffer.from('{"logs":[');
const COMMA = Buffer.from(',');

/**
 * A body of lines, which are JSON already.
 *
 * @param first,last their numbers; of a heartbeat, the next one and the last
 */
export function logsBody(
  { deployId, run, operation }: KeptMeta,
  lines: readonly Buffer[],
  first: number,
  last: number,
  lost: readonly LostRange[],
): Buffer {
  const rest = {
    deploy_id: deployId,
    run,
    operation,
    first_seq: first,
    last_seq: last,
    ...(lost.length > 0 ? { lost } : {}),
  };
  const pieces = lines.flatMap((line, index) => (index === 0 ? [line] : [COMMA, line]));
  return Buffer.concat([LOGS, ...pieces, Buffer.from(`],${JSON.stringify(rest).slice(1)}`)]);
}
