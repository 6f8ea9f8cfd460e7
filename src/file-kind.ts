/** What a generated file is, for reports, rules and generations. */
export type GeneratedKind = 'htpasswd' | 'map' | 'showcases' | 'tenants' | 'navigator' | 'maintenance';
