import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CITIES } from '../../../dev/sample/places.ts';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { FEW } from '../../support/indexes/few.ts';
import { Machine, ROOT } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { NavigatorCgi } from '../../support/servers/navigator-cgi.ts';
import { runServerHooks, serverHooks } from '../../support/servers/navigator-hooks.ts';

const FIRST = makeSampleIndex(FEW);
const SECOND = changeSample(FIRST).index;
/** What `changeSample` adds. */
const ADDED = 'Tea Dance';

let published: Published;
let machine: Machine;
let navigator: NavigatorCgi;
let env: Record<string, string>;

/** The executables stand in the app root, as in production. */
beforeEach(async () => {
  published = await startPublished();
  machine = new Machine({
    ...published.env,
    FLY_APP_NAME: 'smooth',
    FLY_REGION: 'iad',
    FLY_MACHINE_ID: 'd89',
  });
  for (const folder of ['cgi-bin', 'scripts']) {
    cpSync(join(ROOT, folder), join(machine.appRoot, folder), { recursive: true });
  }
  const { APP_ROOT: _, ...rest } = machine.env;
  env = { PATH: process.env['PATH'] ?? '', ...rest };
  navigator = await NavigatorCgi.start({
    script: join(machine.appRoot, 'cgi-bin/update_config'),
    appRoot: machine.appRoot,
    env,
  });
  await published.publish(FIRST, new Date('2026-01-02T03:04:05Z'));
});

afterEach(async () => {
  await navigator.close();
  machine.remove();
  await published.close();
});

const hooks = (kind: Parameters<typeof runServerHooks>[1]) =>
  runServerHooks(navigator.loads.at(-1) ?? '', kind, { cwd: machine.appRoot, env });

/** That of the first studio, which gets the new event. */
const studioPage = (): string =>
  readFileSync(join(machine.appRoot, `public/studios/${CITIES[0]?.[0]}/index.html`), 'utf8');

async function post(): Promise<boolean> {
  const run = navigator.run();
  await (await fetch(navigator.url, { method: 'POST' })).text();
  return (await run).reloaded;
}

describe('in the life of a Fly machine', () => {
  it('every hook that navigator.yml names exists and can be run', async () => {
    await post();
    const config = navigator.loads.at(-1) ?? '';
    for (const kind of ['start', 'ready', 'stop', 'idle', 'resume'] as const) {
      const [hook] = serverHooks(config, kind);
      expect(existsSync(hook?.command ?? ''), kind).toBe(true);
      expect(hook?.command.startsWith(`${machine.appRoot}/scripts/`), kind).toBe(true);
    }
  });

  it('the ready hook renders the pages after an update and its reload', async () => {
    expect(await post()).toBe(true);
    expect(await hooks('start')).toMatchObject({ failed: false });
    const { failed, output } = await hooks('ready');
    expect({ failed }, output).toEqual({ failed: false });
    expect(studioPage()).toContain('</html>');
    expect(studioPage()).not.toContain(ADDED);

    await published.publish(SECOND, new Date('2026-01-03T00:00:00Z'));
    expect(await post()).toBe(true);
    expect(await hooks('ready')).toMatchObject({ failed: false });
    expect(studioPage()).toContain(ADDED);
  });

  it('the resume hook installs after a sleep what was published meanwhile, and makes Navigator reload', async () => {
    await post();
    expect(await hooks('idle')).toMatchObject({ failed: false });
    await published.publish(SECOND, new Date('2026-01-03T00:00:00Z'));
    const resumed = await hooks('resume');
    expect(resumed).toMatchObject({ failed: false, reloadConfig: 'config/navigator.yml' });
    expect(navigator.isNewer()).toBe(true);
    expect(machine.read('navigator.yml')).toContain('tea-dance');
    expect(await hooks('resume')).toMatchObject({ failed: false });
  });
});
