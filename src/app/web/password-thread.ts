import { parentPort, Worker } from 'node:worker_threads';
import { verifyPassword } from '../../index/password.ts';
import { hashHere } from '../../requests/new-password.ts';

/*
 * bcrypt takes a thread for some 60 ms and lets nothing else in. Here it takes one of its own, so that no page and no
 * watcher waits for somebody's login. The thread begins with the first password, and ends when there was none for a while.
 */

/** Milliseconds without a password after which the thread ends: it has 12 MiB. */
const IDLE_MS = 60_000;

type Work =
  | { readonly kind: 'verify'; readonly hash: string; readonly password: string }
  | { readonly kind: 'hash'; readonly password: string };

interface Question {
  readonly id: number;
  readonly work: Work;
}

interface Answer {
  readonly id: number;
  /** Null if it could not be done. */
  readonly value: boolean | string | null;
}

interface Waiting {
  readonly work: Work;
  readonly tell: (value: unknown) => void;
}

/** The work of that thread. */
export function servePasswords(): void {
  parentPort?.on('message', ({ id, work }: Question) => {
    void done(work)
      .catch(() => null)
      .then((value) => parentPort?.postMessage({ id, value } satisfies Answer));
  });
}

async function done(work: Work): Promise<boolean | string> {
  if (work.kind === 'hash') return await hashHere(work.password);
  return await verifyPassword(work.hash, work.password);
}

/** Passwords in a thread of their own; in this one where that cannot be had. */
export class PasswordThread {
  readonly #executable: string;
  readonly #idleMs: number;
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();

  /**
   * @param executable the path of this program, which calls `servePasswords` in a thread that is not the main one
   * @param idleMs after which the thread ends
   */
  constructor(executable: string, idleMs = IDLE_MS) {
    this.#executable = executable;
    this.#idleMs = idleMs;
  }

  /** Whether there is a thread now. */
  get isRunning(): boolean {
    return this.#worker !== null;
  }

  /** Passwords that are being hashed, or wait for that. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** As `verifyPassword`. */
  readonly verify = async (hash: string, password: string): Promise<boolean> =>
    (await this.#ask({ kind: 'verify', hash, password })) === true;

  /** As `hashHere`. */
  readonly hash = async (password: string): Promise<string> =>
    String(await this.#ask({ kind: 'hash', password }));

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#worker?.terminate();
  }

  async #ask(work: Work): Promise<unknown> {
    const id = this.#next++;
    const value = await new Promise((tell) => {
      this.#waiting.set(id, { work, tell });
      this.#started().postMessage({ id, work } satisfies Question);
    });
    return value ?? (await done(work));
  }

  #started(): Worker {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#executable);
    worker.unref();
    worker.on('message', ({ id, value }: Answer) => this.#answered(id, value));
    worker.on('error', () => {}); // 'exit' follows
    worker.on('exit', () => this.#ended(worker));
    this.#worker = worker;
    return worker;
  }

  #answered(id: number, value: unknown): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.tell(value);
    if (this.#waiting.size > 0) return;
    this.#timer = setTimeout(() => void this.#worker?.terminate(), this.#idleMs);
    this.#timer.unref();
  }

  /** What it has not answered is done in this thread. */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const id of [...this.#waiting.keys()]) this.#answered(id, null);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
