#!/usr/bin/env node
// @NAME@ of showcase-config @VERSION@.
//
// Only this first part is read by every Node, so it keeps to the JavaScript of Node 10. The program itself stands in the
// comment below it, so that an old Node gets as far as the check of its version, and a new one can take the program's
// compiled form from a cache instead of parsing it. (Where the program has a comment's end, it is written `@CUT@`.)
'use strict';
/** Of Node-API, for which the addon is built; a Node without it loads the addon and crashes. 22.14 has it, and 23.6. */
const NODE_API = 10;

if (Number.parseInt(process.versions.node, 10) < 22 || !(Number(process.versions.napi) >= NODE_API)) {
  const found = `${process.version} (${process.execPath})`;
  const problem =
    `@NAME@ needs Node 22.14 or newer, and was started with ${found}.\n` +
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

/**
 * The cache of one build under one Node, a file for each part of it; undefined for none. Each file proves its content
 * with a checksum in front, since V8 runs whatever it is given. All of it may fail in silence: the program is the same
 * without, only slower to start.
 */
function openCache(key) {
  const directory = cacheDirectory();
  if (!directory) return undefined;
  const { createHash } = load('crypto');
  const digest = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest();
  const prefix = '@NAME@-';
  const build = digest(key).toString('hex', 0, 8);
  const fileOf = (name) => path.join(directory, `${prefix}${build}-${path.basename(name, '.js')}`);
  return {
    read: (name) => readProved(fileOf(name), (payload) => digest(key, name, payload)),
    write(entries) {
      try {
        makeOurs(directory);
        for (const [name, payload] of entries) {
          const temporary = `${fileOf(name)}.${process.pid}`;
          const content = Buffer.concat([digest(key, name, payload), payload]);
          fs.writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 });
          fs.renameSync(temporary, fileOf(name));
        }
        clearAway(directory, prefix, `${prefix}${build}-`);
      } catch {
        // No cache, then.
      }
    },
  };
}

/** What a cache file holds behind its checksum; undefined when there is none that can be trusted. */
function readProved(file, prove) {
  let fd;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(fd);
    requireOurs(stat);
    if (!stat.isFile()) return undefined;
    const bytes = Buffer.allocUnsafe(stat.size);
    const payload = bytes.subarray(20, fs.readSync(fd, bytes, 0, stat.size, 0));
    return prove(payload).equals(bytes.subarray(0, 20)) ? payload : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function makeOurs(directory) {
  try {
    fs.mkdirSync(directory, { mode: 0o700 });
  } catch {
    // It is there, or cannot be made; the next lines tell.
  }
  const stat = fs.lstatSync(directory);
  requireOurs(stat);
  if (!stat.isDirectory()) throw new Error('not a directory');
}

/** Removes what other builds left more than a day ago. */
function clearAway(directory, prefix, ours) {
  const yesterday = Date.now() - 24 * 60 * 60 * 1000;
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith(prefix) || name.startsWith(ours)) continue;
    const file = path.join(directory, name);
    if (fs.lstatSync(file).mtimeMs < yesterday) fs.unlinkSync(file);
  }
}

/** [name, bytes from its start to the end of this file, bytes, line that it starts on], the part to be run first. */
const PARTS = ['@PARTS@'];

/** Compiled code is kept as it is after a run of the usual kind, which has compiled what such runs need. */
function isUsualRun() {
  const { REQUEST_METHOD: method, QUERY_STRING: query } = process.env;
  return method ? method === 'POST' && !query : process.argv.length === 2;
}

function run() {
  const here = fs.realpathSync(process.argv[1]);
  const fd = fs.openSync(here, 'r');
  const { size, mtimeMs } = fs.fstatSync(fd);
  const cache = openCache(`@DIGEST@ ${size} ${mtimeMs} ${process.version} ${process.arch}`);
  const modules = new Map();
  const fresh = [];

  function compile([name, fromEnd, length, lineOffset]) {
    const bytes = Buffer.allocUnsafe(length);
    fs.readSync(fd, bytes, 0, length, size - fromEnd);
    const text = bytes.latin1Slice().split('@CUT@').join('*/');
    const cachedData = cache ? cache.read(name) : undefined;
    const script = new vm.Script(text, { filename: here, lineOffset, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) fresh.push([name, script]);
    return script.runInThisContext();
  }
  function requirePart(name) {
    const known = modules.get(name);
    if (known) return known.exports;
    const part = PARTS.find((candidate) => candidate[0] === name);
    if (!part) return load(name);
    const module = { exports: {} };
    modules.set(name, module);
    compile(part)(module.exports, requirePart, module, here, path.dirname(here));
    return module.exports;
  }

  process.on('exit', (code) => {
    const first = PARTS[0][0];
    if (code !== 0 || !cache || fresh.length === 0) return;
    if (isUsualRun() || !fresh.some(([name]) => name === first)) {
      cache.write(fresh.map(([name, script]) => [name, script.createCachedData()]));
    }
  });
  requirePart(PARTS[0][0]);
}

run();
