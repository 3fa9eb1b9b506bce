import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refused } from '#errors.ts'

// The file with the secret key in the data folder, for installations without DOORLIST_SECRET_KEY. Only its owner can read it.

const FILE = 'secret.key'
const BYTES = 32
const FEWEST_CHARACTERS = 32

/** Returns the secret in the data folder; undefined if there is no file. @throws {Refused} when the file contains none */
export async function readSecretKey(dataDir: string): Promise<string | undefined> {
  const file = join(dataDir, FILE)
  try {
    const secret = (await readFile(file, 'utf8')).trim()
    if (secret.length < FEWEST_CHARACTERS)
      throw new Refused(
        `${file} contains no secret key. Put the original file back, or set DOORLIST_SECRET_KEY.`,
      )
    return secret
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Creates the file, unless another process was first. It appears complete, so that no process reads half a secret. */
export async function makeSecretKey(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = join(dataDir, `${FILE}.${process.pid}`)
  await writeFile(draft, `${randomBytes(BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
  try {
    await link(draft, join(dataDir, FILE))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  const secret = await readSecretKey(dataDir)
  if (!secret)
    throw new Refused(`The secret key in ${dataDir} was removed while it was being created. Start again.`)
  return secret
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
