#!/usr/bin/env node
// @NAME@ of showcase-config @VERSION@.
//
// Only this first part is read by every Node, so it keeps to the JavaScript of Node 10. The program itself stands in the
// comment below it, so that an old Node gets as far as the check of its version, and a new one can take the program's
// compiled form from a cache instead of parsing it. (Where the program has a comment's end, it is written `@CUT@`.)
'use strict';
/** Of Node-API, for which the addon is built; a Node without it loads the addon and crashes. 22.14 has it, and 23.6. */
const NODE_API = 10;
/** A variable that is set for what `startAnother` starts, which then starts nothing in its turn. */
const MARK = 'SHOWCASE_CONFIG_STARTED_BY';

const load = requireOf(process.argv[1]);

/** Without an ending in its name, this file is what the nearest package.json says: an ES module has no `require`. */
function requireOf(file) {
  if (typeof require === 'function') return require;
  return process.getBuiltinModule ? process.getBuiltinModule('module').createRequire(file) : null;
}

/** What a file of preamble/ exports. Each is a function here, so that only what a run needs is compiled. */
function define(body) {
  const module = { exports: {} };
  body(module, load);
  return module.exports;
}

function isTooOld() {
  return Number.parseInt(process.versions.node, 10) < 22 || !(Number(process.versions.napi) >= NODE_API);
}

function isCgi() {
  return Boolean(process.env.REQUEST_METHOD || process.env.GATEWAY_INTERFACE);
}

/** Ends this process, having said what is wrong and what to do. */
function refuse(advice) {
  const found = `${process.version} (${process.execPath})`;
  const problem = `@NAME@ needs Node 22.14 or newer, and was started with ${found}.\nNothing was changed. ${advice}\n`;
  if (isCgi()) {
    const head = 'Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n';
    const length = Buffer.byteLength(problem);
    process.stdout.write(`${head}Cache-Control: no-store\r\nContent-Length: ${length}\r\n\r\n${problem}`);
  } else {
    process.stderr.write(problem);
  }
  process.exit(1);
}

function safePath() {
  return define('@safe-path.cjs@');
}

function startElsewhere() {
  const general = 'Install a newer Node, or put the directory of one first in PATH.';
  if (!load) return refuse(general);
  const { startAnother } = define('@newer-node.cjs@');
  startAnother({ isCgi: isCgi(), refuse, general, mark: MARK, requireSafe: safePath().requireSafe });
}

/** The directory for compiled code; null for none. */
function cacheDirectory({ isAbsolute, join }) {
  if (!process.geteuid) return null;
  const { UPDATE_CONFIG_CACHE_DIR: named, HOME: home } = process.env;
  if (named) return isAbsolute(named) ? named : null;
  if (process.geteuid() === 0) return '/var/cache/showcase-config';
  return home && isAbsolute(home) ? join(home, '.cache', 'showcase-config') : null;
}

/** The cache of compiled code; undefined for none. */
function openCache(key) {
  const directory = cacheDirectory(load('path'));
  if (!directory) return undefined;
  return define('@code-cache.cjs@').openCache({ directory, key, requireSafe: safePath().requireSafe });
}

/**
 * [names of its modules, bytes from its start to the end of this file, bytes, line that it starts on] of each part, that first
 * whose first module is run.
 */
const PARTS = ['@PARTS@'];

/** Compiled code is kept as it is after a run of the usual kind, which has compiled what such runs need. */
function isUsualRun() {
  const { REQUEST_METHOD: method, QUERY_STRING: query } = process.env;
  return method ? method === 'POST' && !query : process.argv.length === 2;
}

function run() {
  const [fs, path, vm] = ['fs', 'path', 'vm'].map(load);
  delete process.env[MARK];
  const here = fs.realpathSync(process.argv[1]);
  const fd = fs.openSync(here, 'r');
  const { size, mtimeMs } = fs.fstatSync(fd);
  const cache = openCache(`@DIGEST@ ${size} ${mtimeMs} ${process.version} ${process.arch}`);
  // For the program to tell; nothing else is known of it there.
  globalThis[Symbol.for('showcase-config.cache-problem')] = cache ? cache.problem : null;
  globalThis[Symbol.for('showcase-config.version')] = '@VERSION@';
  const bodies = new Map();
  const modules = new Map();
  const fresh = [];

  function compile([[name], fromEnd, length, lineOffset]) {
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
    if (!bodies.has(name)) {
      const part = PARTS.find(([names]) => names.includes(name));
      if (!part) return load(name);
      const made = compile(part);
      for (const [at, one] of part[0].entries()) bodies.set(one, made[at]);
    }
    const module = { exports: {} };
    modules.set(name, module);
    bodies.get(name)(module.exports, requirePart, module, here, path.dirname(here));
    return module.exports;
  }

  process.on('exit', (code) => {
    const [[[first]]] = PARTS;
    if (code !== 0 || !cache || fresh.length === 0) return;
    if (isUsualRun() || !fresh.some(([name]) => name === first)) {
      cache.write(fresh.map(([name, script]) => [name, script.createCachedData()]));
    }
  });
  requirePart(PARTS[0][0][0]);
}

if (isTooOld()) startElsewhere();
else run();
