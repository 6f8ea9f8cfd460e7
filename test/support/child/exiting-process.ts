/** Runs a command by `runLimited`, and exits when standard input ends: `node exiting-process.ts <json of a LimitedRequest>`. */
import { runLimited } from '../../../src/child/limited.ts';

const request = JSON.parse(process.argv[2] ?? '{}');
process.stdin.resume().once('end', () => process.exit(0));
await runLimited({ ...request, env: { PATH: process.env['PATH'] ?? '' }, input: Buffer.alloc(0) });
