import type { Plugin } from 'esbuild';

export declare const esbuildYaml: Plugin;
