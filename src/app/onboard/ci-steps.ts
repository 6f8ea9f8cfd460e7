import { writtenValue } from './env-text.ts';

/** The systems that there are steps for. */
export const CI_NAMES = ['github', 'gitlab', 'other'] as const;
export type CiName = (typeof CI_NAMES)[number];

/** Where things are on the machine that runs the steps. */
export interface CiPlaces {
  /** Path of config-update. */
  readonly program: string;
  readonly envFile: string;
  readonly target: string;
}

/** Of the files below examples. */
export const EXAMPLE_PLACES: CiPlaces = {
  program: '/rails/scripts/config-update',
  envFile: '/rails/config/showcase.env',
  target: 'fly',
};

/** Loads a file of settings into a shell, and all that it starts. */
export function loading(envFile: string): string {
  return `set -a; . ${writtenValue(envFile)}; set +a`;
}

function command({ program, target }: CiPlaces): string {
  return target === 'fly' ? writtenValue(program) : `${writtenValue(program)} --target ${target}`;
}

function outbox({ program }: CiPlaces): string {
  return `${writtenValue(program)} --send-outbox --wait 30`;
}

/**
 * What a workflow does: an update, and whatever comes of it, the lines that the dashboard has not got. `exec` puts
 * config-update in the place of the shell, which would hand on no signal when somebody cancels.
 */
export function ciSteps(ci: CiName, places: CiPlaces): string {
  const load = loading(places.envFile);
  const lines = {
    github: [
      '      - name: Update every machine',
      '        env:',
      `          DEPLOY_KEY: \${{ secrets.DEPLOY_KEY }}`,
      '        run: |',
      `          ${load}`,
      `          exec ${command(places)}`,
      '      - name: Send what the dashboard has not got',
      '        if: always()',
      '        env:',
      `          DEPLOY_KEY: \${{ secrets.DEPLOY_KEY }}`,
      '        run: |',
      `          ${load}`,
      `          exec ${outbox(places)}`,
    ],
    gitlab: [
      '  variables:',
      '    NVOI_DEPLOY_ID: "gitlab-$CI_PIPELINE_ID"',
      '  script:',
      '    - |',
      `      ${load}`,
      `      exec ${command(places)}`,
      '  after_script:',
      '    - |',
      `      ${load}`,
      `      exec ${outbox(places)}`,
    ],
    other: [
      '# A name of this deployment that no other one has: 1 to 128 letters, digits and . _ ~ -',
      'export NVOI_DEPLOY_ID="build-$BUILD_ID"',
      load,
      `exec ${command(places)}`,
      '# And in a step that always runs:',
      `${outbox(places)}`,
    ],
  }[ci];
  return `${lines.join('\n')}\n`;
}
