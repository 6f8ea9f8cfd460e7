import { defineCommand } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';

export const RESUME = defineCommand(
  {
    name: 'resume',
    folder: 'scripts',
    startedBy: "Navigator's resume hook",
    summary: 'update a machine that was suspended, before it serves again',
    about: [
      "Navigator's resume hook, on a machine that was suspended: the whole update, as update_config does it, so that the machine has the present index before it serves, within RESUME_DEADLINE seconds. Navigator reloads by itself if it succeeds and config/navigator.yml is new.",
    ],
    options: {},
    examples: [['resume', 'what Navigator runs']],
    environment: [['RESUME_DEADLINE', 'seconds (default 285)'], ...PLACES],
    exits: [
      [0, 'done, or the update failed and the machine serves from the index that it has'],
      [1, 'the machine has no index that can be used'],
      USAGE_EXIT,
    ],
    page: 'docs/READY.md',
  },
  () => null,
);
