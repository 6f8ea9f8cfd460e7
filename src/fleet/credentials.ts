/** Who asks. Bearer tokens are `UPDATE_CONFIG_TOKEN` of the machines. */
export type Credentials =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string };

/** The value of an `Authorization` header. */
export function authorization(credentials: Credentials): string {
  if (credentials.scheme === 'bearer') return `Bearer ${credentials.token}`;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
}

/** What of them must never be seen. */
export function credentialSecrets(credentials: Credentials | null): string[] {
  if (!credentials) return [];
  if (credentials.scheme === 'bearer') return [credentials.token];
  return [credentials.password, authorization(credentials).slice('Basic '.length)];
}
