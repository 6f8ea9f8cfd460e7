export declare const ALLOWED: readonly string[];
export declare function renderLicenses(root: string, packages: readonly string[]): Promise<string>;
export declare function licensedPackages(text: string): { name: string; version: string }[];
