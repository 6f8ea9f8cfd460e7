/**
 * Compiled code on disk, from one run of an executable to the next.
 * Part of preamble.cjs, which gives it `module` and `load` (that is, `require`).
 */
'use strict';
const { createHash } = load('crypto');
const fs = load('fs');
const path = load('path');

/** Each file begins with this and with a checksum: 48 bytes, a multiple of 8, or V8 would copy what follows. */
const MARK = Buffer.from('showcase-config code cache 1');
const CHECKSUM = 20;
const HEAD = MARK.length + CHECKSUM;

const PLAIN = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
const NEW = { flag: 'wx', mode: 0o600 };
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The cache of one build under one Node, a file for each part of it. It belongs to whoever has started this process: a
 * program of root's may go on with the rights of another user, who must be able neither to read nor to write here. So
 * its files are opened now, and are read later from what was opened.
 *
 * Each file proves its content with a checksum, since V8 runs whatever it is given. All of it may fail in silence: the
 * program is the same without, only slower to start.
 *
 * @param directory absolute path
 * @param key text that tells the build and the Node
 * @param requireSafe see safe-path.cjs
 */
function openCache({ directory, key, requireSafe }) {
  const user = process.geteuid();
  const digest = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest();
  const build = digest(key).toString('hex', 0, 8);
  const prefix = `@NAME@-${build}-`;
  /** Of a part's name, `./part.js`. */
  const fileOf = (name) => `${directory}/${prefix}${name.slice(2, -3)}`;
  let problem = null;
  const opened = openAll();

  /** What is in this directory is run, so nobody else may be able to lay anything there. */
  function requireOurs() {
    requireSafe(directory, [0, user]);
    const stat = fs.lstatSync(directory);
    if (!stat.isDirectory() || stat.uid !== user) throw new Error('not a directory of ours');
  }

  /** @returns part to descriptor, undefined where it cannot be read */
  function openAll() {
    const descriptors = new Map();
    try {
      requireOurs();
      for (const file of fs.readdirSync(directory)) {
        if (!file.startsWith(prefix)) continue;
        descriptors.set(`./${file.slice(prefix.length)}.js`, tryToOpen(`${directory}/${file}`));
      }
    } catch (error) {
      // That it is not there yet is nothing to tell.
      if (error.code !== 'ENOENT') problem = `${directory} is not used for compiled code: ${error.message}`;
    }
    return descriptors;
  }

  /** What was compiled of a part; undefined when there is nothing that can be trusted. */
  function read(name) {
    const fd = opened.get(name);
    if (fd === undefined) return undefined;
    opened.delete(name);
    try {
      const stat = fs.fstatSync(fd);
      if (!stat.isFile() || stat.uid !== user || (stat.mode & 0o022) !== 0) return undefined;
      const bytes = Buffer.allocUnsafeSlow(stat.size);
      if (fs.readSync(fd, bytes, 0, stat.size, 0) !== stat.size) return undefined;
      const payload = bytes.subarray(HEAD);
      const proof = Buffer.concat([MARK, digest(key, name, payload)]);
      return proof.equals(bytes.subarray(0, HEAD)) ? payload : undefined;
    } catch {
      return undefined;
    } finally {
      fs.closeSync(fd);
    }
  }

  function write(entries) {
    requireSafe(path.dirname(directory), [0, user]);
    makeDirectory(directory);
    requireOurs();
    for (const [name, payload] of entries) {
      const temporary = `${fileOf(name)}.${process.pid}`;
      fs.writeFileSync(temporary, Buffer.concat([MARK, digest(key, name, payload), payload]), NEW);
      fs.renameSync(temporary, fileOf(name));
    }
    clearAway(directory, prefix);
  }

  return {
    problem,
    read,
    write(entries) {
      try {
        asStarted(user, () => write(entries));
      } catch {
        // No cache, then.
      }
    },
  };
}

/** @returns a descriptor; undefined where there is none to be had */
function tryToOpen(file) {
  try {
    return fs.openSync(file, PLAIN);
  } catch {
    return undefined;
  }
}

/** With the one above it: a new user has no `~/.cache` yet. */
function makeDirectory(directory) {
  for (const one of [path.dirname(directory), directory]) {
    try {
      fs.mkdirSync(one, { mode: 0o700 });
    } catch {
      // It is there, or cannot be made; the caller looks.
    }
  }
}

/** Takes root's rights back for one action, where root has started this process and it has laid them down since. */
function asStarted(user, act) {
  const [nowUser, nowGroup] = [process.geteuid(), process.getegid()];
  if (nowUser === user) return act();
  if (user !== 0 || process.getuid() !== 0) return;
  try {
    process.seteuid(0);
    process.setegid(0);
    act();
  } finally {
    process.setegid(nowGroup);
    process.seteuid(nowUser);
  }
}

/** Removes what other builds of this executable left here more than a day ago, and what a killed one was writing. */
function clearAway(directory, ours) {
  const shape = /^@NAME@-[0-9a-f]{16}-[\w-]+(\.\d+)?$/;
  const yesterday = Date.now() - DAY_MS;
  for (const name of fs.readdirSync(directory)) {
    const match = shape.exec(name);
    if (!match || (name.startsWith(ours) && !match[1])) continue;
    const file = path.join(directory, name);
    if (isOfCache(file, yesterday)) fs.unlinkSync(file);
  }
}

/** Whether a file of that name is one that `write` has made, and has not touched since. */
function isOfCache(file, before) {
  const fd = tryToOpen(file);
  if (fd === undefined) return false;
  try {
    const stat = fs.fstatSync(fd);
    const head = Buffer.alloc(MARK.length);
    if (!stat.isFile() || stat.mtimeMs >= before) return false;
    return fs.readSync(fd, head, 0, head.length, 0) === head.length && head.equals(MARK);
  } finally {
    fs.closeSync(fd);
  }
}

module.exports = { openCache };
