import { answerCgi } from '../app/cgi.ts';
import { runCommand } from '../app/command.ts';
import { isCgi } from '../cgi/request.ts';
import { writeAll } from './output.ts';
import { worldOf } from './world.ts';

const world = worldOf('update_config');

async function main(): Promise<number> {
  if (!isCgi(process.env)) return await runCommand(world, process.argv.slice(2), writeAll);
  const { output, exitCode } = await answerCgi(world);
  writeAll(output);
  return exitCode;
}

// Leaving at once: sockets that are kept alive for a next request would hold the process, and there is none.
main().then((code) => process.exit(code));
