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
 * @param work is given the values, and the operands
 * @param operands how many there may be beside the options
 */
export async function runTool(usage, options, work, operands = 0) {
  try {
    const { values, positionals } = readOptions(options, operands);
    if (values.help) process.stdout.write(usage);
    else await work(values, positionals);
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/** @throws {WrongOption} */
function readOptions(options, operands) {
  const help = { type: 'boolean', default: false };
  try {
    const read = parseArgs({ options: { ...options, help }, allowPositionals: operands > 0 });
    const [first] = read.positionals.slice(operands);
    if (first !== undefined) throw new Error(`Unexpected argument '${first}'`);
    return read;
  } catch (error) {
    // Node's hints are about how it reads options, not about these.
    const [problem] = error.message.split(/[.\n] ?/);
    throw new WrongOption(`${problem}. --help lists the options.`);
  }
}

/**
 * A port as it was given; 0 for any that is free.
 *
 * @throws {WrongOption}
 */
export function readPort(given) {
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port < 65_536) return port;
  throw new WrongOption(`A port is a number up to 65535, not ${given}`);
}
