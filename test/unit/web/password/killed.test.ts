import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyPassword } from '../../../../src/index/password.ts';
import { setByLink } from '../../../../src/web/password/set-by-link.ts';
import { quiet } from '../../../support/runs/parts.ts';
import { type LinkRoom, openLinkRoom } from '../../../support/web/link-room.ts';
import { webIndex } from '../../../support/web/web-people.ts';

const PROCESS = join(import.meta.dirname, '../../../support/web/link-process.ts');

let home: string;
let room: LinkRoom | null = null;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'links-'));
  mkdirSync(join(home, 'db'));
  writeFileSync(join(home, 'db/index.sqlite3'), webIndex().image);
});
afterEach(async () => {
  await room?.runs.close();
  room?.played.close();
  room = null;
  rmSync(home, { recursive: true });
});

/** @returns the token of the link that was being used */
async function killed(where: string): Promise<string> {
  const args = [PROCESS, home, 'studio4', where];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [token, [, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(signal).toBe('SIGKILL');
  return token;
}

it('a link that met an index which could not be written is as good as before', async () => {
  room = openLinkRoom(home);
  const { links } = room;
  const user = await room.user('studio4');
  const token = links.issue(user);
  const preview = async () => ({ kind: 'possible', warnings: [], consequences: [] }) as const;
  const save = async () => {
    throw new Error('the index is busy');
  };
  const typed = {
    token,
    user,
    password: 'correct horse',
    own: { email: 'a@example.com', name1: '', name2: '' },
  };
  await expect(setByLink({ links, editor: { preview, save } }, typed)).rejects.toThrow('busy');
  expect(links.holder(token, [user])).toBe(user);
});

describe('a server that is killed while somebody sets a password by a link', () => {
  it.each([
    ['before the token is used up', false, 0],
    ['after the token is used up', false, 0],
    ['before it is intended', false, 0],
    ['after it is intended', false, 0],
    ['before it is saved', true, 1],
    ['after it is saved', true, 1],
  ])('%s has set it and used up the link, or neither', async (where, isSet, starts) => {
    const token = await killed(where);
    room = openLinkRoom(home);
    const { runs, links, played } = room;
    const before = await room.user('studio4');
    const line = String(before['password']).replace('studio4:', '');
    expect(await verifyPassword(line, 'correct horse')).toBe(isSet);
    expect(before['email']).toBe(isSet ? 'new@example.com' : 'studio4@example.com');
    runs.start();
    await expect.poll(() => runs.changes({ states: ['intended'] }).total).toBe(0);
    await quiet(runs);
    expect(played.starts).toHaveLength(starts);
    const holder = () => links.holder(token, [before])?.['userid'] ?? null;
    await expect.poll(holder).toBe(isSet ? null : 'studio4');
    // It is as single as before: one more use is the last.
    expect([links.redeem(token), links.redeem(token)]).toEqual([!isSet, false]);
  });

  it('has not used up the link once the index can be read, be that long after the next start', async () => {
    const token = await killed('after it is intended');
    const [index, elsewhere] = [join(home, 'db/index.sqlite3'), join(home, 'elsewhere')];
    renameSync(index, elsewhere);
    room = openLinkRoom(home);
    const { runs, links } = room;
    runs.start();
    // What is begun afterwards goes through, so the first look at the index is over.
    runs.publish('ann', 'administrator');
    await expect.poll(() => runs.runs({ states: ['done'] }).total).toBe(1);
    renameSync(elsewhere, index);
    await expect.poll(() => runs.changes({ states: ['intended'] }).total).toBe(0);
    const user = await room.user('studio4');
    await expect.poll(() => links.holder(token, [user])?.['userid']).toBe('studio4');
  });
});
