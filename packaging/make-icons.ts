import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launchChromium } from '../e2e/support/chromium.ts'
import { icnsFile, icoFile, type IconPicture } from './icon-files.ts'

/**
 * Draws every icon file anew from the SVG sources in resources/source, with the Chromium of the packages. The files are
 * in the tree: run this only after a change of the sources (`npm run icons`).
 */
const RESOURCES = resolve(import.meta.dirname, '../resources')
/** Fine lines are lost below it: the bold drawing is used there. */
const BOLD_BELOW = 48
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1_024]
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]

const browser = await launchChromium()
try {
  const pictures: IconPicture[] = []
  for (const size of SIZES) pictures.push({ size, png: await draw(size < BOLD_BELOW ? 'icon-small' : 'icon', size) })
  mkdirSync(join(RESOURCES, 'icons'), { recursive: true })
  for (const { size, png } of pictures) writeFileSync(join(RESOURCES, `icons/${size}x${size}.png`), png)
  write('icon.png', await draw('icon', 512))
  write('icon.ico', icoFile(pictures.filter(({ size }) => ICO_SIZES.includes(size))))
  write('icon.icns', icnsFile(pictures))
  write('badge.png', await draw('badge', 32))
  for (const [suffix, scale] of [['', 1] as const, ['@2x', 2] as const]) {
    write(`tray${suffix}.png`, await draw('tray', 24 * scale))
    write(`tray-unread${suffix}.png`, await draw('tray', 24 * scale, 'badge'))
    write(`trayTemplate${suffix}.png`, await draw('tray-template', 18 * scale))
    write(`tray-unreadTemplate${suffix}.png`, await draw('tray-template', 18 * scale, 'badge'))
  }
} finally {
  await browser.close()
}

function write(name: string, bytes: Uint8Array): void {
  writeFileSync(join(RESOURCES, name), bytes)
}

/** One drawing as a PNG with a clear ground; `mark` is laid over its upper right corner. */
async function draw(name: string, size: number, mark?: string): Promise<Uint8Array> {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const overlay = mark === undefined ? '' : `<img src="${source(mark)}" style="right:0;top:0;width:50%">`
  await page.setContent(
    `<style>*{margin:0}img{position:absolute;display:block}</style>
     <img src="${source(name)}" style="left:0;top:0;width:100%">${overlay}`,
  )
  const png = await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } })
  await page.close()
  return png
}

function source(name: string): string {
  const svg = readFileSync(join(RESOURCES, 'source', `${name}.svg`))
  return `data:image/svg+xml;base64,${svg.toString('base64')}`
}
