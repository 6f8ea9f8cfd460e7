/**
 * Paths that only certain users can have laid. Keeps to the JavaScript of Node 10.
 * Part of preamble.cjs, which gives it `module` and `load` (that is, `require`).
 */
'use strict';
const fs = load('fs');
const path = load('path');

const GROUP_OR_OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Throws unless nobody but these users can have put this file or directory there, or can put another in its place: it,
 * every directory above it, and every link on the way belong to them, and nobody else can write to them. A sticky
 * directory above it, such as /tmp, may be written to by all: there, nobody removes or renames what is another user's.
 *
 * @param {string} file absolute
 * @param {number[]} users numbers of users
 */
function requireSafe(file, users) {
  const steps = stepsOf(file);
  let links = 0;
  let at = path.parse(file).root;
  requireTheirs(at, fs.lstatSync(at), users, steps.length > 0);
  while (steps.length > 0) {
    const step = steps.shift();
    if (step === '..') {
      at = path.dirname(at);
      continue;
    }
    const next = path.join(at, step);
    const stat = fs.lstatSync(next);
    if (stat.isSymbolicLink()) {
      if (!users.includes(stat.uid)) throw unsafe(next, `belongs to user ${stat.uid}`);
      links += 1;
      if (links > MOST_LINKS) throw unsafe(file, 'leads through too many links');
      const target = fs.readlinkSync(next);
      if (path.isAbsolute(target)) at = path.parse(target).root;
      steps.unshift(...stepsOf(target));
    } else {
      requireTheirs(next, stat, users, steps.length > 0);
      at = next;
    }
  }
}

const stepsOf = (file) => file.split('/').filter((step) => step !== '' && step !== '.');

function requireTheirs(file, stat, users, isAbove) {
  if (!users.includes(stat.uid)) throw unsafe(file, `belongs to user ${stat.uid}`);
  if ((stat.mode & GROUP_OR_OTHERS_WRITE) === 0) return;
  if (isAbove && stat.isDirectory() && (stat.mode & STICKY) !== 0) return;
  throw unsafe(file, 'can be written to by others');
}

const unsafe = (file, why) => new Error(`${file} ${why}`);

module.exports = { requireSafe };
