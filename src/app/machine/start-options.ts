import { defineCommand } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';

export const START = defineCommand(
  {
    name: 'start',
    folder: 'scripts',
    startedBy: "Navigator's start hook",
    summary: 'make missing directories, finish an interrupted update, write htpasswd; without the network',
    about: [
      "Navigator's start hook, before it serves: makes the directories that the application needs and that are missing, finishes or undoes an update that was interrupted, and writes htpasswd from the local index, within START_DEADLINE seconds. It never uses the network, since Navigator waits for it.",
    ],
    options: {},
    examples: [['start', 'what Navigator runs']],
    environment: [['START_DEADLINE', 'seconds (default 20)'], ...PLACES.slice(0, 2)],
    exits: [
      [0, 'done, or failed where an htpasswd is in place (the site stays up with that)'],
      [1, 'failed without an htpasswd'],
      USAGE_EXIT,
    ],
    page: 'docs/OPERATING.md',
  },
  () => null,
);
