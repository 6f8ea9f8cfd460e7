import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import type { Change, ChangeState } from '../../../src/runs/run-model.ts';
import { PlayedUpdate, report, told } from '../runs/played-update.ts';
import { atEnd } from '../suite/at-end.ts';
import { EventSite } from './event-site.ts';
import { fleetBodies } from './fleet-events.ts';
import type { Role } from './web-people.ts';
import { startWeb, type TestServer } from './web-server.ts';

/** A server with a config-update that is played, and a public site that has the events. */
export interface RequestRig extends TestServer {
  readonly played: PlayedUpdate;
  readonly site: EventSite;
  /** The next run that starts says the first of these lines, all but the last where absent, and waits until it is released. */
  hold(lines?: string, first?: number): Held;
  /** Sends a request for an event of the owner's studio; gives the id of the change. */
  request(fields: Readonly<Record<string, string>>, as?: Role): Promise<string>;
  change(id: string): Change;
  /** Resolves when a change is in one of these states. */
  reaches(id: string, ...states: ChangeState[]): Promise<Change>;
}

/** A run that waits. */
export interface Held {
  /** Lets it go on. */
  release(): void;
}

/** A run over these machines that ends so, as lines; one that ends well where absent. */
export function linesOfRun(ends: FleetReport = report()): string {
  return told(ends, fleetBodies(ends));
}

/** Starts one, which ends with the tests of the file. */
export async function startRequests(env: NodeJS.ProcessEnv = {}): Promise<RequestRig> {
  const home = mkdtempSync(join(tmpdir(), 'requests-'));
  const played = new PlayedUpdate(join(home, 'played'));
  const site = await EventSite.start();
  const server = await startWeb({ command: played.command, env: { PUBLIC_URL_FLY: site.url, ...env } });
  let gates = 0;
  const opened: number[] = [];
  atEnd(async () => {
    await server.end();
    for (const fd of opened) closeSync(fd);
    played.close();
    rmSync(home, { recursive: true });
  });
  const { runs } = server.context;
  const change = (id: string): Change => runs.change(id) ?? expect.unreachable(`no change ${id}`);
  return {
    ...server,
    played,
    site,
    change,
    hold: (lines = linesOfRun(), first = lines.trimEnd().split('\n').length - 1) => {
      const [gate, rest] = [join(home, `gate-${++gates}`), join(home, `rest-${gates}`)];
      const all = lines.trimEnd().split('\n');
      execFileSync('mkfifo', [gate]);
      writeFileSync(
        rest,
        all
          .slice(first)
          .map((line) => `${line}\n`)
          .join(''),
      );
      const said = all
        .slice(0, first)
        .map((line) => `${line}\n`)
        .join('');
      // For that start alone: what is played must not change while it is read.
      played.play({ lines: said, last: `read -r go <'${gate}'; cat '${rest}'` }, played.starts.length + 1);
      return {
        release: () => {
          // Open for reading, too, so that it waits for nobody; and open until it is read.
          const fd = openSync(gate, 'r+');
          opened.push(fd);
          writeSync(fd, 'go\n');
        },
      };
    },
    request: async (fields, as = 'owner') => {
      const answer = await server.post(`/studios/${server.studios.owned}/request`, fields, as);
      const id = /\/requests\/([^?]+)\?go=1$/.exec(answer.headers.get('location') ?? '')?.[1];
      return id ?? expect.unreachable(`${answer.status} ${await answer.text()}`);
    },
    reaches: async (id, ...states) => {
      const { signal } = new AbortController();
      while (!states.includes(change(id).state)) await runs.waitForChange(id, 60_000, signal);
      return change(id);
    },
  };
}

/** What an owner types. */
export const GALA = { name: 'Spring Gala', firstDay: '2027-03-05', lastDay: '2027-03-07' } as const;
