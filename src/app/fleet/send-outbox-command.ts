import { thrownAwayNote } from '../../callbacks/delivery-notes.ts';
import { sendOutbox } from '../../callbacks/send-outbox.ts';
import { Failure } from '../../failure.ts';
import { createScrubber } from '../../report/redact.ts';
import { appRootOf } from '../../site/read-site.ts';
import { counted } from '../../text.ts';
import type { Streams } from '../arguments.ts';
import { findDeployFile } from '../deploy-file.ts';
import type { World } from '../machine/machine-context.ts';
import type { Form } from '../options/form.ts';
import { readDashboard } from './dashboard-files.ts';
import type { DashboardOptions, SendOutboxTask } from './dashboard-options.ts';
import { requireOutbox } from './dashboard-outbox.ts';
import type { Console } from './fleet-voice.ts';

/**
 * Sends what runs have left in the outbox.
 *
 * @returns the exit code: 0 where nothing is left, else 1, or that of the signal that ended it
 * @throws {Failure} `config-invalid`: there is no usable dashboard; `disk`, `db-dir-missing`: there can be no outbox
 */
export async function runSendOutbox(
  world: World,
  {
    task: { waitMs },
    dashboard: options,
    form,
  }: { readonly task: SendOutboxTask; readonly dashboard: DashboardOptions; readonly form: Form },
  { write, stop }: Streams & Pick<Console, 'stop'>,
): Promise<number> {
  const appRoot = appRootOf(world.env, world);
  const deployFile = options.deployConfig ?? findDeployFile(appRoot);
  const read = deployFile === null ? null : readDashboard(world, options, { deployFile, appRoot });
  if (!read) {
    throw new Failure('config-invalid', 'there is no dashboard to send anything to', {
      hint: 'Name it by callback_url in deploy.enc (scripts/onboard).',
    });
  }
  const outboxDir = await requireOutbox(world, options.outbox);
  const notes: string[] = [...read.cautions];
  const note = (message: string) => void notes.push(message);
  const { runs, lines, thrownAway } = await sendOutbox(read.dashboard, {
    ...{ outboxDir, waitMs, note },
    signal: stop.signal,
  });
  if (thrownAway > 0) notes.push(thrownAwayNote(thrownAway));
  const scrubber = createScrubber([read.dashboard.deployKey]);
  const isDone = runs === 0;
  if (form === 'json') write(`${JSON.stringify(scrubber.value({ runs, lines, thrownAway, notes }))}\n`);
  else {
    for (const message of notes) write(`Note: ${scrubber.line(message)}\n`);
    write(
      isDone
        ? 'Nothing is left to send.\n'
        : `Not sent yet: ${counted(lines, 'line')} of ${counted(runs, 'run')}.\n`,
    );
  }
  return isDone ? 0 : (stop.exitCode() ?? 1);
}
