import { describe, expect, it } from 'vitest';
import { deployIdOf } from '../../../src/callbacks/deploy-id.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the id of a deploy', () => {
  it.each([
    [{ NVOI_DEPLOY_ID: 'gitlab-12', GITHUB_RUN_ID: '345' }, 'gitlab-12'],
    [{ NVOI_DEPLOY_ID: '', GITHUB_RUN_ID: '345' }, '345'],
    [{ GITHUB_RUN_ID: '345', CI_PIPELINE_ID: '12', CI_JOB_ID: '6', CIRCLE_WORKFLOW_ID: 'x' }, '345'],
    [{ NVOI_DEPLOY_ID: 'A.z_0~-' }, 'A.z_0~-'],
    [{ NVOI_DEPLOY_ID: 'a'.repeat(128) }, 'a'.repeat(128)],
  ])('of %j is %s', (env, id) => expect(deployIdOf(env)).toEqual({ id, caution: null }));

  it('is a new random one where nobody names one, whatever other CIs say', () => {
    const env = { CI_PIPELINE_ID: '12', CIRCLE_WORKFLOW_ID: 'x', BUILDKITE_BUILD_ID: 'y' };
    expect(deployIdOf(env)).toEqual({ id: expect.stringMatching(UUID), caution: null });
    expect(deployIdOf(env).id).not.toBe(deployIdOf(env).id);
  });

  it.each(['..', '.hidden', '-x', '{3b1e}', 'a/b', 'a b', 'a\n', 'é', 'a'.repeat(129)])(
    'is not %j, which would not fit into a path and a header',
    (bad) => {
      const caution = expect.stringContaining('NVOI_DEPLOY_ID is not used');
      expect(deployIdOf({ NVOI_DEPLOY_ID: bad, GITHUB_RUN_ID: '345' })).toEqual({ id: '345', caution });
      expect(deployIdOf({ NVOI_DEPLOY_ID: bad })).toEqual({ id: expect.stringMatching(UUID), caution });
    },
  );
});
