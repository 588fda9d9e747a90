import react from '@vitejs/plugin-react'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/**
 * Builds the renderer into dist/renderer, for Electron and the web shell alike: nothing inline, so that the content
 * security policy needs no exception, and relative addresses, so that it runs under any scheme and folder.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/renderer'),
    emptyOutDir: true,
    target: ['chrome130', 'firefox130', 'safari18'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssMinify: true,
    minify: true,
    reportCompressedSize: true,
  },
})
