#!/usr/bin/env node
// @NAME@ of showcase-config @VERSION@.
//
// Only this first part is read by every Node, so it keeps to the JavaScript of Node 10. The program itself stands in the
// comment below it, so that an old Node gets as far as the check of its version, and a new one can take the program's
// compiled form from a cache instead of parsing it. (Where the program has a comment's end, it is written `@CUT@`.)
'use strict';
const MINIMUM = 22;

if (Number.parseInt(process.versions.node, 10) < MINIMUM) {
  const found = `${process.version} (${process.execPath})`;
  const problem =
    `@NAME@ needs Node ${MINIMUM} or newer, and was started with ${found}.\n` +
    'Nothing was changed. Install a newer Node, or put the directory of one first in PATH.\n';
  if (process.env.REQUEST_METHOD) {
    const head = 'Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n';
    const length = Buffer.byteLength(problem);
    process.stdout.write(`${head}Cache-Control: no-store\r\nContent-Length: ${length}\r\n\r\n${problem}`);
  } else {
    process.stderr.write(problem);
  }
  process.exit(1);
}

// Without an ending in its name, this file is what the nearest package.json says: an ES module has no `require`.
const load =
  typeof require === 'function' ? require : process.getBuiltinModule('module').createRequire(process.argv[1]);
const fs = load('fs');
const path = load('path');
const vm = load('vm');

/** The directory for compiled code; null for none. */
function cacheDirectory() {
  if (!process.geteuid) return null;
  const { UPDATE_CONFIG_CACHE_DIR: named, HOME: home } = process.env;
  if (named) return path.isAbsolute(named) ? named : null;
  if (process.geteuid() === 0) return '/var/cache/showcase-config';
  return home && path.isAbsolute(home) ? path.join(home, '.cache', 'showcase-config') : null;
}

/** Throws unless nobody but this user (and root) can have written it: what is in it will be run. */
function requireOurs(stat) {
  if (stat.uid !== process.geteuid() || (stat.mode & 0o022) !== 0) throw new Error('not ours alone');
}

/** What a cache file holds; undefined when there is none that can be trusted. Its first 32 bytes prove the rest. */
function readCache(file, prove) {
  let fd;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(fd);
    requireOurs(stat);
    if (!stat.isFile()) return undefined;
    const bytes = fs.readFileSync(fd);
    const payload = bytes.subarray(32);
    return prove(payload).equals(bytes.subarray(0, 32)) ? payload : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/**
 * Writes a cache file whole or not at all, and clears away those of builds that are gone. It may fail in silence: the
 * program is the same without, only slower to start.
 */
function writeCache(file, prefix, proof, payload) {
  const directory = path.dirname(file);
  try {
    fs.mkdirSync(directory, { mode: 0o700 });
  } catch {
    // It is there, or cannot be made; the next line tells.
  }
  try {
    const stat = fs.lstatSync(directory);
    requireOurs(stat);
    if (!stat.isDirectory()) return;
    const temporary = `${file}.${process.pid}`;
    fs.writeFileSync(temporary, Buffer.concat([proof, payload]), { flag: 'wx', mode: 0o600 });
    fs.renameSync(temporary, file);
    const yesterday = Date.now() - 24 * 60 * 60 * 1000;
    for (const name of fs.readdirSync(directory)) {
      const other = path.join(directory, name);
      if (!name.startsWith(prefix) || other === file) continue;
      if (fs.lstatSync(other).mtimeMs < yesterday) fs.unlinkSync(other);
    }
  } catch {
    // No cache, then.
  }
}

/** Compiled code is kept as it is after a run of the usual kind, which has compiled what such runs need. */
function isUsualRun() {
  const { REQUEST_METHOD: method, QUERY_STRING: query } = process.env;
  return method ? method === 'POST' && !query : process.argv.length === 2;
}

function run() {
  const here = fs.realpathSync(process.argv[1]);
  const bytes = fs.readFileSync(here);
  const start = bytes.indexOf('\n/* PROGRAM\n') + 12;
  const end = bytes.lastIndexOf('\n*/');
  const text = bytes.latin1Slice(start, end).split('@CUT@').join('*/');
  const options = { filename: here, lineOffset: bytes.latin1Slice(0, start).split('\n').length - 1 };
  const directory = cacheDirectory();
  let keep;
  if (directory) {
    const { createHash } = load('crypto');
    const digest = (salt, data) => createHash('sha256').update(salt).update(data).digest();
    const program = digest(`${process.version} ${process.arch} `, bytes.subarray(start, end));
    const prefix = '@NAME@-';
    const file = path.join(directory, prefix + program.toString('hex', 0, 12));
    options.cachedData = readCache(file, (payload) => digest(program, payload));
    keep = (payload) => writeCache(file, prefix, digest(program, payload), payload);
  }
  const script = new vm.Script(text, options);
  const cached = options.cachedData && !script.cachedDataRejected;
  if (keep && !cached && isUsualRun()) {
    process.on('exit', (code) => {
      if (code === 0) keep(script.createCachedData());
    });
  }
  script.runInThisContext()({}, load, { exports: {} }, here, path.dirname(here));
}

run();
