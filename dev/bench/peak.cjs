/** Loaded into a measured process: writes its peak resident memory (KiB, getrusage) when it ends. */
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.BENCH_PEAK_FILE, String(process.resourceUsage().maxRSS));
});
