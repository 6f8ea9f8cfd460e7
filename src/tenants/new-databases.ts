import { dirname, resolve } from 'node:path';
import pLimit from 'p-limit';
import { monotonicMs } from '../clock.ts';
import { ensureStateDir } from '../database/state-dir.ts';
import { Failure, type Problem, problemOf } from '../failure.ts';
import { ownershipOfApplication } from '../rights/files.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { type Arrival, arrive } from './arrive.ts';
import { type Answers, Asking, NO_STORE, NONE, NOT_ASKED } from './ask-new.ts';
import type { MakingContext } from './made.ts';
import { type Making, once } from './make-new.ts';
import type { CommandContext, Limit } from './migrations.ts';
import { readMigrations } from './migrations.ts';
import { openSeen, type SeenDatabases } from './seen.ts';
import { canMake, ensureTemplate, readTemplate } from './template.ts';
import type { ProvedImage } from './tenant-image.ts';
import type { Arrived, NewDatabase, NewDatabases, NewEvent } from './tenant-model.ts';
import { NEW_DATABASE_MODE } from './tenants-settings.ts';
import { underTenantLock } from './under-lock.ts';

export interface NewDatabasesContext extends CommandContext {
  /** Resolves to null where no object store is configured. */
  readonly openStore: () => Promise<ObjectReader | null>;
  /** Milliseconds for all that is done under the update's lock. */
  readonly budgetMs: number;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
}

/** Events that are seen to at once. */
const CONCURRENCY = 4;
const SETTING = 'UPDATE_CONFIG_PREPARE_TIMEOUT';

/** What an update does for events that are new, in the order of `NewDatabases`. */
export function newDatabases(context: NewDatabasesContext): NewDatabases {
  const { dbDir } = context.site;
  const answers = new Map<string, Answers>();
  return {
    ask: async (events) => {
      const store = await storeOf(context);
      if (store.kind !== 'open') return;
      const { unexpected, budgetMs } = context;
      const { maxDatabaseBytes: maxBytes } = context.settings;
      const endsAt = monotonicMs() + budgetMs;
      const asking = new Asking({ store: store.reader, maxBytes, endsAt, unexpected });
      await pLimit(CONCURRENCY).map([...events], async (event) => {
        answers.set(event.name, await asking.ask(event, event.shared ? null : event.before));
      });
    },
    place: async (events) => {
      try {
        const store = await storeOf(context);
        const known = ({ name }: NewEvent): Answers => {
          if (store.kind === 'none') return NO_STORE;
          const now = store.kind === 'failed' ? { ...NOT_ASKED, problem: store.problem } : NOT_ASKED;
          return answers.get(name) ?? { now, before: NONE };
        };
        return await new Placing(context, ensureStateDir(dbDir)).all(events, known);
      } catch (error) {
        return events.map((event) => ({ event, problem: reportedProblem(context, error) }));
      }
    },
  };
}

type Opened =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly reader: ObjectReader }
  | { readonly kind: 'failed'; readonly problem: string };

async function storeOf(context: NewDatabasesContext): Promise<Opened> {
  try {
    const reader = await context.openStore();
    return reader ? { kind: 'open', reader } : { kind: 'none' };
  } catch (error) {
    return { kind: 'failed', problem: reportedProblem(context, error).message };
  }
}

function reportedProblem({ unexpected }: NewDatabasesContext, error: unknown): Problem {
  if (!(error instanceof Failure)) unexpected(error);
  return problemOf(error);
}

/** Puts them in place, within the time that there is for all of them. */
class Placing {
  readonly #context: NewDatabasesContext & MakingContext;
  readonly #stateDir: string;
  readonly #endsAt: number;
  /** Why there is no prepared database. */
  #obstacle: unknown = null;

  constructor(context: NewDatabasesContext, stateDir: string) {
    this.#context = { ...context, migrations: readMigrations(context.site.appRoot) ?? [] };
    this.#stateDir = stateDir;
    this.#endsAt = monotonicMs() + context.budgetMs;
  }

  async all(events: readonly NewEvent[], known: (event: NewEvent) => Answers): Promise<NewDatabase[]> {
    const seen = openSeen(this.#stateDir);
    try {
      const making = this.#making(seen);
      return await pLimit(CONCURRENCY).map([...events], async (event) => {
        try {
          return { event, arrived: await this.#one(making, event, known(event)) };
        } catch (error) {
          return { event, problem: reportedProblem(this.#context, error) };
        }
      });
    } finally {
      seen.close();
    }
  }

  #making(seen: SeenDatabases): Making {
    return {
      context: this.#context,
      seen,
      like: ownershipOfApplication(NEW_DATABASE_MODE),
      template: once(
        () => this.#template(),
        (error) => {
          if (!(error instanceof Failure)) this.#context.unexpected(error);
          this.#obstacle = error;
        },
      ),
      limitOf: () => this.#limit(),
      commands: pLimit(this.#context.settings.prepareConcurrency),
    };
  }

  /** Where there is none, it is made: the commands of the application then run once for all events. */
  async #template(): Promise<ProvedImage | null> {
    if (!canMake(this.#context)) return await readTemplate(this.#context, this.#stateDir, this.#left());
    const limits = { limitOf: () => this.#limit(), patienceMs: () => this.#left() };
    return await ensureTemplate(this.#context, this.#stateDir, limits);
  }

  async #one(making: Making, event: NewEvent, answers: Answers): Promise<Arrived> {
    const { path, name, facts } = event;
    const { dbDir } = this.#context.site;
    const stateDir = this.#stateDir;
    if (resolve(path) !== path || dirname(path) !== resolve(dbDir)) {
      throw new Failure('tenant-invalid', `the database ${JSON.stringify(name)} would not be in the db dir`, {
        hint: 'Rename that event, or its studio, in the index.',
      });
    }
    const lock = { stateDir, seen: making.seen, timeoutMs: this.#left() };
    return await underTenantLock(lock, event, async () => {
      const arrival: Arrival = {
        making: this.#context.migrations.length > 0 ? making : null,
        seen: making.seen,
        like: making.like,
        dbDir,
        stateDir,
        maxDatabaseBytes: this.#context.settings.maxDatabaseBytes,
        answers,
        before: event.before,
        patienceMs: () => this.#left(),
      };
      return await arrive(arrival, event, facts);
    });
  }

  #left(): number {
    return Math.max(1, this.#endsAt - monotonicMs());
  }

  #limit(): Limit {
    const words = `${this.#context.budgetMs / 1000} s for all new events (${SETTING})`;
    const ms = this.#left();
    if (ms > 1) return { ms, words };
    if (this.#obstacle instanceof Failure) throw this.#obstacle;
    throw new Failure('command-failed', `there was no time left to make it, of ${words}`, {
      hint: 'Nothing need be done: the ready hook makes it. Look why the commands of the application take so long.',
    });
  }
}
