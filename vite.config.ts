import react from '@vitejs/plugin-react'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import type { SourceEmoji } from './renderer/features/conversation/emoji-data.ts'

/**
 * Builds the renderer into dist/renderer, for Electron and the web shell alike: nothing inline, so that the content
 * security policy needs no exception, and relative addresses, so that it runs under any scheme and folder.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react(), usedOfEmoji(), compiledAhead()],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/renderer'),
    emptyOutDir: true,
    target: ['chrome130', 'firefox130', 'safari18'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssMinify: true,
    minify: true,
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        // What the page starts with is read and compiled in two parts at the same time.
        codeSplitting: {
          groups: [{ name: 'foundation', test: /node_modules[\\/](?:react|react-dom|scheduler|zod|zustand)[\\/]/ }],
        },
      },
    },
  },
})

/**
 * Marks the scripts that the page starts with: Chromium compiles all of such a script on another thread while it loads,
 * instead of function by function when a person first clicks. docs/results/app.md tells what that gains and costs.
 */
function compiledAhead(): Plugin {
  return {
    name: 'compiled-ahead',
    generateBundle: {
      // After Vite has put its own lines at the head of a chunk.
      order: 'post',
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
        const atStart = new Set(
          chunks.filter(({ isEntry }) => isEntry).flatMap((entry) => [entry.fileName, ...entry.imports]),
        )
        for (const chunk of chunks) {
          if (atStart.has(chunk.fileName)) chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`
        }
      },
    },
  }
}

/** Takes of the lists of emoji what the picker reads: less than half, which a person then waits for. */
function usedOfEmoji(): Plugin {
  return {
    name: 'used-of-emoji',
    load: {
      filter: { id: /emojibase-data[\\/]\w+[\\/]data\.json$/ },
      async handler(id) {
        // The package's own list.
        const all = JSON.parse(await readFile(id, 'utf8')) as readonly SourceEmoji[]
        return JSON.stringify(
          all.map(({ emoji, label, version, group, tags, skins }) => {
            const tones = skins?.map((skin) => ({ emoji: skin.emoji, tone: skin.tone }))
            return { emoji, label, version, group, tags, skins: tones }
          }),
        )
      },
    },
  }
}
