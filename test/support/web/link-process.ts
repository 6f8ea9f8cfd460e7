/**
 * Sets a password by a link, and is killed on the way: `node link-process.ts <home> <userid> <where>`. Writes the link's
 * token before.
 */
import { writeSync } from 'node:fs';
import { setByLink } from '../../../src/web/password/set-by-link.ts';
import { openLinkRoom } from './link-room.ts';

const [home = '', userid = '', where = ''] = process.argv.slice(2);
const { runs, links, editor, user } = openLinkRoom(home);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('it is dead');
}

/** Has the process die around a step of something. */
function dieAt<K extends string>(
  name: string,
  owner: Record<K, (...given: never[]) => unknown>,
  step: K,
): void {
  const work = owner[step].bind(owner);
  owner[step] = (...given: never[]) => {
    if (where === `before ${name}`) die();
    const value = work(...given);
    if (where === `after ${name}`) die();
    return value;
  };
}

dieAt('the token is used up', links as never, 'redeem' as never);
dieAt('it is intended', runs as never, 'intend' as never);
dieAt('it is saved', runs as never, 'saved' as never);

const row = await user(userid);
const token = links.issue(row);
writeSync(1, token);
runs.start();
const own = { email: 'new@example.com', name1: 'New', name2: '' };
await setByLink({ links, editor }, { token, user: row, password: 'correct horse', own });
await runs.close();
