import { defineCommand } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';

export const IDLE = defineCommand(
  {
    name: 'idle',
    folder: 'scripts',
    startedBy: "Navigator's idle and stop hooks",
    summary: 'upload the changed databases of this region before the machine sleeps',
    about: [
      "Navigator's idle hook: before the machine is suspended, uploads the changed databases of this region's events, the one last written first, within IDLE_DEADLINE seconds. It lists what it did not finish. Of Fly apps only UPLOADING_APP uploads; another one says what it would upload.",
    ],
    options: {},
    examples: [['idle', 'what Navigator runs']],
    environment: [
      ['IDLE_DEADLINE', 'seconds (default 240)'],
      ['UPLOADING_APP', 'the Fly app that uploads (default smooth)'],
      ...PLACES,
    ],
    exits: [[0, 'done'], [1, 'something failed, was changed elsewhere or is left'], USAGE_EXIT],
    page: 'docs/DATABASES.md',
  },
  () => null,
);
