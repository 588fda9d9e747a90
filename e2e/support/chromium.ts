import { type Browser, chromium, type LaunchOptions } from '@playwright/test'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { chmod } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-fs'

const PACKAGE = resolve(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..')
const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache')

/** Not the package's own list: that one gives up the sandbox between sites and shares one process. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

/**
 * The fonts of the package, then the system's; the families that pages ask for, so that every machine with the same fonts
 * draws the same.
 */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
${prefer('system-ui', ['Open Sans', 'DejaVu Sans', 'Noto Color Emoji'])}
${prefer('sans-serif', ['Open Sans', 'DejaVu Sans', 'Noto Color Emoji'])}
${prefer('monospace', ['DejaVu Sans Mono'])}
${prefer('emoji', ['Noto Color Emoji'])}
</fontconfig>
`
}

function prefer(family: string, fonts: readonly string[]): string {
  const names = fonts.map((font) => `<family>${font}</family>`).join('')
  return `  <alias binding="same"><family>${family}</family><prefer>${names}</prefer></alias>`
}

/** A real Chromium: the one that comes with the packages on Linux x64, elsewhere an installed Chrome or Playwright's own. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return await chromium.launch({ ...(await chromiumOptions()), ...options })
}

/** What Playwright has to know to start it. */
export async function chromiumOptions(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return existsSync(chromium.executablePath()) ? {} : { channel: 'chrome' }
  }
  const folder = await unpackChromium()
  const fonts = join(folder, 'fonts')
  writeOnce(join(fonts, 'fonts.conf'), fontsConf(fonts))
  return {
    executablePath: join(folder, 'chromium'),
    args: ARGUMENTS,
    env: {
      ...definedEnvironment(),
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_PATH: fonts,
    },
  }
}

/** Unpacks the archives once. Several processes may try at the same time: the first to finish names the folder. */
async function unpackChromium(): Promise<string> {
  const folder = join(CACHE, 'ampoule-chromium-153.0.0')
  if (existsSync(folder)) return folder
  mkdirSync(CACHE, { recursive: true })
  const fresh = mkdtempSync(`${folder}-`)
  await unpackFile('chromium.br', join(fresh, 'chromium'))
  await unpackTar('al2023.tar.br', join(fresh, 'al2023'))
  await unpackTar('fonts.tar.br', fresh)
  await unpackTar('swiftshader.tar.br', fresh)
  try {
    renameSync(fresh, folder)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** Another browser may be reading it at this moment. */
function writeOnce(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
}

async function unpackFile(archive: string, path: string): Promise<void> {
  await pipeline(createReadStream(join(PACKAGE, 'bin', archive)), createBrotliDecompress(), createWriteStream(path))
  await chmod(path, 0o755)
}

async function unpackTar(archive: string, folder: string): Promise<void> {
  await pipeline(createReadStream(join(PACKAGE, 'bin', archive)), createBrotliDecompress(), extract(folder))
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
