import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Delivered, ReportedRun } from '../../../src/callbacks/delivery-model.ts';
import type { SentOutbox } from '../../../src/callbacks/send-outbox.ts';
import { oneFileOf } from '../suite/one-file.ts';
import { QUICK, type TestOutbox } from './deliveries.ts';
import type { Receiver } from './receiver.ts';
import type { SenderOrder } from './sender-process.ts';

const DRIVER = await oneFileOf(join(import.meta.dirname, 'sender-process.ts'));

/** What is ordered of a process, beside where it sends and keeps what. */
export type Order = Partial<SenderOrder> & { readonly reported: ReportedRun };

/** @param through a command that runs it, such as `['prlimit', ...]` */
function start(receiver: Receiver, outbox: TestOutbox, order: Order, through: readonly string[] = []) {
  const { dashboard, key } = receiver;
  const where = { url: dashboard.url.href, key, outboxDir: outbox.dir };
  const whole: SenderOrder = { ...where, messages: [], task: 'whole', limits: QUICK, ...order };
  const [program = '', ...args] = [...through, process.execPath, DRIVER, JSON.stringify(whole)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** A process that has told what it has to tell, and waits. */
export async function waitingSender(
  receiver: Receiver,
  outbox: TestOutbox,
  order: Order & { readonly task: 'lines' | 'end' },
  through: readonly string[] = [],
): Promise<ChildProcess> {
  const child = start(receiver, outbox, order, through);
  await once(child.stdout, 'data');
  return child;
}

/** Ends it as kill -9 does. */
export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

export type Said<T> = T & { readonly notes: readonly string[] };

/** What a process says that tells of a whole run. */
export async function wholeSender(
  receiver: Receiver,
  outbox: TestOutbox,
  order: Order,
  through: readonly string[] = [],
): Promise<Said<Delivered>> {
  const child = start(receiver, outbox, order, through);
  return JSON.parse(await text(child.stdout)) as Said<Delivered>;
}

/** What a process says that sends what is left. */
export async function outboxSender(
  receiver: Receiver,
  outbox: TestOutbox,
  order: Order,
): Promise<Said<SentOutbox>> {
  const child = start(receiver, outbox, { ...order, task: 'send-outbox' });
  return JSON.parse(await text(child.stdout)) as Said<SentOutbox>;
}
