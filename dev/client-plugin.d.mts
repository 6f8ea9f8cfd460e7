import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vitest/config';

export declare const esbuildClient: EsbuildPlugin;
export declare const viteClient: VitePlugin;
