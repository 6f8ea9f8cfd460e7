/** Loaded into a measured process: writes what the kernel has counted for it when it ends (KiB, microseconds). */
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.BENCH_COUNTS_FILE, JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime }));
});
