import { defineCommand } from '../options/command.ts';
import { PLACES, USAGE_EXIT } from '../options/common.ts';

export const TENANT_STOP = defineCommand(
  {
    name: 'tenant-stop',
    folder: 'scripts',
    startedBy: "Navigator's tenant hook",
    summary: 'upload the database of one event that is stopped',
    about: [
      "Navigator's hook for an event that is stopped: uploads its database, which RAILS_APP_DB names, if it was changed and belongs to this region, within TENANT_STOP_DEADLINE seconds. Of Fly apps only UPLOADING_APP uploads; another one says what it would upload.",
    ],
    options: {},
    examples: [['RAILS_APP_DB=2025-boston tenant-stop', 'what Navigator runs']],
    environment: [
      ['RAILS_APP_DB', 'the name of the database, which Navigator sets'],
      ['TENANT_STOP_DEADLINE', 'seconds (default 100)'],
      ['UPLOADING_APP', 'the Fly app that uploads (default smooth)'],
      ...PLACES,
    ],
    exits: [[0, 'done'], [1, 'it failed or was changed elsewhere'], USAGE_EXIT],
    page: 'docs/DATABASES.md',
  },
  () => null,
);
