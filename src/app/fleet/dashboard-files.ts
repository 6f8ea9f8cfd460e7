import type { Dashboard } from '../../callbacks/delivery-model.ts';
import { decryptConfig } from '../../callbacks/deploy-cipher.ts';
import { type DeployConfig, dashboardOf, readDeployConfig } from '../../callbacks/deploy-config.ts';
import { findDeployKey, readDeployFile } from '../../callbacks/deploy-key.ts';
import { Failure } from '../../failure.ts';
import type { World } from '../machine/machine-context.ts';
import type { DashboardOptions } from './dashboard-options.ts';

/** Where deploy.enc is, and where its key may be. */
export interface DeployPlaces {
  readonly deployFile: string;
  readonly appRoot: string;
}

export interface ReadDashboard {
  readonly dashboard: Dashboard;
  readonly config: DeployConfig;
  /** What the operator should know. */
  readonly cautions: readonly string[];
}

/**
 * Reads the dashboard that a deploy.enc names.
 *
 * @returns null where it names none
 * @throws {Failure} `config-invalid`: the file, its key or the address cannot be used; never with a secret
 */
export function readDashboard(
  { env }: Pick<World, 'env'>,
  { deployKey }: DashboardOptions,
  { deployFile, appRoot }: DeployPlaces,
): ReadDashboard | null {
  const bytes = readDeployFile(deployFile);
  const key = findDeployKey({ given: deployKey, env, deployFile, appRoot });
  if (!key) {
    throw new Failure('config-invalid', `there is no deploy key for ${deployFile}`, {
      hint: 'Set DEPLOY_KEY, put the key into the file deploy.key beside it, or name its file with --deploy-key.',
    });
  }
  const config = readDeployConfig(decryptConfig(bytes, key.text));
  const dashboard = dashboardOf(config, key.text);
  if (!dashboard) return null;
  return { dashboard, config, cautions: key.caution === null ? [] : [key.caution] };
}
