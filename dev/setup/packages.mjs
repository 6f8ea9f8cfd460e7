/**
 * The npm packages, installed as the lock says and as nothing else: no script of a package is run, and every file comes
 * out of an archive whose digest is in the lock.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { adviceFor, adviceForError } from './advice.mjs';
import { Failure, failedCommand } from './failure.mjs';
import { fits, isNodeForHere, nameOf, readInstalled, readLock } from './lock.mjs';
import { isNewEnough, tryNode } from './try-node.mjs';

/** Whatever the user's own configuration says. */
const OPTIONS = [
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--engine-strict=false',
  '--audit=false',
  '--fund=false',
  '--update-notifier=false',
  '--loglevel=warn',
];

/** What npm says when it has lost its own way, as it does where the registry falls silent. The next try goes on. */
const BROKE_OFF = /Exit handler never called/;
/** What npm says where all that it knows of a package is older than the lock. */
const IS_OLD = /\bETARGET\b|\bE404\b/;

/**
 * Installs all packages of a directory with a lock, unless its node_modules has what the lock says.
 *
 * @param what they are for, if not for the project itself
 * @returns whether it did
 */
export function ensurePackages(root, what = '') {
  const lock = readLock(join(root, 'package-lock.json'));
  if (missingFrom(root, lock).length === 0) return false;
  console.log(`Installing packages${what} (once) ...`);
  withCache((cache) => {
    withNode(root, lock, cache, (node) => {
      const isDone =
        npmCi({ cwd: root, root, cache, node, isQuick: true }) && missingFrom(root, lock).length === 0;
      if (!isDone) npmCi({ cwd: root, root, cache, node });
    });
    const missing = missingFrom(root, lock);
    if (missing.length > 0) explain(root, lock, missing, cache);
  });
  return true;
}

/**
 * Runs an action with the Node that npm is to be run on. It leaves out, in silence, optional packages that are not for its
 * own Node; so where this one is too old for the project, the packaged one is fetched first.
 */
function withNode(root, lock, cache, action) {
  const path = Object.keys(lock).find((each) => isNodeForHere(lock[each]));
  if (isNewEnough(process.versions, process.features) || !path) return action(process.execPath);
  alone({ root, lock, paths: [path], cache, parent: root }, (directory) => {
    const packaged = join(directory, path, lock[path].bin.node);
    action(tryNode(packaged).isNewEnough ? packaged : process.execPath);
  });
}

/**
 * Paths of packages that are for this machine and are not there as the lock says. What is optional and for every machine
 * is only needed by something that is for another one.
 */
function missingFrom(root, lock) {
  const installed = readInstalled(root) ?? {};
  return Object.keys(lock).filter((path) => {
    const { version, integrity, optional, os, cpu, libc } = lock[path];
    const isNeeded = optional ? (os || cpu || libc) && fits({ os, cpu, libc }) : true;
    const here = installed[path];
    return isNeeded && (here?.version !== version || here?.integrity !== integrity);
  });
}

/**
 * @param cwd where it is run: `root`, or another directory with a lock
 * @param isQuick whether it is enough that the registry has been asked at some time: the lock has a digest of each package,
 *   so nothing is believed for that. It spares a request for each, and a third of the work. What the registry says may be
 *   older than the lock, though: then it is asked again
 * @returns whether it is done; never false unless it was to be quick
 */
function npmCi({ cwd, root, cache, node, isQuick = false }) {
  const args = ['ci', ...OPTIONS, ...(cache ? [`--cache=${cache}`] : [])];
  const first = npm(isQuick ? [...args, '--prefer-offline'] : args, cwd, node);
  if (isQuick && first.status !== 0 && IS_OLD.test(first.output)) return false;
  const { status, signal, output, error } = BROKE_OFF.test(first.output) ? npm(args, cwd, node) : first;
  // npm only warns of a file that it could not write.
  if (status === 0 && !output.includes('TAR_ENTRY_ERROR')) return true;
  rmSync(join(cwd, 'node_modules/.package-lock.json'), { force: true });
  const advice = adviceFor({ output, signal, code: error?.code, root });
  throw failedCommand({ command: `npm ${args.join(' ')}`, output, advice });
}

/**
 * npm leaves out in silence what is optional and cannot be had, be it that its digest is wrong; and what is for one
 * platform is optional. Asked for these packages as for any others, it says what is wrong with them.
 */
function explain(root, lock, paths, cache) {
  alone({ root, lock, paths, cache, parent: tmpdir() }, () => {});
  const names = paths.map((path) => nameOf(path)).join(', ');
  throw new Failure(`npm has left out ${names}, which it can have now. Try again.`);
}

/** Installs some of the lock's packages, and no others, into a directory of their own that is there during an action. */
function alone({ root, lock, paths, cache, parent }, action) {
  const packages = {};
  const dependencies = {};
  for (const path of paths) {
    const { version, integrity, bin } = lock[path];
    packages[`node_modules/${nameOf(path)}`] = { version, integrity, bin };
    dependencies[nameOf(path)] = version;
  }
  const files = {
    'package.json': { dependencies },
    'package-lock.json': { lockfileVersion: 3, packages: { '': { dependencies }, ...packages } },
  };
  const directory = makeDirectory(parent, root);
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), JSON.stringify(content));
    }
    npmCi({ cwd: directory, root, cache, node: process.execPath });
    action(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeDirectory(parent, root) {
  try {
    return mkdtempSync(join(parent, '.showcase-setup-'));
  } catch (error) {
    throw new Failure(`${error.message}\n${adviceForError(error, root)}`);
  }
}

/** The npm that runs this, else the one on the PATH, on that Node. */
function npm(args, cwd, node = process.execPath) {
  const own = process.env.npm_execpath ?? '';
  const [program, ...first] = own.endsWith('npm-cli.js') ? [node, own] : ['npm'];
  const env = { ...process.env };
  if (node !== process.execPath) env.PATH = [dirname(node), env.PATH].join(delimiter);
  const options = { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 26, shell: process.platform === 'win32' };
  const { status, signal, stdout, stderr, error } = spawnSync(program, [...first, ...args], options);
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  // The Node that installs need not be one that the packages run on.
  return {
    status,
    signal,
    error,
    stdout: stdout ?? '',
    output: output.replace(/^npm warn EBADENGINE.*\n/gim, ''),
  };
}

/** Runs an action with npm's cache; with one for this once where its own cannot be written to. */
function withCache(action) {
  if (canWrite(cacheDirectory())) return action(null);
  const cache = mkdtempSync(join(tmpdir(), 'showcase-npm-'));
  try {
    return action(cache);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function cacheDirectory() {
  return process.env.npm_config_cache || npm(['config', 'get', 'cache'], tmpdir()).stdout.trim();
}

function canWrite(directory) {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
