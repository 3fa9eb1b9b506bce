// As whom the embedded PostgreSQL runs, and whether that account can get at what it needs. PostgreSQL refuses to run as
// root, so root lends it another account: the owner of the cluster where there is one, else `postgres`, else `nobody`.
// Anyone else runs it as themselves.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { userInfo } from 'node:os'

/** The account of the server's processes; `uid` and `gid` only where it is another account than our own. */
export interface Identity {
  readonly name: string
  readonly uid?: number
  readonly gid?: number
  /** Our own account has no entry in /etc/passwd. */
  readonly isNameless?: true
}

const LENT_ACCOUNTS = ['postgres', 'nobody']

/** @throws when no account can run PostgreSQL here; the message names the way out */
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

/** Options of a child process that runs as this account. */
export function runAs({ uid, gid }: Identity): { uid?: number; gid?: number } {
  return uid === undefined || gid === undefined ? {} : { uid, gid }
}

/**
 * Makes a folder that only the account may use. An existing one is taken only from the account itself or from us:
 * in a shared temporary folder somebody else could have put it there first.
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

/** Gives the account a cluster that belongs to root, as a copy does that root made. */
export function giveCluster(cluster: string, { uid, gid }: Identity): void {
  if (uid === undefined || statSync(cluster, { throwIfNoEntry: false })?.uid !== 0) return
  execFileSync('chown', ['-R', '-h', `${uid}:${gid}`, cluster])
}
