import { isMainThread } from 'node:worker_threads';

/** The second time, a signal does what it always does. */
function stopOnSignals(): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  return stop;
}

async function main(): Promise<void> {
  const stop = stopOnSignals();
  const { enter } = await import('../app/enter.ts');
  const { runShowcaseWeb } = await import('../app/web/showcase-web-command.ts');
  const { leave } = await import('./leave.ts');
  const { streams } = await import('./output.ts');
  const { worldOf } = await import('./world.ts');
  const world = await enter(worldOf('showcase-web'));
  await leave(await runShowcaseWeb(world, process.argv.slice(2), streams, stop));
}

// This program starts itself once more in a thread, which loads nothing but what hashes passwords.
if (isMainThread) void main();
else void import('../app/web/password-thread.ts').then(({ servePasswords }) => servePasswords());
