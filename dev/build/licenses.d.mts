export const ALLOWED: readonly string[];
export function renderLicenses(root: string, packages: readonly string[]): Promise<string>;
