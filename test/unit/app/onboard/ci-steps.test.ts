import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ciSteps, EXAMPLE_PLACES } from '../../../../src/app/onboard/ci-steps.ts';
import { ROOT } from '../../../support/machine/machine.ts';

const example = (path: string) => readFileSync(join(ROOT, 'examples', path), 'utf8');

it.each([
  ['github', 'github-actions/config-update.yml'],
  ['gitlab', 'gitlab/.gitlab-ci.yml'],
] as const)('what the wizard prints for %s is what its file to copy has', (ci, path) => {
  expect(example(path)).toContain(ciSteps(ci, EXAMPLE_PLACES));
});

it('paths with white space and another target are written for a shell', () => {
  const places = {
    program: '/my rails/scripts/config-update',
    envFile: '/my rails/config/showcase.env',
    target: 'fly,kamal',
  };
  expect(ciSteps('other', places)).toContain(
    "set -a; . '/my rails/config/showcase.env'; set +a\nexec '/my rails/scripts/config-update' --target fly,kamal\n",
  );
});
