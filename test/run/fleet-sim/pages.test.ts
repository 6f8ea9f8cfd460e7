import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SAMPLE_ADMINISTRATOR, SAMPLE_PASSWORD, SAMPLE_REMOVED_USER } from '../../../dev/sample/people.ts';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { FleetSimProcess, type Listed } from '../../support/fleet/fleet-sim.ts';
import { EXECUTABLE, ROOT } from '../../support/machine/machine.ts';
import type { Navigator } from '../../support/machine/planned.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';

const home = mkdtempSync(join(tmpdir(), 'fleet-sim-pages-'));
const index = makeSampleIndex();
let published: Published;
let fleet: FleetSimProcess;

beforeAll(async () => {
  published = await startPublished();
  await published.publish(index, new Date('2026-01-02T03:04:05Z'));
  const args = ['--machines', '3', '--regions', 'iad,syd,ams', '--states', 'suspended=1'];
  fleet = await FleetSimProcess.start([...args, '--cgi', EXECUTABLE, '--home', home], published.env);
});
afterAll(async () => {
  await fleet.stop();
  await published.close();
  rmSync(home, { recursive: true });
});

const machineIn = (region: string): Listed => {
  const found = fleet.machines.find((machine) => machine.region === region);
  if (!found) throw new Error(`no machine is in ${region}`);
  return found;
};
const basic = (userid: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`,
});
const ADA = basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password);
const forced = ({ id }: Listed): Record<string, string> => ({ 'Fly-Force-Instance-Id': id });

/** The path goes out as it stands, steps up included. */
async function get(path: string, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(fleet.url, { path: path.replace(/[^!-~]+/g, encodeURIComponent), headers }, resolve)
      .on('error', reject)
      .end();
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** The tenants of events that a machine has, by the file that its update wrote. */
function eventsOn({ id }: Listed): Navigator['applications']['tenants'] {
  const navigator: Navigator = parse(readFileSync(join(home, id, 'rails/config/navigator.yml'), 'utf8'));
  return navigator.applications.tenants.filter(({ var: { database } }) => /^\d/.test(database));
}

async function updateAll(): Promise<void> {
  for (const { id, state } of fleet.machines) {
    if (state === 'started') expect((await fleet.post(id)).status).toBe(200);
  }
}

describe('a page of a played machine', () => {
  it('is the maintenance page before the first update', async () => {
    expect((await get('/showcase/studios/')).status).toBe(503);
  });

  it('asks for a login unless it is public', async () => {
    await updateAll();
    const [event] = eventsOn(machineIn('syd'));
    const refused = await get(event?.path ?? '');
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Basic realm="Showcase"');
    for (const wrong of [
      basic('ada', 'foxtrot'),
      basic('nobody', 'x'),
      basic('ada', ''),
      { Authorization: 'Basic !' },
    ])
      expect((await get(event?.path ?? '', wrong)).status).toBe(401);
    expect((await get('/showcase/studiosfoo', {})).status).toBe(401);
    expect((await get('/showcase/regions/../users')).status).toBe(404);
    expect((await get('/showcase/users')).status).toBe(401);
  });

  it('names the event whose address it is, by the login of any user, and from whichever machine it is asked', async () => {
    for (const region of ['iad', 'syd']) {
      const [event] = eventsOn(machineIn(region));
      for (const asked of [machineIn('iad'), machineIn('syd')]) {
        for (const login of [ADA, basic('studio2', SAMPLE_PASSWORD)]) {
          const { status, body } = await get(`${event?.path}people?page=2`, { ...forced(asked), ...login });
          expect(status).toBe(200);
          expect(body).toContain(`<b>${event?.var.database}</b>`);
        }
      }
      expect((await get(event?.path ?? '', ADA)).status).toBe(200);
    }
  });

  it('says from which region a request was replayed', async () => {
    const own = eventsOn(machineIn('syd')).map(({ path }) => path);
    const others = new Set(eventsOn(machineIn('iad')).map(({ path }) => path));
    const path = own.find((each) => !others.has(each)) ?? '';
    const { body } = await get(`${path}x`, { ...forced(machineIn('iad')), ...ADA });
    expect(body).toContain(`machine ${machineIn('syd').id} in syd`);
    expect(await fleet.printed((line) => line.includes(`GET ${path}x`))).toContain('(replayed from iad)');
  });

  it('is none for an event that the index does not have', async () => {
    expect((await get('/showcase/2026/nowhere/', ADA)).status).toBe(404);
    expect((await get('/showcase/1999/boston/', ADA)).status).toBe(404);
    expect((await get('/showcase/%zz', ADA)).status).toBe(400);
  });

  it('is found without the slash at its end', async () => {
    const [event] = eventsOn(machineIn('iad'));
    const path = event?.path.slice(0, -1) ?? '';
    const { status, headers } = await get(path, { ...forced(machineIn('iad')), ...ADA });
    expect([status, headers['location']]).toEqual([302, event?.path]);
    expect((await get('/showcase')).status).toBe(401);
    expect((await get('/showcase', ADA)).headers['location']).toBe('/showcase/');
  });

  it('is the prerendered one where there is one, without a login', async () => {
    const { id } = machineIn('iad');
    const own = { ...forced(machineIn('iad')) };
    expect((await get('/showcase/studios/', own)).status).toBe(404);
    const env = { APP_ROOT: join(home, id, 'rails'), RAILS_DB_VOLUME: join(home, id, 'db') };
    await promisify(execFile)(join(ROOT, 'scripts/ready'), ['--only', 'pages'], {
      env: { ...process.env, ...env },
    });
    const { status, headers, body } = await get('/showcase/studios/', own);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toBe(readFileSync(join(env.APP_ROOT, 'public/studios/index.html'), 'utf8'));
    const boston = await get('/showcase/studios/boston', own);
    expect([boston.status, boston.headers['location']]).toEqual([301, '/showcase/studios/boston/']);
    expect((await get('/showcase/studios/boston/', own)).status).toBe(200);
  });

  it('is a new one as soon as an update has brought it, and closed to a user who has left', async () => {
    const gone = basic(SAMPLE_REMOVED_USER, SAMPLE_PASSWORD);
    const changed = changeSample(index).index;
    const find = () =>
      [machineIn('iad'), machineIn('syd')].flatMap(eventsOn).find(({ path }) => path.endsWith('/tea-dance/'));
    expect(find()).toBeUndefined();
    const path = eventsOn(machineIn('iad'))[0]?.path ?? '';
    expect((await get(path, gone)).status).toBe(200);
    await published.publish(changed, new Date('2026-01-02T03:05:00Z'));
    await updateAll();
    expect((await get(find()?.path ?? '', ADA)).status).toBe(200);
    expect((await get(path, gone)).status).toBe(401);
  });

  it('cannot be had where the machine that owns it is down, and can when it is back', async () => {
    const { id } = machineIn('syd');
    const others = new Set(eventsOn(machineIn('iad')).map(({ path }) => path));
    const path = eventsOn(machineIn('syd')).find((each) => !others.has(each.path))?.path ?? '';
    await fleet.api(`/${id}/stop`, { method: 'POST' });
    expect((await get(path, ADA)).status).toBe(502);
    expect((await get(path, { ...ADA, ...forced(machineIn('syd')) })).status).toBe(502);
    await fleet.api(`/${id}/start`, { method: 'POST' });
    expect((await get(path, ADA)).status).toBe(200);
  });

  it('meets no fault of an update', async () => {
    await fleet.setFaults('hang-once=2');
    const path = eventsOn(machineIn('iad'))[0]?.path ?? '';
    for (let at = 0; at < 4; at += 1) expect((await get(path, ADA)).status).toBe(200);
    expect(Object.keys((await fleet.status()).faults)).toHaveLength(2);
    await fleet.setFaults('');
  });

  it('is not played that another host or app serves', async () => {
    expect((await get('/showcase/password/reset')).status).toBe(502);
    expect((await get('/showcase/2026/boston/heats.pdf', ADA)).status).toBe(502);
  });
});

describe('machines that only answer', () => {
  it('have no pages', async () => {
    const plain = await FleetSimProcess.start(['--machines', '1', '--etag', 'abc']);
    try {
      expect((await fetch(`${plain.url}/showcase/studios/`)).status).toBe(404);
    } finally {
      await plain.stop();
    }
  });
});
