import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('docs/refusals.md is what `npm run docs:refusals` writes', async () => {
  const script = path.resolve(import.meta.dirname, '../../scripts/refusals.mjs')
  const { stderr } = await promisify(execFile)(process.execPath, [script, '--check'])
  expect(stderr).toBe('')
})
