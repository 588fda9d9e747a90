import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tellStory } from './demo-story.ts'
import { type Break, SCRIPT_TIMES, ScriptedCast } from './test-scripted-cast.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-story-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the whole cast tells the story to its end, three nodes die, and everybody leaves', async () => {
  const cast = new ScriptedCast(folder, {})
  const lines: string[] = []
  await tellStory(cast, (line) => lines.push(line), SCRIPT_TIMES)
  expect(lines.at(-1)).toBe('Both have what they should have, once and in order.')
  expect(lines.join('\n')).toContain('TTL 1 day')
  expect(cast.deadCount).toBe(3)
  expect(cast.runningPeople).toBe(0)
  expect(new Set(cast.timesAsked)).toEqual(new Set([1, 2, 3, 4]))
})

const BREAKS: Readonly<Record<string, readonly [Break, RegExp]>> = {
  'nodes do not start': [{ nodeStarts: false }, /a node ended at once/],
  'people do not start': [{ personStarts: false }, /no start/],
  'the request never comes': [{ requestComes: false }, /waited for a request/],
  'keys are never agreed': [{ keysAgreed: false }, /keys agreed/],
  'Bob does not leave': [{ bobLeaves: false }, /bob to leave/],
  'Alice never sees that Bob has left': [{ aliceSeesHimLeave: false }, /Bob offline/],
  'a storage node is not found': [{ nodesSeen: 9 }, /ten storage nodes/],
  'the file does not wait': [{ fileWaits: false }, /not taken as a waiting message/],
  'no message is stored': [{ storedCount: 0 }, /message 1 stored/],
  'the file is not stored': [{ storedCount: 5 }, /message 6 stored/],
  'too few copies are held': [{ held: 3 }, /only 3 of 6 copies/],
  'copies lie too thin': [{ isThin: true }, /only 6 of 6 copies/],
  'the nodes cannot be killed': [{ killFails: true }, /not permitted/],
  'the killed nodes live on': [{ nodesDie: false }, /still runs/],
  'Bob gets nothing': [{ onTheWay: () => [] }, /"Are you there\?"/],
  'Bob gets all but one': [{ onTheWay: (all) => all.filter((_, at) => at !== 3) }, /"Bring a lamp\."/],
  'Bob gets no file': [{ onTheWay: (all) => all.slice(0, -1) }, /waited for the file/],
  'Bob gets it in another order': [{ onTheWay: (all) => all.toReversed() }, /Bob's history is/],
  'Bob gets one twice': [{ onTheWay: (all) => [...all, ...all.slice(0, 1)] }, /Bob's history is/],
  'the file has other bytes': [{ fileBytes: (bytes) => bytes.with(7, 0xff) }, /other bytes/],
  'the file is cut': [{ fileBytes: (bytes) => bytes.slice(0, -1) }, /other bytes/],
  'Alice never sees "collected"': [{ collectedCount: 0 }, /message 1 collected/],
  'Alice sees all but one collected': [{ collectedCount: 5 }, /message 6 collected/],
  'somebody ends with an error': [{ exitCode: 1 }, /left with 1/],
}

test.each(Object.entries(BREAKS))('the story fails when %s', async (_what, [broken, reason]) => {
  const lines: string[] = []
  await expect(tellStory(new ScriptedCast(folder, broken), (line) => lines.push(line), SCRIPT_TIMES)).rejects.toThrow(
    reason,
  )
  expect(lines.join('\n')).not.toContain('Both have what they should have')
})
