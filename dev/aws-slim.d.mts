import type { BuildOptions, Plugin } from 'esbuild';

export declare const slimOptions: Pick<BuildOptions, 'mainFields' | 'conditions' | 'supported'>;
export declare const stubbed: readonly string[];
export declare function awsSlim(): Plugin;
