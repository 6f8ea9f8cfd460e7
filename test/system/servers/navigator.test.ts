import { EventEmitter, once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../../../dev/sample/sample.ts';
import { FEW } from '../../support/indexes/few.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { basic, EXECUTABLE, Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { type CgiRun, NavigatorCgi } from '../../support/servers/navigator-cgi.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';

const FIRST = makeSampleIndex(FEW);
const SECOND = changeSample(FIRST).index;

let published: Published;
let proxy: FaultProxy;
let machine: Machine;
let navigator: NavigatorCgi;
let whileLoading: () => Promise<number | undefined>;

beforeAll(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
});
afterAll(async () => {
  await proxy.close();
  await published.close();
});
beforeEach(async () => {
  proxy.plan(() => undefined);
  await published.publish(FIRST, new Date('2026-01-02T03:04:05Z'));
  machine = new Machine(storeEnvironment(published.settings, proxy.endpoint));
  whileLoading = async () => undefined;
  navigator = await NavigatorCgi.start({
    script: EXECUTABLE,
    appRoot: machine.appRoot,
    env: { PATH: process.env['PATH'] ?? '', ...machine.env },
    whileLoading: () => whileLoading(),
  });
});
afterEach(async () => {
  await navigator.close();
  machine.remove();
});

const publishSecond = () => published.publish(SECOND, new Date('2026-01-02T03:05:00Z'));
const config = () => readFileSync(navigator.configPath, 'utf8');

/** An answer, once Navigator is done with it: it looks at the configuration only when the client has its answer. */
async function post(
  init: RequestInit = {},
  query = '',
): Promise<{ status: number; text: string; run: CgiRun }> {
  const run = navigator.run();
  const response = await fetch(navigator.url + query, { method: 'POST', ...init });
  return { status: response.status, text: await response.text(), run: await run };
}

describe('Navigator', () => {
  it('reloads after an update, and not when nothing changed', async () => {
    expect(await post()).toMatchObject({ status: 200, run: { reloaded: true } });
    expect(navigator.loads).toEqual([config()]);
    // The file is dated a second ahead so that nothing is missed, which may cost reloads until that second is over.
    while (Date.now() <= statSync(navigator.configPath).mtimeMs) await post();
    await post();
    const { text, run } = await post();
    expect(text).toContain('"outcome":"unchanged"');
    expect(run).toMatchObject({ reloaded: false, exitCode: 0 });
  });

  it('reloads when only htpasswd and the index changed', async () => {
    await post();
    const before = config();
    const withoutUser = altered(FIRST, "DELETE FROM users WHERE userid = 'studio1'");
    await published.publish(withoutUser, new Date('2026-01-02T03:06:00Z'));
    expect(await post()).toMatchObject({ status: 200, run: { reloaded: true } });
    expect(config()).toBe(before);
  });

  it('does not miss a configuration that is installed while it loads another', async () => {
    let busy = false;
    whileLoading = async () => {
      if (busy) return undefined;
      busy = true;
      await publishSecond();
      expect(await machine.post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
      // The load goes on for most of a second after the new file was put in its directory.
      return statSync(dirname(navigator.configPath)).mtimeMs + 990;
    };
    await post();
    expect(navigator.loads.at(-1)).not.toBe(config());
    const next = await post();
    expect(next.text).toContain('"outcome":"unchanged"');
    expect(navigator.loads.at(-1)).toBe(config());
    expect(config()).toContain('tea-dance');
  });

  it('does not reload after a failure', async () => {
    await post();
    await published.publish(Buffer.from('no database'), new Date('2026-01-02T03:06:00Z'));
    const loads = navigator.loads.length;
    expect(await post()).toMatchObject({ status: 422, run: { exitCode: 1, reloaded: false } });
    expect(navigator.loads).toHaveLength(loads);
  });

  it('kills an update whose client goes away, and the next one completes it', async () => {
    await post();
    await publishSecond();
    const before = machine.snapshot();
    const signal = new EventEmitter();
    proxy.plan(async ({ number }) => {
      if (number > 1) return undefined;
      signal.emit('asked');
      await once(signal, 'go on');
      return undefined;
    });
    const client = new AbortController();
    const asked = once(signal, 'asked');
    const lost = post({ signal: client.signal });
    await asked;
    client.abort();
    await expect(lost).rejects.toThrow();
    expect(await navigator.run(1)).toMatchObject({ signal: 'SIGKILL', reloaded: false });
    signal.emit('go on');
    expect(machine.snapshot()).toEqual(before);
    expect((await post()).text).toContain('"outcome":"updated"');
    expect(navigator.loads.at(-1)).toBe(config());
  });

  it('cannot be used to give the store client a proxy', async () => {
    const answer = await post({
      headers: { Proxy: 'http://127.0.0.1:1', 'Https-Proxy': 'http://127.0.0.1:1' },
    });
    expect(answer.text).toContain('"outcome":"updated"');
  });

  it('hands on a body without a length, which is refused', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('hello'));
        controller.close();
      },
    });
    const answer = await post({ body, duplex: 'half' } as RequestInit);
    expect(answer).toMatchObject({ status: 415, run: { exitCode: 1, reloaded: false } });
  });

  it('hands on credentials and the query', async () => {
    await post();
    const authorization = basic(SAMPLE_ADMINISTRATOR.userid, SAMPLE_ADMINISTRATOR.password);
    const answer = await post({ headers: { authorization, accept: 'application/json' } }, '?dry_run=1');
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'dry-run' });
    expect((await post({}, '?dry_run=1')).status).toBe(401);
  });

  it('logs JSON lines to standard error', async () => {
    const { run } = await post();
    const lines = run.stderr.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).event)).toContain('end');
  });

  it('finds its route to this installation in the configuration', async () => {
    await post();
    expect(config()).toContain(`script: ${machine.appRoot}/cgi-bin/update_config`);
  });
});
