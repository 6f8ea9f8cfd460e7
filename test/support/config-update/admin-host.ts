import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { type Answered, Machine, ROOT, type RunOptions } from '../machine/machine.ts';
import { startPublished } from '../machine/published.ts';
import { PlayedFleet } from './played-fleet.ts';

export const CONFIG_UPDATE = join(ROOT, 'scripts/config-update');

type Listed = { readonly id: string; readonly state?: string; readonly region?: string };

/** An admin host with an index, on a store and a fleet that tests share. */
export class AdminHost extends Machine {
  constructor(env: Record<string, string>, index: Buffer = makeSampleIndex()) {
    super(env);
    this.env = { ...this.env, HOME: this.home, FLY_CLI_PATH: join(this.home, 'flyctl') };
    this.list({ id: 'm1' }, { id: 'm2', region: 'syd' });
    this.put(index);
  }

  /** What flyctl will list. */
  list(...machines: Listed[]): void {
    const rows = machines.map((one) => ({ state: 'started', region: 'iad', ...one }));
    const path = join(this.home, 'flyctl');
    writeFileSync(path, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(rows)}\nEND\n`);
    chmodSync(path, 0o755);
  }

  put(index: Buffer, at = new Date()): void {
    writeFileSync(this.path('index.sqlite3'), index);
    utimesSync(this.path('index.sqlite3'), at, at);
  }

  configUpdate(args: readonly string[] = [], options: RunOptions = {}): Promise<Answered> {
    return this.run(args, { ...options, executable: CONFIG_UPDATE });
  }
}

/** A store and a fleet, and admin hosts that are pointed at both. Everything ends with `close()`. */
export async function startScene() {
  const published = await startPublished();
  const fleet = await PlayedFleet.start(published.store);
  const hosts: AdminHost[] = [];
  return {
    published,
    fleet,
    host(index?: Buffer, env: Record<string, string> = {}): AdminHost {
      const urls = { FLEET_FLY_URL: fleet.url, FLEET_KAMAL_URL: fleet.url };
      const host = new AdminHost({ ...published.env, ...urls, ...env }, index);
      hosts.push(host);
      return host;
    },
    async close() {
      for (const host of hosts) host.remove();
      await fleet.close();
      await published.close();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;
