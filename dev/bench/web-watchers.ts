import type { WebRig } from '../web/rig.ts';
import { askForRun, untilRunEnds } from './web-site.ts';

/**
 * Milliseconds from each event of a run, by the clock of the process that says it, until each of so many WebSockets has
 * it. The run waits behind another one until all of them are open.
 */
export async function timeWatchers(rig: WebRig, watchers: number): Promise<number[]> {
  const administrator = rig.visitor(rig.sample.administrator);
  await askForRun(administrator);
  const run = await askForRun(administrator);
  const { ticket } = await administrator.events(run);
  const all = Array.from({ length: watchers }, () =>
    administrator.watch(run, ticket, { site: rig.serverUrl }),
  );
  await Promise.all(all.map(({ begun }) => begun));
  const { run: now } = await administrator.events(run);
  if (now.state !== 'waiting') throw new Error('the run began before everybody watched');
  // They are all that may wait at a time.
  await Promise.all(all.map(({ ended }) => ended));
  await untilRunEnds(administrator, run);
  return all.flatMap(({ frames }) =>
    frames.flatMap(({ frame, at }) => (frame.type === 'event' ? [at - Date.parse(frame.event.at)] : [])),
  );
}
