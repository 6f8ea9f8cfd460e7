import { checkMaintenance } from '../../check/rules.ts';
import { Failure } from '../../failure.ts';
import { generateMaintenance } from '../../generate/generate.ts';
import { commitFiles } from '../../install/commit.ts';
import { compareFiles } from '../../install/compare.ts';
import { stageFiles } from '../../install/stage.ts';
import { newRunId } from '../../run-id.ts';
import { readCall, type Streams } from '../arguments.ts';
import { runToEnd } from '../run-to-end.ts';
import { withoutLog } from '../without-log.ts';
import { siteOf, type World } from './machine-context.ts';
import { MAINTENANCE } from './maintenance-options.ts';

/** Writes navigator-maintenance.yml for an image build; it depends on the installation alone. */
export async function writeMaintenanceConfig(
  world: World,
  args: readonly string[],
  streams: Streams,
): Promise<0 | 1 | 2> {
  const call = await readCall(MAINTENANCE, args, streams, world);
  if (call.kind === 'answered') return call.exitCode;
  const { write, complain } = streams;
  return await runToEnd<0 | 1 | 2>(withoutLog(streams, world), async () => {
    const site = await siteOf(world);
    for (const message of site.overrideCautions ?? []) complain(`Warning: ${message}\n`);
    const [comparison] = compareFiles([generateMaintenance(site)]);
    if (!comparison?.changed) {
      write(`${comparison?.file.path} is up to date\n`);
      return 0;
    }
    const staged = await stageFiles([comparison.file], newRunId(), async (files) => {
      const violations = await checkMaintenance(files, site);
      if (violations.length > 0) {
        const list = violations.map(({ rule, message }) => `${rule}: ${message}`).join('; ');
        throw new Failure('check-failed', `the maintenance configuration breaks rules: ${list}`, {
          hint: 'Correct the override file, or report it.',
        });
      }
    });
    commitFiles(staged, null);
    write(`wrote ${comparison.file.path}\n`);
    return 0;
  });
}
