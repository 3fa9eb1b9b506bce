import { type Command, InvalidArgumentError } from 'commander'
import { sealAudit } from '#audit/seal.ts'
import { type AuditSearch, searchEvents } from '#audit/search.ts'
import { verifyAudit } from '#audit/verify.ts'
import { AUDIT_ACTIONS, AUDIT_OBJECT_TYPES } from '#audit/vocabulary.ts'
import { Refused } from '#errors.ts'
import { openProgress } from '#simulator/progress.ts'
import { choice, type DataOptions, moment, type PageOptions, withData, withPage } from './options.ts'
import { note, printJson, printPairs, printTable } from './print.ts'
import { withTenantContext } from './service/context.ts'

const HELP = `
Examples:
  $ doorlist audit list --from 2026-11-01 --object-type User --action delete
  $ doorlist audit list --object ada@example.com --json`

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('show and verify the audit log')
  withPage(audit.command('list').description('list events, newest first'), String)
    .option('--from <date>', 'only events since then', moment)
    .option('--to <date>', 'only events before then', moment)
    .option('--actor <name>', 'only by this identity provider, administrator or operator (part of the name)')
    .addOption(choice('--action <action>', 'only this action', AUDIT_ACTIONS))
    .addOption(choice('--object-type <type>', 'only objects of this type', AUDIT_OBJECT_TYPES))
    .option('--object <name>', 'only this object (id, or part of the name)')
    .addOption(choice('--result <result>', 'only events with this result', ['success', 'failure']))
    .addHelpText('after', HELP)
    .action(list)
  withData(audit.command('verify').description('check that no event was altered, removed or inserted'))
    .option('--head <hex>', 'a seal noted earlier: also check that the end of the log was not cut off', seal)
    .action(verify)
}

async function verify({ tenant, json, head }: DataOptions & { head?: string }): Promise<void> {
  await withTenantContext(tenant, async ({ db, tenantId }) => {
    await sealAudit(db)
    const view = json ? undefined : openProgress(process.stderr)
    const total = 100
    view?.report({ phase: 'Verifying', done: 0, total })
    const onProgress = (progress: number) =>
      view?.report({ phase: 'Verifying', done: Math.floor(progress * total), total })
    const proof = await verifyAudit(db, tenantId, { head, onProgress }).finally(() => view?.end())
    if (json) printJson(proof)
    else printPairs({ ...proof, faults: proof.faults.join(' ') || 'none' })
    if (proof.faults.length > 0) throw new Refused(`The audit log was tampered with. ${proof.faults[0]}`)
  })
}

type ListOptions = PageOptions &
  Omit<AuditSearch, 'action' | 'objectType'> & { readonly action?: string; readonly objectType?: string }

function list({ tenant, json, action, objectType, ...options }: ListOptions): Promise<void> {
  const search = { ...options, action: action ? [action] : [], objectType: objectType ? [objectType] : [] }
  return withTenantContext(tenant, async ({ db, tenantId }) => {
    const events = await searchEvents(db, tenantId, search)
    if (json) return printJson(events)
    printTable(events, {
      time: (e) => e.at,
      who: (e) => `${e.actorName} (${e.actorType})`,
      action: (e) => e.action,
      object: (e) => `${e.objectType} ${e.objectName}`,
      result: (e) => e.result,
      change: (e) => shortened(e.change),
    })
    if (events.length === search.limit) note(`\nMore: --after ${events.at(-1)?.cursor}`)
  })
}

const SHOWN_CHARACTERS = 120

function seal(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new InvalidArgumentError('Enter the 64 hexadecimal digits that audit verify prints as head.')
  return text.toLowerCase()
}

/** Shortens a change for the table; `--json` prints all of it. */
function shortened(change: unknown): string | null {
  if (change === null) return null
  const text = JSON.stringify(change)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}
