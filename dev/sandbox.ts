/**
 * `npm run sandbox`: what the documents' commands need, to be tried by hand: an admin host with the sample index, an object
 * store, and machines that run the real update_config. Takes the place of the one before; removes everything at its end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MACHINES_OPTION, MACHINES_USAGE, readMachines } from './demo/fleet.ts';
import { holdControl, stopRunning } from './demo/sandbox-control.ts';
import { makeSandbox, SANDBOX, type Sandbox } from './demo/sandbox-parts.ts';
import { runTool, WrongOption } from './options.mjs';

const USAGE = `Usage: npm run sandbox -- [options]

Makes an admin host, an object store and eight machines, for trying every command of the documents.
Runs until Ctrl-C ends it, and removes what it has made.

  ${MACHINES_USAGE}
  --detach       return when it is ready; it goes on in the background
  --stop         end the one that runs in the background
`;

const OPTIONS = {
  detach: { type: 'boolean', default: false },
  stop: { type: 'boolean', default: false },
  ...MACHINES_OPTION,
} as const;

await runTool(USAGE, OPTIONS, async ({ detach, stop, machines }) => {
  if (detach && stop) throw new WrongOption('--detach and --stop cannot be combined');
  if (stop) {
    const hasRun = await stopRunning(SANDBOX);
    console.log(hasRun ? 'The sandbox has ended, and is removed.' : 'No sandbox runs.');
  } else if (detach) await startDetached(readMachines(machines));
  else await run(readMachines(machines));
});

/** Starts the same program again, which tells when it is ready, and goes on without this one. */
async function startDetached(machines: number): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), `--machines=${machines}`], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (typeof message !== 'string') throw new Error('the sandbox did not begin: try it without --detach');
  console.log(
    `${message}\nIt runs in the background. It ends, and is removed, with: npm run sandbox -- --stop`,
  );
  child.disconnect();
  child.unref();
}

async function run(machines: number): Promise<void> {
  await stopRunning(SANDBOX);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  let sandbox: Sandbox | null = null;
  let control: { close(): Promise<void> } | null = null;
  try {
    sandbox = await makeSandbox(machines, stop.signal);
    control = await holdControl(SANDBOX, () => stop.abort());
    if (process.send) process.send(sandbox.introduction);
    else console.log(`${sandbox.introduction}\nCtrl-C ends it, and removes all of it.`);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    console.log('\nEnding ...');
  } catch (error) {
    // What is interrupted while the sandbox is made fails, as it should.
    if (!stop.signal.aborted) throw error;
  } finally {
    await sandbox?.close();
    // Whoever has asked for the end hears that it has come, and makes another one in the same place: nothing is removed from here on.
    await control?.close();
  }
}
