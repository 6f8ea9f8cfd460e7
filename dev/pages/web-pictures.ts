/** Pictures of the pages of the web part, as they are while something happens in the demo's site. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Account } from '../sample/owners.ts';
import { startObjectStore } from '../store/server.ts';
import { WebRig } from '../web/rig.ts';
import type { Visitor } from '../web/visitor.ts';
import { sendDeploys } from './played-deploys.ts';

const KEYS = { accessKeyId: 'demo', secretAccessKey: 'demo-secret' };
/** Seconds that a machine without an answer is waited for: long enough for pictures of what is under way. */
const PATIENCE_S = 30;

/** Milliseconds for a page, and for its picture: eight machines are at work beside the browser. */
const LOAD_MS = 120_000;

/** How pages look: the name of a look, and what makes it. */
export interface Look {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  /** CSS pixels. */
  readonly width: number;
}

interface Wish {
  /** Whether pictures show whole pages, however long; else as much as a window of 900 CSS pixels does. */
  readonly isWhole: boolean;
  readonly looks: readonly Look[];
  /** Given each picture, named `<page>-<look>`. */
  readonly take: (name: string, png: Buffer) => void;
}

/** Goes through a request and its like with the real server, and takes pictures on the way. */
export async function takeWebPictures(browser: Browser, wish: Wish): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'web-pictures-'));
  const store = await startObjectStore({ dir, bucket: 'showcase', ...KEYS, port: 0 });
  try {
    const rig = await WebRig.start({
      machines: 8,
      store: {
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_ENDPOINT_URL_S3: store.endpoint,
      },
      env: { FLEET_TIMEOUT: String(PATIENCE_S) },
    });
    try {
      await rig.configUpdate();
      await rig.startServer();
      await goThrough(rig, browser, wish);
    } finally {
      await rig.close();
    }
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function goThrough(rig: WebRig, browser: Browser, wish: Wish): Promise<void> {
  const { owners, administrator: admin } = rig.sample;
  const [owner] = owners;
  if (!owner) throw new Error('the sample has no owners');
  const [visitor, administrator] = [rig.visitor(owner), rig.visitor(admin)];
  const { studio } = owner;
  const of = (account: Account) => (name: string, path: string) =>
    takePage(browser, wish, { rig, account, name, path });
  const [takeOwner, takeAdmin] = [of(owner), of(admin)];

  await takeOwner('request-form', `/studios/${studio}/request`);
  const first = await visitor.request(studio, {
    name: 'Spring Gala',
    firstDay: '2027-03-06',
    lastDay: '2027-03-07',
  });
  const { run } = await visitor.untilOver(first);
  await takeOwner('request-live', `/requests/${first}`);
  await takeAdmin('run', `/runs/${run}`);

  // Two machines are silent meanwhile.
  await rig.setFaults('hang-once=2');
  const second = await visitor.request(studio, { name: 'Summer Ball', firstDay: '2027-06-12', lastDay: '' });
  const moving = await untilMachinesAnswered(visitor, second, rig.machines.length - 2);
  await takeOwner('request-moving', `/requests/${second}`);
  await takeAdmin('run-moving', `/runs/${moving.run}`);
  await visitor.untilOver(second);

  const later = { name: 'Autumn Ball', firstDay: '2027-10-09', lastDay: '', later: '1' } as const;
  await administrator.request(owners[1]?.studio ?? studio, later);
  await takeOwner('requests', '/requests/');
  await takeOwner('password', '/password/');
  await untilMachinesKnown(administrator);
  await takeAdmin('overview', '/admin/');
  await takeAdmin('apply', '/admin/apply');
  await takeAdmin('events', '/admin/events/');
  await takeAdmin('studio', '/admin/studios/1');
  await takeAdmin('users', '/admin/users/');
  await takeAdmin('history', '/admin/history/');
  await takeAdmin('runs', '/runs/');
  const deploy = await sendDeploys(rig);
  await takeAdmin('deploys', '/deploys/');
  await takeAdmin('deploy', deploy);
  await takeAdmin('deploy-failed', `${deploy}?run=${await firstRunOf(administrator, deploy)}`);
}

/** The id of the run that a deploy began with. */
async function firstRunOf(administrator: Visitor, deploy: string): Promise<string> {
  const { runs } = await administrator.json<{ runs: readonly { id: string }[] }>(`${deploy}.json`);
  return runs[0]?.id ?? '';
}

/** The first page of administrators has them asked, and shows what is known. */
async function untilMachinesKnown(administrator: Visitor): Promise<void> {
  while ((await administrator.ask('/admin/')).text.includes('The machines are being asked')) await pause(200);
}

/** Resolves when so many machines have done what they were asked for. */
async function untilMachinesAnswered(visitor: Visitor, id: string, count: number): Promise<{ run: string }> {
  for (let known = ''; ; ) {
    const state = await visitor.json<{ change: { run: string | null }; known: string }>(
      `/requests/${id}/state?wait=25&known=${known}`,
    );
    known = state.known;
    const { run } = state.change;
    if (run === null) continue;
    const { events } = await visitor.events(run);
    const done = events.filter(
      ({ event }) => event.type === 'item' && event.phase === 'done' && event.kind === 'machine',
    );
    if (done.length >= count) return { run };
  }
}

async function takePage(
  browser: Browser,
  { isWhole, looks, take }: Wish,
  { rig, account, name, path }: { rig: WebRig; account: Account; name: string; path: string },
): Promise<void> {
  for (const { name: look, colorScheme, width } of looks) {
    const page = await browser.newPage({
      colorScheme,
      viewport: { width, height: 900 },
      httpCredentials: { username: account.userid, password: account.password },
    });
    try {
      // A page that watches something is never idle.
      const answer = await page.goto(`${rig.standIn.url}${path}`, { waitUntil: 'load', timeout: LOAD_MS });
      if (answer?.status() !== 200) throw new Error(`${path} answers ${answer?.status()}`);
      take(`${name}-${look}`, await page.screenshot({ fullPage: isWhole, timeout: LOAD_MS }));
    } finally {
      await page.close();
    }
  }
}
