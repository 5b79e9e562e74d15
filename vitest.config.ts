import { defineConfig } from 'vitest/config';

/** Tests that talk to real servers: one file at a time, with patience for a machine that is busy. */
const withServers = {
  globalSetup: ['test/support/global-setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
  fileParallelism: false,
  // A machine of CI with two cores runs brokers, proxy and test at once. What needs a second try is reported as flaky.
  retry: process.env['CI'] === undefined ? 0 : 2,
};

/** A machine that is busy with other things makes nothing fail. */
const patient = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          ...patient,
          include: [
            'apps/**/*.spec.ts',
            'libs/**/*.spec.ts',
            'scripts/**/*.spec.ts',
            'test/support/**/*.spec.ts',
          ],
        },
      },
      { test: { name: 'contract', include: ['test/contract/**/*.spec.ts'], ...patient } },
      { test: { name: 'simulation', include: ['test/simulation/**/*.spec.ts'] } },
      { test: { name: 'integration', include: ['test/integration/**/*.spec.ts'], ...withServers } },
      { test: { name: 'cluster', include: ['test/cluster/**/*.spec.ts'], ...withServers } },
    ],
  },
});
