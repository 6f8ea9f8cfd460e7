/** Runs a command by `runChild` until this process is killed: `node hold-process.ts <json of a ChildRequest>`. */
import { runChild } from '../../../src/child/run-child.ts';

const request = JSON.parse(process.argv[2] ?? '{}');
const outcome = await runChild({ ...request, env: process.env, onLine: (line) => console.log(line) });
console.log(JSON.stringify(outcome));
