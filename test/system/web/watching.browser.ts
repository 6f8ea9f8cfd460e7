import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../dev/pages/chromium.ts';
import { html } from '../../../src/html/html.ts';
import { showPage } from '../../../src/web/reply.ts';
import type { Route } from '../../../src/web/route.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import { ticketFor } from '../../../src/web/run/live-ticket.ts';
import { PlayedUpdate } from '../../support/runs/played-update.ts';
import { ACCOUNTS } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

/** What a page of a run was told, by the client's own module. */
interface Told {
  readonly numbers: number[];
  readonly states: string[];
  readonly connections: string[];
  isOver: boolean;
}
interface Window {
  readonly client: typeof import('../../../src/web/client/watch-run.ts');
  told: Told;
}

const SCRIPT = resolve(import.meta.dirname, '../../../src/web/client/watch-run.ts');
const home = mkdtempSync(join(tmpdir(), 'watching-'));
let browser: Browser;
let routes: Route[];
const played: PlayedUpdate[] = [];

beforeAll(async () => {
  const options = { bundle: true, write: false, format: 'iife', globalName: 'client' } as const;
  const { outputFiles } = await build({ entryPoints: [SCRIPT], ...options });
  const [script] = outputFiles;
  routes = [
    { method: 'GET', path: '/probe.js', who: 'public', answer: () => new Response(script?.text, JAVASCRIPT) },
    {
      method: 'GET',
      path: '/probe/page',
      who: 'user',
      answer: (call) =>
        showPage(call, { title: 'A run', section: null, main: html`<script src="../probe.js"></script>` }),
    },
    ...ROUTES,
  ];
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  for (const one of played) one.close();
  rmSync(home, { recursive: true });
});

const JAVASCRIPT = { headers: { 'Content-Type': 'text/javascript' } };

/** A run that waits in its middle, and a page that does not watch it yet. */
async function held() {
  const update = new PlayedUpdate(join(home, `${played.length}`));
  played.push(update);
  update.hold();
  const server = await startWeb({ command: update.command, routes });
  const { runs } = server.context;
  const run = runs.change(runs.publish(ACCOUNTS.user.userid, 'administrator'))?.run ?? '';
  await expect.poll(() => runs.run(run)?.state).toBe('running');
  const { userid: username, password } = ACCOUNTS.user;
  const context = await browser.newContext({ httpCredentials: { username, password } });
  const page = await context.newPage();
  await page.goto(`${server.url}/probe/page`);
  return { server, run, page, letGo: () => update.letGo() };
}

async function watch(page: Page, run: string, { context }: TestServer): Promise<void> {
  const ticket = ticketFor(run, ACCOUNTS.user, context.seals);
  await page.evaluate(
    ([id, pass]) => {
      const here = window as unknown as Window;
      const told: Told = { numbers: [], states: [], connections: [], isOver: false };
      here.told = told;
      here.client.watchRun({
        id,
        socket: '../live',
        poll: `../runs/${id}/events`,
        after: 0,
        ticket: pass,
        onState: ({ state }) => told.states.push(state),
        onEvent: (_, seq) => told.numbers.push(seq),
        onEnd: () => {
          told.isOver = true;
        },
        onConnection: (connection) => told.connections.push(connection),
      });
    },
    [run, ticket] as const,
  );
}

const toldTo = (page: Page): Promise<Told> => page.evaluate(() => (window as unknown as Window).told);

it('a page hears a run by its WebSocket, from the beginning to the end', async () => {
  const { server, run, page, letGo } = await held();
  const polls: string[] = [];
  page.on('request', (request) => polls.push(request.url()));
  await watch(page, run, server);
  await expect.poll(async () => (await toldTo(page)).states).toEqual(['running']);
  await letGo();
  await expect.poll(async () => (await toldTo(page)).isOver).toBe(true);
  const told = await toldTo(page);
  expect(told.numbers).toEqual([1, 2]);
  expect(told.states.at(-1)).toBe('done');
  expect(told.connections).toEqual(['connected']);
  expect(polls.filter((url) => url.includes('/events'))).toEqual([]);
});

it('a page hears a run by long polls where no WebSocket comes through', async () => {
  const { server, run, page, letGo } = await held();
  await page.routeWebSocket(/\/live/, (socket) => socket.close());
  await watch(page, run, server);
  await expect.poll(async () => (await toldTo(page)).connections).toContain('connected');
  await letGo();
  await expect.poll(async () => (await toldTo(page)).isOver).toBe(true);
  expect((await toldTo(page)).numbers).toEqual([1, 2]);
});

it('a page that nobody answers says that it is not connected, and misses nothing', async () => {
  const { server, run, page, letGo } = await held();
  let isCut = true;
  await page.routeWebSocket(/\/live/, (socket) => (isCut ? socket.close() : socket.connectToServer()));
  await page.route(/\/events/, (route) => (isCut ? route.abort() : route.continue()));
  await watch(page, run, server);
  await expect.poll(async () => (await toldTo(page)).connections).toContain('lost');
  await letGo();
  await expect.poll(() => server.context.runs.run(run)?.state).toBe('done');
  expect((await toldTo(page)).numbers).toEqual([]);
  isCut = false;
  await expect.poll(async () => (await toldTo(page)).isOver).toBe(true);
  const told = await toldTo(page);
  expect([told.numbers, told.connections.at(-1)]).toEqual([[1, 2], 'connected']);
});

it('a page whose login ends says that it has to be loaded again', async () => {
  const { server, run, page } = await held();
  await page.routeWebSocket(/\/live/, (socket) => socket.close());
  await page.route(/\/events/, (route) => route.fulfill({ status: 401 }));
  await watch(page, run, server);
  await expect.poll(async () => (await toldTo(page)).connections).toEqual(['refused']);
});
