import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { runProgram } from '../../web/child.ts';
import { connectDashboard } from '../../web/reported-runs.ts';
import type { WebRig } from '../../web/rig.ts';
import { openWatchers, runSender, storeRate, timeTold } from '../dashboard-parts.ts';
import type { SenderFigures } from '../dashboard-sender.ts';
import type { WatchersFigures } from '../dashboard-watchers.ts';
import { median } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, table } from '../table.ts';
import { residentMiB, serverCpuMs, withSite } from '../web-site.ts';

const MACHINES = 8;
/** Milliseconds that a played machine takes. */
const DELAY_MS = 300;
const WATCHERS = 50;
const RATE = 1000;
const LINES = 100_000;
/** As our sender has them at most. */
const BATCH = 200;
const ROUNDS = 3;
const PROJECTS = ['one', 'two', 'three', 'four'];

/** Most that it may be; of lines stored a second the least. */
const GOALS = { healthyMs: 100, hangingMs: 3000, deadMs: 3000, lines: 20_000, liveMs: 300 };

const KINDS = ['none', 'healthy', 'hanging', 'dead'] as const;
type Kind = (typeof KINDS)[number];

/** Lines a second, by the clock and by the CPU time of the server. */
interface Stored {
  readonly rates: readonly number[];
  readonly byCpu: number;
}

interface Figures {
  readonly runs: Readonly<Record<Kind, readonly number[]>>;
  readonly stored: Stored;
  readonly live: WatchersFigures;
  readonly seconds: number;
  /** Lines of the run whose memory is looked at. */
  readonly said: number;
  readonly sender: SenderFigures;
  readonly idleSender: SenderFigures;
  readonly server: { readonly before: number; readonly after: number };
}

const section: Section = {
  title: 'A dashboard: what a run costs, what one server stores and shows, memory',
  packages: ['better-sqlite3', 'hono', '@hono/node-server', 'ws'],
  measure: ({ quick }) =>
    withSite({ machines: MACHINES, playedMs: DELAY_MS }, async (rig) => {
      await rig.startServer();
      const key = await connectDashboard(rig);
      await rig.configUpdate();
      const runs = await measureRuns(rig, key, quick ? 2 : 7);
      const before = residentMiB(rig);
      const seconds = quick ? 3 : 20;
      const live = await measureLive(rig, key, seconds);
      const idleSender = await runSender(rig, { key, deployId: 'idle', lines: 0, rate: null });
      const said = quick ? LINES / 10 : LINES;
      const sender = await runSender(rig, { key, deployId: 'large', lines: said, rate: null });
      const after = residentMiB(rig);
      const stored = await measureStored(rig, key, quick ? 20 : 250);
      return render({ runs, stored, live, seconds, said, sender, idleSender, server: { before, after } });
    }),
};
export default section;

/** Milliseconds of whole runs, one of each kind after the other, so that other work disturbs all of them alike. */
async function measureRuns(rig: WebRig, key: string, times: number): Promise<Figures['runs']> {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
  const gone = createServer();
  for (const server of [silent, gone]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = (server: typeof silent): string => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/deploys`;
  };
  const urls: Readonly<Record<Kind, string | null>> = {
    ...{ none: null, healthy: `${rig.serverUrl}/api/deploys`, hanging: url(silent), dead: url(gone) },
  };
  gone.close();
  const runs: Record<Kind, number[]> = { none: [], healthy: [], hanging: [], dead: [] };
  try {
    for (const kind of ['none', 'healthy'] as const) await timeTold(rig, key, urls[kind]); // fills the code cache
    for (let left = times; left > 0; left -= 1) {
      for (const kind of KINDS) runs[kind].push(await timeTold(rig, key, urls[kind]));
    }
    return runs;
  } finally {
    silent.close();
    for (const socket of sockets) socket.destroy();
  }
}

async function measureLive(rig: WebRig, key: string, seconds: number): Promise<WatchersFigures> {
  const opened: Awaited<ReturnType<typeof openWatchers>>[] = [];
  await runSender(rig, {
    ...{ key, deployId: 'live', lines: seconds * RATE, rate: RATE },
    watch: async (run) => {
      opened.push(await openWatchers(rig, run, WATCHERS));
    },
  });
  const figures = await opened[0]?.seen;
  if (figures?.lines !== seconds * RATE * WATCHERS) throw new Error('some watchers missed some lines');
  return figures;
}

async function measureStored(rig: WebRig, key: string, batches: number): Promise<Stored> {
  for (const project of PROJECTS) {
    const keys = ['keys', 'add', '--project', project, '--file', `${rig.env['APP_ROOT']}/deploy.key`];
    await runProgram([`${rig.env['APP_ROOT']}/scripts/showcase-web`, ...keys], rig.env);
  }
  const rates: number[] = [];
  const began = serverCpuMs(rig);
  for (let left = ROUNDS; left > 0; left -= 1)
    rates.push(await storeRate(rig, key, { projects: PROJECTS, batches, lines: BATCH }));
  const lines = ROUNDS * PROJECTS.length * batches * BATCH;
  return { rates, byCpu: (1000 * lines) / (serverCpuMs(rig) - began) };
}

function render({ runs, stored, live, seconds, said, sender, idleSender, server }: Figures): string {
  const none = median(runs.none);
  const costs = (kind: Kind, most: number | null) => {
    const own = median(runs[kind]);
    return [
      kind,
      ms(own),
      ms(Math.min(...runs[kind])),
      ms(own - none),
      goal(Math.round(own - none), most, 'ms'),
    ];
  };
  const lines = Math.round(median(stored.rates));
  const isMet = lines >= GOALS.lines ? 'met' : 'MISSED';
  return [
    `A run of config-update over ${MACHINES} machines that take ${DELAY_MS} ms each, the whole process, ${runs.none.length} times of each kind in turn:`,
    table(
      ['dashboard', 'median', 'fastest', 'more than without', 'goal'],
      [
        costs('none', null),
        costs('healthy', GOALS.healthyMs),
        costs('hanging', GOALS.hangingMs),
        costs('dead', GOALS.deadMs),
      ],
    ),
    table(
      ['', 'figure', 'goal'],
      [
        [
          `lines a second that one server stores: ${PROJECTS.length} senders at once, batches of ${BATCH}, over HTTP`,
          lines.toLocaleString('en-US'),
          `at least ${GOALS.lines.toLocaleString('en-US')}: ${isMet}`,
        ],
        [
          "the same by the server's CPU time, whatever else the machine does",
          Math.round(stored.byCpu).toLocaleString('en-US'),
          '',
        ],
        [
          `from a line's own time until a watcher has it, ${RATE.toLocaleString('en-US')} lines a second for ${seconds} s, ${WATCHERS} watchers: half of them`,
          ms(live.p50),
          '',
        ],
        ['the same: 99 of 100', ms(live.p99), goal(Math.round(live.p99), GOALS.liveMs, 'ms')],
        ['peak memory of a sender that says nothing', mib(idleSender.peakMiB), ''],
        [`the same with ${said.toLocaleString('en-US')} lines at once`, mib(sender.peakMiB), ''],
        ['memory of the server before these lines', mib(server.before), ''],
        ['memory of the server after them', mib(server.after), ''],
      ],
    ),
  ].join('\n\n');
}
