/*
 * Writes a small site, as a program that can be killed or run beside another. Run as: node driver.ts <public dir> <text>
 */
import { existsSync } from 'node:fs';
import { writePages } from '../../../src/pages-out/write-pages.ts';
import { styledSite } from './site.ts';

const [publicDir = '', text = '', ...more] = process.argv.slice(2);
// Whoever traces this program sees by this call where the work begins.
existsSync('/the-work-begins-here');
const { counts } = await writePages({
  publicDir,
  pages: styledSite(text, ...more),
  dryRun: false,
  step: 'pages',
  say: () => {},
});
if (counts['failed'] !== 0) process.exitCode = 1;
