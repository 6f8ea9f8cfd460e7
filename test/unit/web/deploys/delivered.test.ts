import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StandIn } from '../../../../dev/web/stand-in.ts';
import { derivedKey } from '../../../../src/callbacks/callback-signatures.ts';
import type { Dashboard } from '../../../../src/callbacks/delivery-model.ts';
import { numbered, open, reportedRun, TestOutbox } from '../../../support/callbacks/deliveries.ts';
import { COMPLETED, line, STARTED } from '../../../support/callbacks/reported.ts';
import { KEY } from '../../../support/callbacks/vectors.ts';
import { atEnd } from '../../../support/suite/at-end.ts';
import { keptRun } from '../../../support/web/deploys/callback-sender.ts';
import { startWeb, type TestServer } from '../../../support/web/web-server.ts';

const BASE = '/showcase';

/** A proxy like Navigator's, and a dashboard behind it. */
async function proxied(server: TestServer) {
  const standIn = await StandIn.start({ root: BASE, pages: 'http://127.0.0.1:9' });
  atEnd(() => standIn.close());
  standIn.aim(server.url);
  const dashboard: Dashboard = {
    url: new URL(`${standIn.url}/api/projects/smooth/deploys`),
    deployKey: KEY,
    webhookKeys: [derivedKey(KEY)],
  };
  return { standIn, dashboard };
}

function messagesOf(server: TestServer): string[] {
  const { id } = keptRun(server, '12345', 'smooth');
  return server.context.deploys.lines(id, 0, 10_000).map(({ message }) => message);
}

describe('what config-update delivers', () => {
  it('is all there, and its sender is told where people see it', async () => {
    const server = await startWeb();
    server.context.deploys.projects.addKey('smooth', KEY);
    const { standIn, dashboard } = await proxied(server);
    const outbox = new TestOutbox();
    const { delivery, reported, notes } = open(dashboard, { outboxDir: outbox.dir });
    delivery.start(STARTED);
    for (const message of numbered(450)) delivery.line(line(message));
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true });
    const run = keptRun(server, '12345', 'smooth');
    expect(run).toMatchObject({ run: reported.run, status: 'completed', lastSeq: 450 });
    expect(messagesOf(server)).toEqual(numbered(450));
    expect(notes.join()).toContain(`${standIn.url}/deploys/12345?project=smooth&run=${run.id}`);
    expect(outbox.files.filter((name) => name.startsWith(reported.run))).toEqual([]);
  });

  it('is stored once, in order, though the receiver ends in the middle and begins again', async () => {
    const first = await startWeb({ keep: true });
    atEnd(() => rmSync(first.home, { recursive: true }));
    first.context.deploys.projects.addKey('smooth', KEY);
    const { standIn, dashboard } = await proxied(first);
    const outbox = new TestOutbox();
    const { delivery } = open(dashboard, { outboxDir: outbox.dir, reported: reportedRun() });
    delivery.start(STARTED);
    for (const message of numbered(250)) delivery.line(line(message));
    await expect.poll(() => first.context.deploys.runsOf('smooth', '12345').length).toBe(1);
    await expect.poll(() => keptRun(first, '12345', 'smooth').lastSeq).toBeGreaterThan(0);
    await first.end();
    for (const message of numbered(250, 'later')) delivery.line(line(message));
    const second = await startWeb({ home: first.home, keep: true });
    standIn.aim(second.url);
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true });
    expect(messagesOf(second)).toEqual([...numbered(250), ...numbered(250, 'later')]);
    expect(keptRun(second, '12345', 'smooth')).toMatchObject({ status: 'completed', lastSeq: 500 });
    await second.end();
  });
});
