import { enter } from '../app/enter.ts';
import { answerCgi } from '../app/machine/cgi.ts';
import { isCgi } from '../cgi/request.ts';
import { leave } from './leave.ts';
import { streams, writeAll } from './output.ts';
import { standardTerminal, terminalColumns } from './terminal.ts';
import { worldOf } from './world.ts';

async function main(): Promise<number> {
  const world = await enter(worldOf('update_config'));
  if (!isCgi(process.env)) {
    const { runCommand } = await import('../app/machine/update-command.ts');
    return await runCommand(world, process.argv.slice(2), {
      ...streams,
      columns: terminalColumns,
      terminal: standardTerminal(),
    });
  }
  const { output, exitCode } = await answerCgi(world);
  writeAll(output);
  return exitCode;
}

main().then(leave, (error: unknown) => {
  // No error is expected there. In any case the caller gets an answer.
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (isCgi(process.env))
    writeAll('Status: 500 Internal Server Error\r\nContent-Type: text/plain\r\n\r\nFailed (internal)\n');
  process.stderr.write(`${said}\n`);
  return leave(1);
});
