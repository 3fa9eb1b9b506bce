import { type Command, InvalidArgumentError } from 'commander'
import { followSettings } from '#directory/follow-settings.ts'
import { Refused } from '#errors.ts'
import { changeIdentityProvider, type ProviderChange } from '#identity-providers/change.ts'
import { countLinks, EndsLinks } from '#identity-providers/identification.ts'
import { findIdentityProvider, type IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Matching } from '#identity-providers/settings.ts'
import { inTenant } from '#platform/database/database.ts'
import { listConflictsOfProvider } from '#sign-in/identity/conflicts.ts'
import { listIdentifierKinds } from '#sign-in/identity/identifier-kinds.ts'
import { confirmName } from '../ask.ts'
import { type DataOptions, withData } from '../options.ts'
import { printJson, printLine, printPairs, printTable } from '../print.ts'
import { type TenantContext, withTenantContext } from '../service/context.ts'

interface MatchingOptions extends DataOptions {
  readonly rule?: Matching | 'default'
  readonly stableIdentifier?: string | null
  readonly yes?: true
}

const HELP = `
Without options it shows the rule, the identifiers that the identity provider sends, and sign-ins that were refused because
of a conflict. A change removes the links of users and ends all sessions of the identity provider. The command says how
many links are affected, and asks first.

Examples:
  $ doorlist idp matching Entra --stable-identifier oid
  $ doorlist idp matching Okta --rule employeeNumber=externalId --yes`

export function addIdpMatching(idp: Command): void {
  withData(
    idp
      .command('matching')
      .description('show or change how users who sign in are matched to provisioned users')
      .argument('<identity-provider>', 'id or name of the identity provider'),
  )
    .option(
      '--rule <claim=attribute>',
      'such as mail=userName or employeeNumber=externalId, or "default"',
      rule,
    )
    .option(
      '--stable-identifier <claim>',
      'claim or attribute that never belongs to another user, or "none"',
      orNone,
    )
    .option('--yes', "don't ask for confirmation")
    .addHelpText('after', HELP)
    .action(matching)
}

function rule(text: string): Matching | 'default' {
  if (text === 'default') return text
  const [, source = '', target] = /^(.+)=(userName|externalId)$/.exec(text) ?? []
  if (target !== 'userName' && target !== 'externalId')
    throw new InvalidArgumentError(
      'Enter a rule such as mail=userName or employeeNumber=externalId, or default.',
    )
  return { source, target }
}

function orNone(text: string): string | null {
  return text === 'none' ? null : text
}

function matching(idOrName: string, options: MatchingOptions): Promise<void> {
  const { tenant, json, rule: wanted, stableIdentifier, yes } = options
  return withTenantContext(tenant, async (context) => {
    const provider = await findIdentityProvider(context.db, context.tenantId, idOrName)
    if (wanted === undefined && stableIdentifier === undefined) return show(context, provider, json)
    const change: ProviderChange = {
      ...(wanted !== undefined && { matching: wanted }),
      ...(stableIdentifier !== undefined && { stableIdentifier }),
    }
    const changed = await confirmed(context, provider, change, yes)
    if (json) return printJson(ofProvider(changed))
    printPairs(ofProvider(changed))
  })
}

/** Makes the change. If it removes links, it has to be confirmed first. */
async function confirmed(
  { db, auditContext }: TenantContext,
  { id, name }: IdentityProvider,
  change: ProviderChange,
  yes: true | undefined,
): Promise<IdentityProvider> {
  const options = { also: followSettings(auditContext) }
  try {
    return (await changeIdentityProvider(db, auditContext, id, { ...change, dropLinks: yes }, options))
      .provider
  } catch (error) {
    if (!(error instanceof EndsLinks)) throw error
    await confirmName(name, error.message).catch((reason: unknown) => {
      throw reason instanceof Refused ? new Refused(`${error.message} ${reason.message}`) : reason
    })
    return (await changeIdentityProvider(db, auditContext, id, { ...change, dropLinks: true }, options))
      .provider
  }
}

function ofProvider({ name, matching: rule, stableIdentifier }: IdentityProvider) {
  return {
    name,
    rule: rule ? `${rule.source}=${rule.target}` : 'default',
    stableIdentifier: stableIdentifier ?? 'none',
  }
}

async function show(
  { db, tenantId }: TenantContext,
  provider: IdentityProvider,
  json: true | undefined,
): Promise<void> {
  const [arrived, linkedUsers, conflicts] = await Promise.all([
    listIdentifierKinds(db, tenantId, provider.id),
    countLinks(inTenant(db, tenantId), tenantId, provider.id),
    listConflictsOfProvider(db, tenantId, provider.id),
  ])
  const facts = { ...ofProvider(provider), linkedUsers }
  if (json) return printJson({ ...facts, arrived, conflicts })
  printPairs({ ...facts, arrived: arrived.map(({ kind }) => kind).join(', ') })
  if (conflicts.length === 0) return
  printLine('\nFailed sign-ins')
  printTable(conflicts, {
    when: (conflict) => conflict.lastAt,
    reason: (conflict) => conflict.reason,
    name: (conflict) => conflict.name,
    identifier: (conflict) => `${conflict.source}=${conflict.identifier}`,
    'user with this name': (conflict) => conflict.namedUser.userName,
    'linked user': (conflict) => conflict.linkedUser?.userName,
  })
}
