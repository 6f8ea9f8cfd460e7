/** showcase-web and config-update as the unit of systemd runs them: nothing that it forbids is needed. */
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { runProgram } from '../../../dev/web/child.ts';
import { WebRig } from '../../../dev/web/rig.ts';
import { KEY } from '../../support/callbacks/vectors.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { MailServer } from '../../support/mail/mail-server.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { CallbackSender } from '../../support/web/deploys/callback-sender.ts';
import { allowedCalls, askedOf, sandboxed, UNIT, USER } from '../../support/web-e2e/sandbox.ts';

// Real machines, and a tracer between a server and the kernel.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

it('login, request, push, password, mail, keys and deploys work for an ordinary user, within what the unit allows', async () => {
  const published = await startPublished();
  atEnd(() => published.close());
  const mail = await new MailServer().start();
  atEnd(() => mail.stop());
  const rig = await WebRig.start({
    machines: 2,
    store: storeEnvironment(published.settings),
    env: { SMTP_URL: mail.url, MAIL_FROM: 'showcases@example.org' },
  });
  atEnd(() => rig.close());
  for (const name of ['', 'admin', 'admin/rails']) chmodSync(join(rig.home, name), 0o755);
  const own = (name: string): string => join(rig.home, 'admin', name);
  const cache = own('cache');
  const dirs = [own('db'), own('log'), cache, own('tmp')];
  const env = { RAILS_LOG_VOLUME: own('log'), UPDATE_CONFIG_CACHE_DIR: cache, TMPDIR: own('tmp') };
  const through = (name: string): string[] => sandboxed(dirs, join(own('tmp'), name));
  const traces = ['keys.trace', 'server.trace'] as const;

  const keyFile = own('tmp/deploy.key');
  mkdirSync(own('tmp'));
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  const added = [...through(traces[0]), join(ROOT, 'scripts/showcase-web'), 'keys', 'add', '--file', keyFile];
  expect(await runProgram(added, { ...rig.env, ...env })).toContain('Project default has the key');
  await rig.startServer(env, through(traces[1]));
  const { child } = rig.server;
  const ended = once(child, 'exit');
  // The server ends when the tracer is gone, which heeds no other signal.
  atEnd(() => child.kill('SIGKILL'));

  const [owner] = rig.sample.owners;
  if (!owner) return expect.unreachable('the sample has owners');
  const visitor = rig.visitor(owner);
  expect((await visitor.ask('/requests/')).status).toBe(200);
  const change = await visitor.request(owner.studio, {
    name: 'Sandbox Ball',
    firstDay: '2027-05-01',
    lastDay: '',
  });
  expect(await visitor.untilOver(change)).toMatchObject({ state: 'live' });

  const typed = { present: owner.password, password: 'a-quite-other-one', again: 'a-quite-other-one' };
  const set = await visitor.submit(await visitor.ask('/password/'), typed);
  expect(set.status).toBe(303);
  const renewed = rig.visitor({ ...owner, password: typed.password });
  expect((await renewed.ask('/requests/')).status).toBe(200);

  const administrator = rig.visitor(rig.sample.administrator);
  const sender = new CallbackSender({ url: rig.serverUrl }, { key: KEY });
  expect((await sender.start()).status).toBe(200);
  for (const path of ['/admin/', '/admin/apply', '/runs/', '/deploys/', `/deploys/${sender.deploy}`])
    expect((await administrator.ask(path)).status, path).toBe(200);
  await expect.poll(() => mail.mails.length).toBeGreaterThan(0);
  expect(statSync(rig.indexPath).uid).toBe(USER);
  expect(statSync(rig.stateDir)).toMatchObject({ uid: USER });

  const { pid } = (await (await fetch(`${rig.serverUrl}/up`)).json()) as { pid: number };
  process.kill(pid);
  expect(await ended).toEqual([0, null]);
  const allowed = allowedCalls();
  for (const name of traces) {
    const { calls, families } = askedOf(join(own('tmp'), name));
    expect(calls.size).toBeGreaterThan(20);
    expect([...calls].filter((call) => !allowed.has(call))).toEqual([]);
    const [, list = ''] = /^RestrictAddressFamilies=(.+)$/m.exec(UNIT) ?? [];
    expect([...families].filter((family) => !list.split(' ').includes(family))).toEqual([]);
  }
});

it('what is run so has no rights, no capability, and nothing to write to but what it was given', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sandbox-'));
  atEnd(() => rmSync(home, { recursive: true }));
  chmodSync(home, 0o755);
  const mine = join(home, 'mine');
  const other = join(home, 'other');
  mkdirSync(other);
  chmodSync(other, 0o777);
  const script = `
    cat /proc/self/status
    for path in '${other}' /tmp /var/tmp; do touch "$path/one" 2>/dev/null && echo "wrote to $path"; done
    touch '${mine}/one' && echo mine
    ls -d /proc/[0-9]* | wc -l`;
  const said = await runProgram([...sandboxed([mine], join(mine, 'trace')), 'sh', '-c', script], process.env);
  expect(said).toMatch(/^Uid:(?:\t4243){4}$/m);
  expect(said).toMatch(/^Groups:\s*$/m);
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
    expect(said).toContain(`${set}:\t0000000000000000\n`);
  expect(said).toContain('NoNewPrivs:\t1\n');
  expect(said).not.toContain('wrote to');
  expect(said).toContain('mine\n');
});

it('the unit says what is tried here', () => {
  for (const line of [
    'User=rails',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'ProtectProc=invisible',
    'NoNewPrivileges=yes',
  ])
    expect(UNIT.split('\n')).toContain(line);
  expect(UNIT).toMatch(/^CapabilityBoundingSet=$/m);
  expect(UNIT).toMatch(/^UMask=0027$/m);
});
