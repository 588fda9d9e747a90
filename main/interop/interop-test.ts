import { test } from 'vitest'
import { LoopbackNetwork } from './loopback-network.ts'
import { requireInterop } from './requirements.ts'

/**
 * A test with real libtoxcore programs on this machine: `network` starts them and ends them with the test.
 * Its expectations come from the context, so that tests of one file can run side by side.
 */
export const interopTest = test.extend<{ network: LoopbackNetwork }>({
  network: async ({ onTestFinished, skip }, use) => {
    requireInterop(skip)
    const network = new LoopbackNetwork()
    onTestFinished(() => network.end())
    await use(network)
  },
})
