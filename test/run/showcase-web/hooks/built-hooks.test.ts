import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Machine } from '../../../support/machine/machine.ts';
import { commandBlock } from '../../../support/project/blocks.ts';
import { PlayedUpdate } from '../../../support/runs/played-update.ts';
import { WebProcess, withWebIndex } from '../../../support/web/web-process.ts';
import { KEY, OLD_KEY, webhook } from '../../../support/webhooks/hook-sender.ts';
import { WebhookReceiver } from '../../../support/webhooks/webhook-receiver.ts';

// Built servers are started, killed and started again.
vi.setConfig({ testTimeout: 180_000 });

let machine: Machine;
let played: PlayedUpdate;
let receiver: WebhookReceiver;
let server: WebProcess | null = null;
const file = (name: string): string => join(machine.appRoot, name);

beforeEach(async () => {
  machine = withWebIndex(new Machine());
  mkdirSync(file('scripts'), { recursive: true });
  played = new PlayedUpdate(file('played'));
  writeFileSync(file('scripts/config-update'), `#!/bin/sh\nexec '${played.command[0]}' "$@"\n`, {
    mode: 0o755,
  });
  receiver = await WebhookReceiver.start(KEY);
  for (const [name, key] of [
    ['webhook-key', OLD_KEY],
    ['signing-key', KEY],
  ] as const)
    writeFileSync(file(name), `${key}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await server?.stop('SIGKILL');
  played.close();
  machine.remove();
});

const settings = (): Record<string, string> => ({
  WEBHOOK_KEY_FILE: file('webhook-key'),
  WEBHOOK_SIGNING_KEY_FILE: file('signing-key'),
  WEBHOOK_URLS: receiver.url,
  PUBLIC_URL_FLY: 'https://smooth.example/showcase',
});
function start(env: Record<string, string> = settings()): WebProcess {
  server = new WebProcess(machine, undefined, env);
  return server;
}

async function send(to: WebProcess, signed = webhook({}, { key: OLD_KEY })) {
  const answer = await fetch(`${await to.url()}/hooks/update`, { method: 'POST', ...signed });
  return { status: answer.status, ...((await answer.json()) as { id?: string; repeated?: boolean }) };
}

describe('the built server', () => {
  it('killed between a request and its end still gives one run for it, and tells of that', async () => {
    receiver.next.push({ kind: 'hang' });
    const signed = webhook({}, { key: OLD_KEY });
    const first = await send(start(), signed);
    await receiver.has(1);
    await server?.stop('SIGKILL');
    const again = await send(start(), signed);
    expect(again).toEqual({ ...first, repeated: true });
    const heard = await receiver.has(2);
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(heard[1]?.data).toMatchObject({ run: { id: first.id, state: 'done', by: 'hook:update' } });
    expect(receiver.wrong).toEqual([]);
    expect(await server?.stop()).toBe(0);
  });

  it('does not count a key that is only in the environment, nor hand any of it on', async () => {
    const env = join(machine.appRoot, 'seen');
    played.play({ last: `env >'${env}'` });
    const open = start({ ...settings(), WEBHOOK_KEY: KEY });
    expect((await send(open, webhook({}, { key: KEY }))).status).toBe(401);
    expect((await send(open)).status).toBe(202);
    await receiver.has(1);
    expect(readFileSync(env, 'utf8')).not.toMatch(/WEBHOOK_|whsec_/);
    await open.stop();
    expect(open.stderr).not.toMatch(/whsec_|v1,/);
  });

  it('does not begin with a key that others can read', async () => {
    chmodSync(file('webhook-key'), 0o644);
    const refused = start();
    expect(await refused.ended).toBe(1);
    expect(refused.stderr).toMatch(
      /WEBHOOK_KEY_FILE names .*, which has another owner, or can be read by others/,
    );
  });

  it('does not begin where an address has no key', async () => {
    const { WEBHOOK_SIGNING_KEY_FILE: _, ...env } = settings();
    const refused = start(env);
    expect(await refused.ended).toBe(1);
    expect(refused.stderr).toMatch(/WEBHOOK_URLS has an address of http:.*, for which there is no key/);
  });

  it('takes what the shell lines of docs/WEBHOOKS.md send', async () => {
    const { lines } = commandBlock('docs/WEBHOOKS.md', 'In: asking for an update', 2);
    const url = await start().url();
    const script = lines
      .join('\n')
      .replace('https://smooth.fly.dev/showcase', url)
      .replace('/etc/showcase-config/webhook-key', file('webhook-key'));
    expect(script).not.toContain('smooth.fly.dev');
    const said = execFileSync('bash', ['-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(said).toMatch(/^HTTP\/1.1 202/);
    expect(said).toContain('"repeated":false');
  });
});
