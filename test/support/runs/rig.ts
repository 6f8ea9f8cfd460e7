import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createRuns, type RunsContext } from '../../../src/runs/create-runs.ts';
import type { Change, ChangeState, NewChange, RunState } from '../../../src/runs/run-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { newChange, playedParts } from './parts.ts';
import { PlayedUpdate } from './played-update.ts';

/** A room of its own in a temporary directory, with a config-update that is played. */
export class Rig {
  readonly home = mkdtempSync(join(tmpdir(), 'runs-'));
  readonly played = new PlayedUpdate(join(this.home, 'played'));
  readonly problems: string[] = [];
  runs: Runs;

  constructor(context: Partial<RunsContext> = {}) {
    mkdirSync(join(this.home, 'db'));
    this.runs = this.open(context);
  }

  /** Opens the room again, after it was closed. */
  open(context: Partial<RunsContext> = {}): Runs {
    const report = (problem: string) => void this.problems.push(problem);
    this.runs = createRuns({ ...playedParts(this.home, this.played), report, ...context });
    return this.runs;
  }

  async close(): Promise<void> {
    await this.runs.close();
    this.played.close();
    rmSync(this.home, { recursive: true });
  }

  /** Somebody changes the index, and asks for a run; gives the change's id. */
  save(subject: string, more: Partial<NewChange> = {}, publish = true): string {
    const id = this.runs.intend(newChange(subject, more));
    this.played.put(subject);
    this.runs.saved(id, { publish });
    return id;
  }

  change(id: string): Change {
    return this.runs.change(id) ?? expect.unreachable('no such change');
  }

  /** Resolves when a change is in one of these states. */
  async reaches(id: string, ...states: ChangeState[]): Promise<Change> {
    await expect.poll(() => this.change(id).state, { interval: 2 }).toBeOneOf(states);
    return this.change(id);
  }

  /** Resolves when there are as many runs in that state. */
  async has(state: RunState, count: number): Promise<void> {
    await expect.poll(() => this.runs.runs({ states: [state] }).total, { interval: 2 }).toBe(count);
  }

  /** States of all runs, oldest first. */
  get states(): RunState[] {
    return this.runs
      .runs({ limit: 1000 })
      .rows.map(({ state }) => state)
      .reverse();
  }
}
