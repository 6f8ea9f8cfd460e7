import { defineCommand } from '../options/command.ts';
import { USAGE_EXIT } from '../options/common.ts';

export const MAINTENANCE = defineCommand(
  {
    name: 'maintenance-config',
    folder: 'scripts',
    startedBy: 'image builds',
    summary: 'write the configuration that a new image starts with, navigator-maintenance.yml',
    about: [
      'Writes <app root>/config/navigator-maintenance.yml, with which Navigator starts in a new image and serves the maintenance page until the first update is through.',
    ],
    options: {},
    examples: [
      [
        'FLY_APP_NAME=smooth FLY_REGION=iad maintenance-config',
        'write it for machines of Fly, as an image build does',
      ],
    ],
    environment: [
      ['FLY_APP_NAME', 'with FLY_REGION: the configuration is for machines of Fly'],
      ['KAMAL_CONTAINER_NAME', 'the configuration is for the one server'],
      ['APP_ROOT', "the application's directory (default the parent of this file's)"],
    ],
    exits: [[0, 'written, or up to date'], [1, 'failed (nothing was changed)'], USAGE_EXIT],
    page: 'docs/OPERATING.md',
  },
  () => null,
);
