/** Command lines of the tools for those who work on the project: what is wrong with one is said in a line. */
import { parseArgs } from 'node:util';

/** Something about the options is wrong; the message says what. */
export class WrongOption extends Error {}

/**
 * Reads the options and does the work. Prints the usage for `--help`. Of a wrong option it says what is wrong, in one line
 * on standard error, and sets exit code 2.
 *
 * @param usage what `--help` prints
 * @param options as `parseArgs` takes them; `--help` is among them
 * @param work is given the values
 */
export async function runTool(usage, options, work) {
  try {
    const values = readOptions(options);
    if (values.help) process.stdout.write(usage);
    else await work(values);
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/** @throws {WrongOption} */
function readOptions(options) {
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    // Node's hints are about how it reads options, not about these.
    const [problem] = error.message.split(/\. /);
    throw new WrongOption(`${problem}. --help lists the options.`);
  }
}

/**
 * The value of an option that is a port; 0 for any that is free.
 *
 * @throws {WrongOption}
 */
export function readPort(given) {
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port < 65_536) return port;
  throw new WrongOption(`--port takes a number up to 65535, not ${given}`);
}
