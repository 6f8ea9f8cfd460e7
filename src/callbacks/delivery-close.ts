import { setTimeout as wait } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { Delivered } from './delivery-model.ts';
import { closingNote } from './delivery-notes.ts';
import type { DeliveryWorker } from './delivery-worker.ts';
import { dropLeftRuns, type Outbox, sendLeftRuns, throwAwayOldRuns } from './left-runs.ts';

/** Of a timer that only keeps the process alive. */
const ALIVE_MS = 1000;

/** Ends the delivery of a run: sends the rest of it, and of earlier ones, as long as that may take. Never rejects. */
export async function closeDelivery(
  worker: DeliveryWorker,
  outbox: Outbox,
  limits: DeliveryLimits,
  isStopped: boolean,
): Promise<Delivered> {
  // All else that is waited for lets the process end.
  const alive = setInterval(() => {}, ALIVE_MS);
  const { run, sender } = worker;
  const { kept } = run;
  const beganAt = monotonicMs();
  const deadline = beganAt + (isStopped ? limits.stoppedCloseMs : limits.closeMs);
  try {
    const graceMs = Math.min(patience(worker, limits), deadline - beganAt) - limits.endFirstMs;
    await worker.end(Math.max(0, graceMs));
    await sendRest(worker, limits, beganAt, deadline);
    sender.explain();
  } catch (error) {
    sender.breakDown(error);
  }
  const isDone = run.isComplete || sender.isGone;
  const { isKept } = kept.records;
  try {
    if (isDone) kept.remove();
    else kept.close();
    if (sender.isGone) dropLeftRuns(outbox);
    else if (run.isComplete && sender.failures === 0) {
      await sendLeftRuns(outbox, sender, limits, { deadline, signal: null });
    }
  } catch (error) {
    sender.breakDown(error);
  }
  const thrownAway = throwAwayOldRuns(outbox.dir, limits);
  sender.close();
  clearInterval(alive);
  const note = closingNote({ run, isGone: sender.isGone, isKept, thrownAway });
  const unsent = sender.isGone ? 0 : run.unsent;
  return { unsent, hasEnd: run.hasEnd, lost: run.lost, note };
}

/** How long is waited for any answer: longer where the dashboard has been slow, but has answered. */
function patience({ sender }: DeliveryWorker, { unheardCloseMs }: DeliveryLimits): number {
  return Math.max(unheardCloseMs, 2 * sender.longestMs);
}

/**
 * One request after the other, in order. If the dashboard does not answer, or little time is left, the end goes before the
 * lines: a page must not show for ever that the run goes on.
 */
async function sendRest(
  worker: DeliveryWorker,
  limits: DeliveryLimits,
  beganAt: number,
  deadline: number,
): Promise<void> {
  const { run, sender } = worker;
  let heardAt = beganAt;
  while (!sender.isStopped) {
    const now = monotonicMs();
    const until = Math.min(deadline, heardAt + patience(worker, limits));
    const isLate = until - now <= limits.endFirstMs;
    const end = isLate || sender.failures > 0 ? run.endFirst() : null;
    const outgoing = end ?? run.next();
    if (now >= until || outgoing === null) return;
    const reserved = run.isEndWaiting && !outgoing.isEnd ? limits.endFirstMs : 0;
    const result = await sender.attempt(run, outgoing, until - now - reserved);
    if (result === 'done' || result === 'busy') heardAt = monotonicMs();
    if (result === 'busy') {
      // What it takes later than that comes too late for the lines; the end is tried all the same.
      const again = outgoing.isEnd ? sender.nextAt : Math.min(sender.nextAt, deadline - limits.endFirstMs);
      if (again >= deadline) return;
      await wait(Math.max(0, again - monotonicMs()));
    } else if (result === 'done') continue;
    else if (sender.failures > 1) return;
    else if (!run.isEndWaiting) {
      const pause = sender.nextAt - monotonicMs();
      if (monotonicMs() + pause >= until) return;
      await wait(Math.max(0, pause));
    }
  }
}
