import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createRuns, type RunsContext } from '../../../src/runs/create-runs.ts';
import type { Delivery } from '../../../src/runs/hooks/webhook-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { createWebhooks, type Webhooks } from '../../../src/webhooks/create-webhooks.ts';
import { readEndpoints } from '../../../src/webhooks/endpoints.ts';
import type { WebhookLimits } from '../../../src/webhooks/webhook-limits.ts';
import { playedParts } from '../runs/parts.ts';
import { PlayedUpdate } from '../runs/played-update.ts';

/** Pauses that a test need not wait for. */
const QUICK: Partial<WebhookLimits> = {
  pausesMs: [5, 10, 15, 20, 25],
  attemptMs: 60_000,
  endMs: 20,
  diskPauseMs: 5,
};

/** Runs over a played config-update, and endpoints that are told of them. */
export class WebhookRoom {
  readonly home: string;
  readonly played: PlayedUpdate;
  readonly problems: string[] = [];
  runs!: Runs;
  webhooks!: Webhooks;

  constructor(home = mkdtempSync(join(tmpdir(), 'webhooks-'))) {
    this.home = home;
    mkdirSync(join(home, 'db'), { recursive: true });
    this.played = new PlayedUpdate(join(home, 'played'));
  }

  /** @param env with the settings of endpoints */
  open(env: NodeJS.ProcessEnv, limits: Partial<WebhookLimits> = {}, parts: Partial<RunsContext> = {}): this {
    const endpoints = readEndpoints(env);
    const report = (problem: string): void => void this.problems.push(problem);
    let webhooks: Webhooks | null = null;
    this.runs = createRuns({
      ...playedParts(this.home, this.played),
      report,
      endpoints,
      runUrl: (id) => `https://admin.example/runs/${id}`,
      heard: () => webhooks?.wake(),
      ...parts,
    });
    webhooks = createWebhooks({
      ...{ outbox: this.runs.outbox, endpoints, report },
      limits: { ...QUICK, ...limits },
    });
    this.webhooks = webhooks;
    return this;
  }

  start(): this {
    this.runs.start();
    this.webhooks.start();
    return this;
  }

  async close(): Promise<void> {
    await this.webhooks.close();
    await this.runs.close();
  }

  remove(): void {
    this.played.close();
    rmSync(this.home, { recursive: true });
  }

  /** Newest first. */
  get deliveries(): readonly Delivery[] {
    return this.runs.outbox.list({ page: 1, limit: 1000 }).rows;
  }

  /** Resolves when as many deliveries as these are in that state. */
  async reach(state: Delivery['state'], count: number): Promise<void> {
    await expect
      .poll(() => this.deliveries.filter((one) => one.state === state).length, { interval: 5 })
      .toBe(count);
  }
}
