// The account that runs the embedded PostgreSQL. PostgreSQL refuses to run as root, so root uses another account: the
// owner of the cluster if there is one, else `postgres`, else `nobody`. All other users run it as themselves.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { userInfo } from 'node:os'

/** The account of the server's processes. `uid` and `gid` are set only if it isn't our own. */
export interface Identity {
  readonly name: string
  readonly uid?: number
  readonly gid?: number
  /** Our own account has no entry in /etc/passwd. */
  readonly isNameless?: true
}

const LENT_ACCOUNTS = ['postgres', 'nobody']

/** Returns the account to run PostgreSQL. @throws if there is none; the message says what to do */
export function findIdentity(cluster: string): Identity {
  const owner = statSync(cluster, { throwIfNoEntry: false })
  if (process.getuid?.() === 0) return owner?.uid ? ownerAccount(owner) : lentAccount()
  if (owner && owner.uid !== process.getuid?.()) {
    throw new Error(
      `${cluster} belongs to another user (id ${owner.uid}). Run this as that user, or as root.`,
    )
  }
  try {
    return { name: userInfo().username }
  } catch {
    return { name: `number ${process.getuid?.()}`, isNameless: true }
  }
}

function ownerAccount({ uid, gid }: Stats): Identity {
  return { name: `number ${uid}`, uid, gid }
}

function lentAccount(): Identity {
  for (const name of LENT_ACCOUNTS) {
    const uid = lookUp('-u', name)
    const gid = lookUp('-g', name)
    if (uid !== undefined && gid !== undefined) return { name, uid, gid }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as. ' +
      'Run Doorlist as an ordinary user, or set DATABASE_URL.',
  )
}

function lookUp(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }))
  } catch {
    return undefined
  }
}

/** Returns the options for a child process of this account. */
export function runAs({ uid, gid }: Identity): { uid?: number; gid?: number } {
  return uid === undefined || gid === undefined ? {} : { uid, gid }
}

/**
 * Creates a folder that only the account may use. An existing folder must belong to the account or to us, because in
 * a shared temporary folder somebody else could have created it.
 */
export function makePrivateFolder(folder: string, identity: Identity): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  const owners = [process.getuid?.(), identity.uid]
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new Error(`${folder} belongs to somebody else; remove it, or choose another DOORLIST_DATA_DIR.`)
  }
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(folder, identity.uid, identity.gid)
  chmodSync(folder, 0o700)
}

/** Gives the account a cluster that belongs to root, for example after root copied it. */
export function giveCluster(cluster: string, { uid, gid }: Identity): void {
  if (uid === undefined || statSync(cluster, { throwIfNoEntry: false })?.uid !== 0) return
  execFileSync('chown', ['-R', '-h', `${uid}:${gid}`, cluster])
}
