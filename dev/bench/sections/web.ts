import { performance } from 'node:perf_hooks';
import type { WebRig } from '../../web/rig.ts';
import { median, quantile } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, mib, ms, table } from '../table.ts';
import { PARTS, type RequestParts, timeRequest } from '../web-request.ts';
import { askForRun, quietMiB, residentMiB, timeStart, untilRunEnds, withSite } from '../web-site.ts';
import { timeWatchers } from '../web-watchers.ts';

const MACHINES = 8;
/** Milliseconds that a played machine takes. */
const DELAY_MS = 300;
const WATCHERS = 200;
const EVENTS = 1000;
const RUNS = 1000;

/** Most that it may be. */
const GOALS = { requestMs: 3000, watcherMs: 50, pageMs: 15, pageKb: 100, idleMiB: 100, startMs: 300 };

const section: Section = {
  title: 'The web part: requests, watchers, pages, memory',
  packages: ['better-sqlite3', 'hono', '@hono/node-server', 'ws'],
  async measure({ quick }) {
    const real = await withSite({ machines: MACHINES }, (rig) => measureRequests(rig, quick ? 2 : 11));
    const waits = await withSite({ machines: MACHINES, playedMs: DELAY_MS }, async (rig) => {
      await rig.startServer();
      await timeWatchers(rig, WATCHERS); // everything is compiled
      return await timeWatchers(rig, WATCHERS);
    });
    const pages = await withSite({ machines: MACHINES, playedMs: 0, sample: { events: EVENTS } }, (rig) =>
      measurePages(rig, quick ? 20 : 300),
    );
    const server = await withSite({ machines: MACHINES, playedMs: 0 }, (rig) =>
      measureServer(rig, quick ? 3 : 21, quick ? 50 : RUNS),
    );
    return [renderRequests(real), renderPages(pages), renderRest(waits, server)].join('\n\n');
  },
};
export default section;

async function measureRequests(rig: WebRig, times: number): Promise<readonly RequestParts[]> {
  await rig.configUpdate();
  await rig.startServer();
  await timeRequest(rig, 0); // everything is compiled
  const requests: RequestParts[] = [];
  for (let at = 1; at <= times; at += 1) requests.push(await timeRequest(rig, at));
  return requests;
}

interface PageFigures {
  readonly path: string;
  readonly times: readonly number[];
  /** Bytes of the page alone. */
  readonly bytes: number;
}

interface Pages {
  readonly pages: readonly PageFigures[];
  /** Bytes of the script and the style, which all of them have. */
  readonly shared: number;
}

async function measurePages(rig: WebRig, times: number): Promise<Pages> {
  await rig.configUpdate();
  await rig.startServer();
  const administrator = rig.visitor(rig.sample.administrator);
  const studio = rig.sample.owners[0]?.studio ?? '';
  const id = await administrator.request(studio, { name: 'Bench', firstDay: '2027-01-01', lastDay: '' });
  const { change } = await administrator.json<{ change: { run: string } }>(`/requests/${id}/state`);
  await untilRunEnds(administrator, change.run);
  const paths = [
    ...['/requests/', `/studios/${studio}/request`, `/requests/${id}`, `/runs/${change.run}`],
    ...['/runs/', '/admin/', '/admin/apply', '/admin/events/', '/admin/studios/', '/admin/users/'],
    ...['/admin/regions/', '/admin/history/', '/password/'],
  ];
  const direct = rig.visitor(rig.sample.administrator, rig.serverUrl);
  const pages: PageFigures[] = [];
  for (const path of paths) pages.push(await measurePage(direct, path, times));
  const { text } = await direct.ask('/requests/');
  const assets = [...text.matchAll(/"[./]*(\/web\/[\w.-]+)"/g)].map(([, path = '']) => direct.ask(path));
  const sizes = (await Promise.all(assets)).map((asset) => Buffer.byteLength(asset.text));
  return { pages, shared: sizes.reduce((sum, size) => sum + size, 0) };
}

async function measurePage(
  visitor: ReturnType<WebRig['visitor']>,
  path: string,
  times: number,
): Promise<PageFigures> {
  const taken: number[] = [];
  let bytes = 0;
  for (let left = times + 5; left > 0; left -= 1) {
    const began = performance.now();
    const { status, text } = await visitor.ask(path);
    if (left <= times) taken.push(performance.now() - began);
    if (status !== 200) throw new Error(`${path} answers ${status}`);
    bytes = Buffer.byteLength(text);
  }
  return { path, times: taken, bytes };
}

interface ServerFigures {
  readonly starts: readonly number[];
  /** Just after the first page that somebody has logged in for. */
  readonly loginMiB: number;
  readonly idleMiB: number;
  readonly runs: number;
  readonly laterMiB: number;
}

/** A run is what a real one has said, said again. */
async function measureServer(rig: WebRig, starts: number, runs: number): Promise<ServerFigures> {
  const said = await rig.configUpdate('--events');
  await timeStart(rig); // fills the code cache
  const times: number[] = [];
  for (let left = starts; left > 0; left -= 1) times.push(await timeStart(rig));
  await rig.startServer();
  const administrator = rig.visitor(rig.sample.administrator);
  await administrator.ask('/requests/');
  const loginMiB = residentMiB(rig);
  const idleMiB = await quietMiB(rig);
  rig.playConfigUpdate(`cat <<'END'\n${said}END`);
  for (let left = runs; left > 0; left -= 1)
    await untilRunEnds(administrator, await askForRun(administrator));
  return { starts: times, loginMiB, idleMiB, runs, laterMiB: await quietMiB(rig) };
}

function renderRequests(requests: readonly RequestParts[]): string {
  const wholes = requests.map((parts) => parts.reduce((sum, part) => sum + part, 0));
  const whole = median(wholes);
  const rows = PARTS.map((words, at) => {
    const part = median(requests.map((parts) => parts[at] ?? Number.NaN));
    return [words, ms(part), `${Math.round((100 * part) / whole)}%`];
  });
  return [
    `From sending the form to the answer of the event's own address, with ${MACHINES} machines that run the real update_config and share the CPUs of this one: ${ms(whole)} (fastest ${ms(Math.min(...wholes))}; goal: ${goal(Math.round(whole), GOALS.requestMs, 'ms')}; the platform promises 60 s).`,
    table(['of that', 'median', 'share'], rows),
  ].join('\n\n');
}

function renderPages({ pages, shared }: Pages): string {
  const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  const rows = pages.map(({ path, times, bytes }) => [
    `\`${path.replace(/\/\w{26}$/, '/ID')}\``,
    `${median(times).toFixed(1)} ms`,
    `${quantile(times, 0.99).toFixed(1)} ms`,
    kb(bytes),
    kb(bytes + shared),
  ]);
  const slowest = Math.max(...pages.map(({ times }) => median(times)));
  const largest = Math.max(...pages.map(({ bytes }) => bytes + shared)) / 1000;
  return [
    `Pages with ${EVENTS.toLocaleString('en-US')} events, as an administrator sees them, asked of the server one after another:`,
    table(['page', 'p50', 'p99', 'the page', 'with script and style'], rows),
    `- The slowest takes ${slowest.toFixed(1)} ms (goal for the median: ${goal(Number(slowest.toFixed(1)), GOALS.pageMs, 'ms')}).\n- The largest has ${largest.toFixed(1)} kB with everything, not compressed (goal: ${goal(Number(largest.toFixed(1)), GOALS.pageKb, 'kB')}).`,
  ].join('\n\n');
}

function renderRest(
  waits: readonly number[],
  { starts, loginMiB, idleMiB, runs, laterMiB }: ServerFigures,
): string {
  const late = quantile(waits, 0.99);
  const start = median(starts);
  return table(
    ['', 'median', 'most', 'goal'],
    [
      [
        `from an event to ${WATCHERS} open pages (most: 99 of 100)`,
        ms(median(waits)),
        ms(late),
        goal(late, GOALS.watcherMs, 'ms'),
      ],
      [
        'from its start until the server listens',
        ms(start),
        ms(Math.max(...starts)),
        goal(Math.round(start), GOALS.startMs, 'ms'),
      ],
      ['memory just after a login', mib(loginMiB), '', ''],
      ['memory of the idle server', mib(idleMiB), '', goal(Math.round(idleMiB), GOALS.idleMiB, 'MiB')],
      [`memory after ${runs.toLocaleString('en-US')} runs`, mib(laterMiB), '', ''],
    ],
  );
}
