/**
 * `node received-process.ts HOME LINES`: receives batches of so many lines for ever, and says the number of each when it may
 * be answered.
 */
import { writeSync } from 'node:fs';
import { createDeploys } from '../../../../src/runs/deploys/create-deploys.ts';
import { openRunsFile } from '../../../../src/runs/runs-file.ts';
import { Watchers } from '../../../../src/runs/watchers.ts';
import { logsOf, numbers } from './received-rig.ts';

const [, , home = '', count = ''] = process.argv;
const parts = { db: openRunsFile(home), watchers: new Watchers(), damaged: () => {}, now: Date.now };
const deploys = createDeploys(parts);
for (let batch = 1; ; batch += 1) {
  const last = batch * Number(count);
  deploys.logs('default', logsOf(numbers(last - Number(count) + 1, last)));
  writeSync(1, `${batch}\n`);
}
