/**
 * Takes the rights of an account, and prints what it then does with them:
 * `node taken-process.ts <a directory of root's> <one of the account's>`. The first is also where its work is, if there is no more.
 */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ownershipOfApplication, ownershipOfRoots } from '../../../src/rights/files.ts';
import { asRoot, assumeRights, inDirectory, inOpenDirectory, rightsNow } from '../../../src/rights/rights.ts';
import { ensurePlaceOfRoots, placeOfRoots } from '../../../src/rights/state-place.ts';

const [roots = '', theirs = '', work = theirs] = process.argv.slice(2);
const account = { name: 'rails', uid: 1234, gid: 1235, home: '/' };
const homes = { lasting: join(roots, 'lasting'), running: join(roots, 'running') };

const who = () => `${process.geteuid?.()}:${process.getegid?.()}`;
/** What is thrown by its code. */
const attempt = (step: () => unknown): unknown => {
  try {
    return step();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const inOpen = (path: string): string => {
  const fd = openSync(path, 'r');
  try {
    return inOpenDirectory(fd, path, who);
  } finally {
    closeSync(fd);
  }
};

const taken = attempt(() => assumeRights(account, work, homes));
const isTaken = taken === undefined;
const foreign = join(roots, 'foreign');
console.log(
  JSON.stringify({
    taken: isTaken ? rightsNow().kind : taken,
    kind: rightsNow().kind,
    groups: process.getgroups?.(),
    who: who(),
    root: asRoot(who),
    inTheirs: attempt(() => inDirectory(theirs, who)),
    inRoots: attempt(() => inDirectory(roots, who)),
    open: isTaken ? [inOpen(theirs), asRoot(() => inOpen(roots))] : [],
    after: who(),
    ofRoots: isTaken ? ownershipOfRoots(join(roots, 'theirs.yml'), 0o644) : null,
    notOfRoots: isTaken ? ownershipOfRoots(join(theirs, 'theirs.yml'), 0o644) : null,
    ofApplication: isTaken ? ownershipOfApplication(0o600) : null,
    places: ['/data/db', '/data-db'].map((path) => placeOfRoots('lasting', path)),
    made: [join(homes.lasting, 'a'), foreign].map(
      (path) => attempt(() => ensurePlaceOfRoots(path)) ?? 'made',
    ),
    late: attempt(() => inDirectory(work === theirs ? roots : theirs, async () => {})) ?? 'an error',
  }),
);
