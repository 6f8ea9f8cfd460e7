/** What we have, and no program of the application may learn. */
export const TOKEN = 'token-of-the-operator';

/** Of the environment; what stands in files is below. */
export const OWN_SECRETS = {
  FLY_API_TOKEN: 'fly-token-of-the-operator',
  FLEET_PASSWORD: 'password-of-the-operator',
} as const;

/** Stands in files of root's that nobody else may read. */
export const VAULT_SECRET = 'root-alone-may-read-this-9f31';
