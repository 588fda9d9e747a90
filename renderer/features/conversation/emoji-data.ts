import type { EmojiData, SkinTone } from 'frimousse'

type ToneName = Exclude<SkinTone, 'none'>
type PickerEmoji = EmojiData['emojis'][number]

/** An entry of emojibase-data, as far as it is used. */
export interface SourceEmoji {
  readonly emoji: string
  readonly label: string
  readonly version: number
  readonly group?: number
  readonly tags?: readonly string[]
  readonly skins?: readonly { readonly emoji: string; readonly tone?: number | readonly number[] }[]
}

export interface SourceNames {
  readonly groups: readonly { readonly key: string; readonly message: string; readonly order: number }[]
  readonly skinTones: readonly { readonly key: string; readonly message: string }[]
}

/** Newer ones are empty boxes in the fonts of many systems. */
const VERSION_MAX = 15
/** Skin tones and hair alone are no emoji to choose. */
const COMPONENTS_GROUP = 2
/** Skin tones by the number that emojibase gives them. */
const TONES: readonly ToneName[] = ['light', 'medium-light', 'medium', 'medium-dark', 'dark']

/** Brings emojibase's lists into the form that the picker wants. */
export function emojiDataOf(locale: string, source: readonly SourceEmoji[], names: SourceNames): EmojiData {
  return {
    locale,
    emojis: source.filter(isChoosable).map(pickerEmoji),
    categories: names.groups
      .filter(({ order }) => order !== COMPONENTS_GROUP)
      .map(({ order, message }) => ({ index: order, label: message })),
    skinTones: toneNames(names),
  }
}

function isChoosable({ group, version }: SourceEmoji): boolean {
  return group !== undefined && group !== COMPONENTS_GROUP && version <= VERSION_MAX
}

function pickerEmoji({ emoji, label, version, group = 0, tags = [], skins = [] }: SourceEmoji): PickerEmoji {
  const plain = { emoji, label, version, category: group, tags: [...tags] }
  const byTone = TONES.flatMap((name, index) => {
    const skin = skins.find(({ tone }) => tone === index + 1)
    return skin ? [[name, skin.emoji] as const] : []
  })
  if (byTone.length < TONES.length) return plain
  // Each of the five tones was found, which is just what the type says.
  return { ...plain, skins: Object.fromEntries(byTone) as Record<ToneName, string> }
}

function toneNames({ skinTones }: SourceNames): Record<ToneName, string> {
  const nameOf = (tone: ToneName) => skinTones.find(({ key }) => key === tone)?.message ?? tone
  return {
    light: nameOf('light'),
    'medium-light': nameOf('medium-light'),
    medium: nameOf('medium'),
    'medium-dark': nameOf('medium-dark'),
    dark: nameOf('dark'),
  }
}
