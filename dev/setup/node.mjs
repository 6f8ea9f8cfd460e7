/** The Node that the project runs on: node_modules/.bin/node, which npm puts first into the PATH of its scripts. */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { Failure } from './failure.mjs';
import { isNodeForHere, libcOfMachine, nameOf, readLock } from './lock.mjs';
import { isNewEnough, tryNode } from './try-node.mjs';

/**
 * Sees that there is one: of the package that brings it for this platform, else the one that runs this, where that is
 * new enough. npm itself makes no link before version 11, since several packages for other platforms have it, too.
 *
 * @param isNew whether the packages have been installed just now; else a link that is there has been tried before
 */
export function ensureNode(root, isNew) {
  const link = join(root, 'node_modules/.bin/node');
  if (existsSync(link) && !isNew) return;
  const packaged = packagedNode(root);
  const tried = packaged ? tryNode(packaged) : null;
  if (tried?.isNewEnough) return place(link, relative(dirname(link), packaged));
  if (isNewEnough(process.versions, process.features) && !isWithin(root, process.execPath)) {
    return place(link, process.execPath);
  }
  throw new Failure(
    `${tried ? `${packaged} does not run here: ${tried.said}` : `No package brings Node for ${platform()}.`}\n` +
      'Install Node 22.18 or newer, put its directory first in PATH, and try again: then it is used in its place.',
  );
}

/** The program of the package that is for this platform; null where there is none. */
function packagedNode(root) {
  const lock = readLock(join(root, 'package-lock.json'));
  const path = Object.keys(lock).find((key) => isNodeForHere(lock[key]));
  return path ? join(root, 'node_modules', nameOf(path), lock[path].bin.node) : null;
}

function place(link, target) {
  mkdirSync(dirname(link), { recursive: true });
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, link);
}

const isWithin = (root, path) =>
  realpathSync(path).startsWith(join(realpathSync(root), 'node_modules') + sep);

const platform = () => [process.platform, process.arch, libcOfMachine()].filter(Boolean).join('-');
