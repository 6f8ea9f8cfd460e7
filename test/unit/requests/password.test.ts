import bcrypt from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { verifyPassword } from '../../../src/index/password.ts';
import { hashedPassword, hashHere, passwordProblem } from '../../../src/requests/new-password.ts';
import { BY_ADA, LiveIndex } from '../../support/requests/live-index.ts';

const GOOD = 'Schnürsenkel 7';

describe('a password that is set', () => {
  it('becomes an htpasswd line of the user that Navigator takes, and ends every token', async () => {
    const index = new LiveIndex();
    index.use((db) =>
      db.exec("UPDATE users SET token = 'abcdefgh', link = 'https://example.com' WHERE id = 3"),
    );
    const before = index.digest('users');
    const outcome = await index.editor.save(
      { kind: 'password', action: 'set', userid: 'sue', password: GOOD, own: null },
      { by: 'sue', publish: true },
    );
    expect(outcome).toMatchObject({ kind: 'saved', id: 3 });
    const row = index.row('users', 3);
    expect(row).toMatchObject({ token: null, link: null, email: 'sue@example.com' });
    const line = String(row['password']);
    expect(line).toMatch(/^sue:\$2b\$10\$/);
    expect(await verifyPassword(line.slice(4), GOOD)).toBe(true);
    expect(index.digest('users')).toBe(before);
    expect(index.warnings()).toEqual([]);
    const told = JSON.stringify(index.log.entries);
    expect(index.log.last).toMatchObject({ kind: 'password', action: 'update', subject: 'sue', by: 'sue' });
    for (const secret of [GOOD, line.slice(4), 'abcdefgh', 'https://example.com"'])
      expect(told).not.toContain(secret);
  });

  it('changes names and address of its person with it, and nothing else', async () => {
    const index = new LiveIndex();
    const own = { email: 'sue@example.org', name1: 'Sue', name2: 'S', sites: ['index'], userid: 'ada' };
    await index.editor.save({ kind: 'password', action: 'set', userid: 'sue', password: GOOD, own }, BY_ADA);
    expect(index.row('users', 3)).toMatchObject({
      userid: 'sue',
      sites: null,
      email: 'sue@example.org',
      name1: 'Sue',
      name2: 'S',
    });
  });

  it('lets somebody log in who could not, in an index without tokens, too', async () => {
    const index = new LiveIndex({ schema: 'old' });
    await index.editor.save(
      { kind: 'password', action: 'set', userid: 'nil', password: GOOD, own: null },
      BY_ADA,
    );
    expect((await index.reader.user(4))?.hasPassword).toBe(true);
  });

  it('for nobody whom the index knows is missing', async () => {
    const index = new LiveIndex();
    const edit = { kind: 'password', action: 'set', userid: '', password: GOOD, own: null } as const;
    expect(await index.editor.save(edit, BY_ADA)).toEqual({ kind: 'missing' });
  });

  it.each([
    ['', 'missing'],
    ['        ', 'missing'],
    ['Zx7!pqa', 'at least 8'],
    ['password1', 'common'],
    ['PassWord1', 'common'],
    ['Schoolbus-Driver', 'must not be the userid'],
    ['\u{1f600}'.repeat(7), 'at least 8'],
    ['ö'.repeat(37), 'too long'],
    [`${'ö'.repeat(36)}a`, 'too long'],
    ['abc\u0000defghi', 'cannot be typed'],
    ['abcdefg\ud800', 'cannot be typed'],
  ])('is refused as %j', async (password, reason) => {
    const index = new LiveIndex();
    const before = index.digest();
    const userid = 'schoolbus-driver';
    expect(await passwordProblem(userid, password)).toContain(reason);
    const edit = { kind: 'password', action: 'set', userid, password, own: null } as const;
    const outcome = await index.editor.save(edit, BY_ADA);
    expect(outcome).toMatchObject({ kind: 'invalid', problems: [{ field: 'password' }] });
    if (password.trim() !== '') expect(JSON.stringify(outcome)).not.toContain(password);
    expect(index.digest()).toBe(before);
  });

  it('of 72 bytes counts to its last byte', async () => {
    const hashed = await hashedPassword('sue', `${'ö'.repeat(35)}ab`, hashHere);
    if (!('hash' in hashed)) throw new Error('refused');
    expect(await bcrypt.compare(`${'ö'.repeat(35)}ac`, hashed.hash)).toBe(false);
  });

  it('is hashed one after another, and everything else has its turns in between', async () => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const seen: number[] = [];
    const hashes = Array.from({ length: 5 }, async () => {
      const hashed = await hashedPassword('sue', GOOD, hashHere);
      seen.push(turns);
      return 'hash' in hashed;
    });
    expect(await Promise.all(hashes)).toEqual([true, true, true, true, true]);
    isOver = true;
    expect(new Set(seen).size).toBe(5);
  });
});
