/**
 * What an executable does under a Node that is too old for it. Keeps to the JavaScript of Node 10.
 * Part of preamble.cjs, which gives it `module` and `load` (that is, `require`).
 */
'use strict';
const childProcess = load('child_process');
const fs = load('fs');
const os = load('os');
const path = load('path');

/**
 * By hand, runs this executable under the Node of the clone that it stands in, where there is one: what was typed does
 * what it says. As CGI, and where there is none, says what to do.
 *
 * @param isCgi whether a web server waits for an answer
 * @param refuse says this advice and ends the process
 * @param general advice that always holds
 * @param mark a variable that is set where this has been done already
 * @param requireSafe see safe-path.cjs
 */
function startAnother({ isCgi, refuse, general, mark, requireSafe }) {
  const clone = path.resolve(fs.realpathSync(process.argv[1]), '../..');
  const node = path.join(clone, 'node_modules/.bin/node');
  const setUp = `This brings the right one:\n  cd ${quote(clone)} && npm run setup\nOr: ${general}`;
  if (!isExecutable(node)) return refuse(fs.existsSync(path.join(clone, 'dev/setup.mjs')) ? setUp : general);
  if (process.env[mark]) return refuse(setUp);

  const put = `PATH=${quote(path.dirname(node))}:$PATH`;
  if (isCgi) return refuse(`The right one is ${node}. Start the web server with\n  ${put}`);
  const reason = distrust(node, requireSafe);
  if (reason !== null) {
    const command = [put].concat(process.argv.slice(1).map(quote)).join(' ');
    return refuse(`As root, ${node} is not taken: ${reason}. If you trust it:\n  ${command}`);
  }
  const env = Object.assign({}, process.env, { [mark]: process.version });
  standInFor(() => childProcess.spawn(node, process.argv.slice(1), { env, stdio: 'inherit' })).on(
    'error',
    ({ message }) => refuse(`${node} cannot be started (${message}). ${setUp}`),
  );
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why root does not start this program; null where there is no reason, and for everybody else. */
function distrust(file, requireSafe) {
  const isRoot = process.geteuid ? process.geteuid() === 0 : false;
  if (!isRoot) return null;
  try {
    requireSafe(file, [0]);
    return null;
  } catch (error) {
    return error.message;
  }
}

/**
 * Starts a process, and makes this one look like it to whoever has started this one: signals go there, those too that
 * come while it starts, and the end comes from there.
 */
function standInFor(start) {
  let child;
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!isForeground()) child.kill('SIGINT');
  });
  child = start();
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.exitCode = 128 + os.constants.signals[signal]; // for a signal that does not end this process
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  return child;
}

/** Whether the terminal sends Ctrl-C to this process; then it has sent it to the child, too, which heeds each one. */
function isForeground() {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return [0, 1, 2].some((fd) => load('tty').isatty(fd)); // no Linux
  }
}

/** For a shell. */
const quote = (text) => (/^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.split("'").join("'\\''")}'`);

module.exports = { startAnother };
