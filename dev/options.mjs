/** Command lines of the tools for those who work on the project: what is wrong with one is said in a line. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

/** Something about the options is wrong; the message says what. */
export class WrongOption extends Error {}

/**
 * Reads the options and does the work. Prints the usage for `--help`. Of a wrong option it says what is wrong, in one line
 * on standard error, and sets exit code 2.
 *
 * @param usage what `--help` prints; its first line has `npm run NAME`
 * @param options as `parseArgs` takes them; `--help` is among them
 * @param work is given the values, and the operands
 * @param operands how many there may be beside the options
 */
export async function runTool(usage, options, work, operands = 0) {
  try {
    const { values, positionals } = readOptions(usage, options, operands);
    if (values.help) process.stdout.write(usage);
    else await work(values, positionals);
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/** @throws {WrongOption} */
function readOptions(usage, options, operands) {
  const help = { type: 'boolean', default: false };
  try {
    const read = parseArgs({ options: { ...options, help }, allowPositionals: operands > 0 });
    const [first] = read.positionals.slice(operands);
    if (first !== undefined) throw new Error(`Unexpected argument '${first}'`);
    return read;
  } catch (error) {
    // Node's hints are about how it reads options, not about these.
    const [problem] = error.message.split(/[.\n] ?/);
    const [command] = /npm run \S+/.exec(usage) ?? [];
    throw new WrongOption(`${problem}. ${command} -- --help lists the options.`);
  }
}

/**
 * A port of 127.0.0.1 as it was given; 0 for any that is free. Asked before anything else is done, so that nothing is made in vain.
 *
 * @throws {WrongOption} also for one that cannot be had
 */
export async function readFreePort(given) {
  const port = Number(given);
  if (!/^\d{1,5}$/.test(given) || port > 65_535)
    throw new WrongOption(`A port is a number up to 65535, not ${given}`);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch ({ code }) {
    const why = code === 'EADDRINUSE' ? 'another program has it' : code;
    throw new WrongOption(`Port ${port} cannot be used: ${why}`);
  }
  server.close();
  await once(server, 'close');
  return port;
}
