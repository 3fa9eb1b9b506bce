import { randomBytes } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refused } from '#errors.ts'

// The key that seals secrets: given by DOORLIST_SECRET_KEY, or a file in the data folder that only its owner can read.

const FILE = 'secret.key'
const BYTES = 32

/** @param text 32 bytes, in base64 or hex @throws {Refused} */
export function parseSecretKey(text: string, source: string): Buffer {
  const trimmed = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (key.length !== BYTES) throw new Refused(`${source} must be ${BYTES} bytes in base64 or hex`)
  return key
}

/** The key in the data folder; undefined when there is none. @throws {Refused} when the file holds no key */
export async function readKeyFile(dataDir: string): Promise<Buffer | undefined> {
  const file = join(dataDir, FILE)
  try {
    return parseSecretKey(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the key file, unless another process was first; whole at once, so that nobody reads half a key. */
export async function makeKeyFile(dataDir: string): Promise<Buffer> {
  const draft = join(dataDir, `${FILE}.${process.pid}`)
  await writeFile(draft, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
  try {
    await link(draft, join(dataDir, FILE))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  const key = await readKeyFile(dataDir)
  if (!key) throw new Refused(`The secret key in ${dataDir} is gone again`)
  return key
}
