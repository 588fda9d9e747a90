import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'
import { bundledFiles, NATIVE_PACKAGES } from './packaging/bundled-files.ts'

/**
 * Builds Electron's main and preload into dist/. The page is built by vite.config.ts, for both shells alike. Everything
 * is bundled but the native packages, so that the archive holds no other package.
 */
export default defineConfig({
  main: {
    plugins: [bundledFiles()],
    build: {
      externalizeDeps: false,
      minify: true,
      rolldownOptions: {
        input: { main: resolve(import.meta.dirname, 'main/electron/main.ts') },
        external: [...NATIVE_PACKAGES],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      minify: true,
      rolldownOptions: {
        input: { preload: resolve(import.meta.dirname, 'preload/preload.ts') },
        // A sandboxed preload is one CommonJS file: it can load nothing but Electron.
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
})
