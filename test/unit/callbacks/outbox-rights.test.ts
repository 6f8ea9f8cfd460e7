import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { numbered, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { Receiver, STORE } from '../../support/callbacks/receiver.ts';
import { kill, outboxSender, waitingSender } from '../../support/callbacks/sender-processes.ts';
import { atEnd } from '../../support/suite/at-end.ts';

const UID = 4321;

let home: string;
let dbDir: string;

beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), 'outbox-rights-'));
  atEnd(() => rmSync(made, { recursive: true }));
  home = made;
  chmodSync(home, 0o755);
  dbDir = join(home, 'db');
  mkdirSync(dbDir);
});

/** Owner and mode of everything there, `.` being the directory itself. */
function owners(dir: string): Record<string, string> {
  const look = (name: string) => {
    const { uid, mode } = lstatSync(join(dir, name));
    return [name.replace(/^.*\./, '.'), `${uid} ${(mode & 0o777).toString(8)}`] as const;
  };
  return Object.fromEntries(['.', ...readdirSync(dir)].map(look));
}

describe('the usual outbox', () => {
  it.each([
    [
      "root's, where the application has the db dir",
      UID,
      () => join(home, 'lasting', readdirSync(join(home, 'lasting'))[0] ?? ''),
    ],
    ["in the db dir, where that is root's", 0, () => join(dbDir, '.update_config')],
  ])('is %s, is for its owner alone, and is sent from there', async (_, owner, place) => {
    chownSync(dbDir, owner, owner);
    const receiver = await Receiver.start(() => ({ kind: 'hang' }));
    const reported = reportedRun();
    const account = { uid: UID, dbDir, lasting: join(home, 'lasting') };
    const order = { reported, messages: numbered(20), account };
    const child = await waitingSender(receiver, new TestOutbox(), { ...order, task: 'lines' });
    await receiver.until(() => receiver.seen.length > 0);
    await kill(child);
    const outbox = join(place(), 'outbox');
    expect(owners(outbox)).toMatchObject({ '.': '0 700', '.ndjson': '0 600' });
    receiver.behave = () => STORE;
    expect(await outboxSender(receiver, new TestOutbox(), order)).toMatchObject({
      runs: 0,
      lines: 0,
      notes: [],
    });
    expect(receiver.run(reported.run).messages).toEqual(numbered(20));
    expect(receiver.run(reported.run).words).toEqual(['started', 'failed interrupted']);
    expect(readdirSync(outbox)).toEqual([]);
  });
});
