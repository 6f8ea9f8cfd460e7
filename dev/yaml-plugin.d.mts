import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vitest/config';

export declare const esbuildYaml: EsbuildPlugin;
export declare const viteYaml: VitePlugin;
