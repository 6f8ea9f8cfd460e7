import { describe, expect, it } from 'vitest';
import { withPresentNames } from '../../../src/app/fleet/old-names.ts';

const env = (given: NodeJS.ProcessEnv) =>
  withPresentNames({ env: given, defaultAppRoot: '/', name: 'config-update' }).env;

describe('a variable of config-update', () => {
  it('counts under the name that early releases had for it', () => {
    expect(env({ CONFIG_UPDATE_TIMEOUT: '5', CONFIG_UPDATE_PASSWORD_FILE: '/f', HOME: '/root' })).toEqual({
      FLEET_TIMEOUT: '5',
      FLEET_PASSWORD_FILE: '/f',
      HOME: '/root',
    });
  });

  it('counts under its present name if both are set, unless that one is empty', () => {
    expect(env({ CONFIG_UPDATE_USER: 'old', FLEET_USER: 'new' })).toEqual({ FLEET_USER: 'new' });
    expect(env({ CONFIG_UPDATE_USER: 'old', FLEET_USER: '' })).toEqual({ FLEET_USER: 'old' });
  });
});
