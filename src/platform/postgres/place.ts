// The folder of the database files: normally the data folder. If Doorlist runs as root and the data folder is below a
// closed folder, such as root's home folder, the server's account can't reach it. Then the files are in their own
// folder under /var/lib/doorlist-postgres, and the data folder has a link to them.
//
//   <data folder>/postgres -> /var/lib/doorlist-postgres/<random>/postgres
//   /var/lib/doorlist-postgres/<random>/data-folder    path of the data folder, which shows whether a link was copied
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Refused } from '#errors.ts'
import { clusterFolder } from './cluster.ts'
import { type Identity, runAs } from './identity.ts'

/** Not /var/lib/doorlist, which may be the data folder of another account's service. */
const ELSEWHERE = '/var/lib/doorlist-postgres'
const OWNER_FILE = 'data-folder'

/**
 * Creates the data folder if it is missing, and returns the folder that contains the cluster.
 * @param mayMove whether the files may be outside of the data folder; false if an operator chose it
 * @throws with the name of the folder if the server's account can't reach it
 */
export function makePlace(dataDir: string, identity: Identity, mayMove: boolean): string {
  mkdirSync(dataDir, { recursive: true })
  const folder = realpathSync(dataDir)
  const linked = linkedPlace(folder)
  if (linked !== undefined) return linked
  if (identity.uid === undefined || letThrough(folder, identity)) return folder
  if (!mayMove || existsSync(clusterFolder(folder))) throw unreachable(folder, identity)
  return makeElsewhere(folder, identity)
}

/**
 * Returns the folder that the data folder links to for its cluster; undefined if there is no link.
 * @throws {Refused} if the link is a copy, or its target is missing
 */
export function linkedPlace(folder: string): string | undefined {
  const target = linkOf(folder)
  if (target === undefined) return undefined
  const place = dirname(target)
  const ownerFile = join(place, OWNER_FILE)
  if (!existsSync(ownerFile))
    throw new Refused(
      `${clusterFolder(folder)} is a link to ${target}, which is missing. Restore ${place}, or delete ${folder} to start with an empty database`,
    )
  const owner = readFileSync(ownerFile, 'utf8').trim()
  const itself = realpathSync(folder)
  if (owner === itself) return place
  if (linkOf(owner) === target)
    throw new Refused(
      `${folder} is a copy of ${owner} without its database, which is in ${place}. Replace the link ${clusterFolder(folder)} by a copy of ${target}`,
    )
  writeFileSync(ownerFile, `${itself}\n`) // the data folder was moved
  return place
}

function linkOf(folder: string): string | undefined {
  const link = clusterFolder(folder)
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : undefined
}

function makeElsewhere(folder: string, identity: Identity): string {
  const place = join(ELSEWHERE, randomBytes(4).toString('hex'))
  try {
    mkdirSync(ELSEWHERE, { recursive: true })
    if (statSync(ELSEWHERE).uid !== 0) throw new Error(`${ELSEWHERE} does not belong to root`)
    mkdirSync(place)
    for (const each of [ELSEWHERE, place]) chmodSync(each, 0o711)
    if (!canEnter(place, identity)) throw new Error(`${ELSEWHERE} can't be reached`)
  } catch (cause) {
    throw unreachable(folder, identity, cause)
  }
  writeFileSync(join(place, OWNER_FILE), `${folder}\n`)
  symlinkSync(clusterFolder(place), clusterFolder(folder))
  return place
}

/**
 * Allows others to pass through a folder, and returns whether the account can enter it. Files in it keep their own,
 * closed permissions.
 */
function letThrough(folder: string, identity: Identity): boolean {
  chmodSync(folder, statSync(folder).mode | 0o001)
  return canEnter(folder, identity)
}

function canEnter(folder: string, identity: Identity): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
      ...runAs(identity),
      cwd: '/',
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

function unreachable(folder: string, { name }: Identity, cause?: unknown): Error {
  return new Error(
    `PostgreSQL runs as user ${name}, who can't reach ${folder}, because a folder above it is closed to others. ` +
      `Set DOORLIST_DATA_DIR to a folder that is not (for example /var/lib/doorlist), or run Doorlist as an ordinary user`,
    { cause },
  )
}
