// A process of its own that tells a dashboard of a run, with the sender of config-update: its argument is a `SenderOrder`. It
// says its start, waits for a line on standard input, says the lines, ends, and prints a `SenderFigures` as JSON.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { derivedKey } from '../../src/callbacks/callback-signatures.ts';
import { openDelivery } from '../../src/callbacks/delivery.ts';
import { newRunId } from '../../src/run-id.ts';

export interface SenderOrder {
  readonly url: string;
  readonly key: string;
  readonly outboxDir: string;
  readonly deployId: string;
  readonly lines: number;
  /** Lines a second; null for all at once. */
  readonly rate: number | null;
}

export interface SenderFigures {
  /** Lines that the dashboard has not got. */
  readonly unsent: number;
  /** Of the whole process, as the kernel counts it. */
  readonly peakMiB: number;
}

/** Milliseconds between two handfuls of lines. */
const TICK_MS = 10;

const order = JSON.parse(process.argv[2] ?? '') as SenderOrder;
const at = () => new Date().toISOString();

const delivery = openDelivery(
  { url: new URL(order.url), deployKey: order.key, webhookKeys: [derivedKey(order.key)] },
  { deployId: order.deployId, run: newRunId(), operation: 'deploy', by: null, target: 'fly' },
  { outboxDir: order.outboxDir, note: () => {}, limits: { closeMs: 60_000 } },
);
delivery.start({
  ...{ status: 'started', at: at(), git_sha: null, git_ref: null, ci_provider: null, ci_run_url: null },
});
await once(process.stdin, 'data');
process.stdin.destroy();
const began = performance.now();
for (let said = 0; said < order.lines; ) {
  const due = order.rate === null ? order.lines : ((performance.now() - began) * order.rate) / 1000;
  for (; said < Math.min(due, order.lines); said += 1) {
    const message = `line ${said + 1} of a machine that says how far it is: ${'x'.repeat(60)}`;
    delivery.line({ level: 'info', message, logged_at: at(), machine: '3d8d9930b32d89', step: 'update' });
  }
  await wait(TICK_MS);
}
delivery.end({ ...{ status: 'completed', at: at(), tunnels: [], outcome: 'done', exit_code: 0 } });
const { unsent } = await delivery.close(false);
const figures: SenderFigures = { unsent, peakMiB: process.resourceUsage().maxRSS / 1024 };
console.log(JSON.stringify(figures));
