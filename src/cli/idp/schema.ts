import type { Command } from 'commander'
import { extensionSize, removeExtension } from '#directory/remove-extension.ts'
import { Refused } from '#errors.ts'
import { findIdentityProvider } from '#identity-providers/identity-providers.ts'
import {
  type CustomSchema,
  declareAttribute,
  declareSchema,
  listCustomSchemas,
} from '#identity-providers/schemas/custom-schemas.ts'
import type { ResourceType } from '#identity-providers/schemas/declared-schemas.ts'

import { listUnknownAttributes } from '#identity-providers/schemas/unknown-attributes.ts'
import { ScimError } from '#protocol/scim/messages/error.ts'
import { type Json, parseJson } from '#protocol/scim/messages/json.ts'
import { isSameUrn } from '#protocol/scim/schema/resource-schema.ts'
import { confirmName, readTextFile } from '../ask.ts'
import { choice, type DataOptions, withData } from '../options.ts'
import { printJson, printLine, printTable } from '../print.ts'
import { type TenantContext, withTenantContext } from '../service/context.ts'

interface IdpOptions extends DataOptions {
  readonly idp: string
}

const HELP = `
The file contains one schema in the form of RFC 7643 section 7. What it leaves out has the default of the standard. An
existing schema can get more attributes, but lose none. From the next request on, the schema is in /Schemas and
/ResourceTypes, and the identity provider can send, filter and sort by its attributes.

Example:
  $ cat staff.json
  {"id": "urn:example:params:scim:schemas:1.0:Staff", "name": "Staff",
   "attributes": [{"name": "badge", "type": "string"}, {"name": "floor", "type": "integer"}]}
  $ doorlist schema add staff.json --idp Okta --resource-type User`

const DECLARE_HELP = `
Example:
  $ doorlist schema unknown --idp Okta
  $ doorlist schema declare --idp Okta --attribute urn:okta:app:1.0:user:custom:level --type integer`

const RESOURCE_TYPES: readonly ResourceType[] = ['User', 'Group']
const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference']

export function addSchema(program: Command): void {
  const schema = program
    .command('schema')
    .description('manage custom attributes that identity providers send')
  withIdp(
    schema
      .command('add')
      .description('add an extension schema')
      .argument('<file>', 'file with the schema as JSON (- reads from stdin)'),
  )
    .addOption(
      choice('--resource-type <type>', 'resource type that it extends', RESOURCE_TYPES).default('User'),
    )
    .addHelpText('after', HELP)
    .action(add)
  withIdp(schema.command('list').description('list the extension schemas of an identity provider')).action(
    list,
  )
  withData(
    schema
      .command('remove')
      .description('remove an extension schema and its data')
      .argument('<urn>', 'URN of the schema'),
  )
    .requiredOption('--idp <identity-provider>', 'id or name of the identity provider')
    .option('--yes', "don't ask for confirmation")
    .action(remove)
  withIdp(schema.command('unknown').description('list attributes that were sent but not declared')).action(
    unknown,
  )
  withIdp(schema.command('declare').description('declare one of these attributes'))
    .requiredOption('--attribute <name>', 'attribute with the URN of its schema, as schema unknown lists it')
    .addOption(choice('--type <type>', 'type of the attribute', TYPES).default('string'))
    .option('--multi-valued', 'the attribute is a list')
    .addOption(
      choice('--resource-type <type>', 'resource type (default: the one it was sent with)', RESOURCE_TYPES),
    )
    .addHelpText('after', DECLARE_HELP)
    .action(declare)
}

function withIdp(command: Command): Command {
  return withData(command).requiredOption('--idp <identity-provider>', 'id or name of the identity provider')
}

function atIdp(
  { tenant, idp }: { readonly tenant: string; readonly idp: string },
  work: (context: TenantContext, provider: { readonly id: string; readonly name: string }) => Promise<void>,
): Promise<void> {
  return withTenantContext(tenant, async (context) =>
    work(context, await findIdentityProvider(context.db, context.tenantId, idp)),
  )
}

function add(file: string, options: IdpOptions & { resourceType: ResourceType }): Promise<void> {
  const json = readJson(file)
  return atIdp(options, async ({ db, auditContext }, { id, name }) => {
    const declared = await declareSchema(db, auditContext, id, options.resourceType, json)
    printDeclared(declared, name, options)
  })
}

function readJson(file: string): Json {
  try {
    return parseJson(readTextFile(file))
  } catch (error) {
    throw error instanceof ScimError ? new Refused(`${file}: ${error.message}`) : error
  }
}

function printDeclared(declared: CustomSchema, idpName: string, { json }: DataOptions): void {
  if (json) {
    printJson(declared)
    return
  }
  const { urn, resourceType, schema } = declared
  printLine(
    `${urn} of ${idpName} adds to ${resourceType}: ${schema.attributes.map(({ name }) => name).join(', ')}`,
  )
}

function list(options: IdpOptions): Promise<void> {
  return atIdp(options, async ({ db, tenantId }, { id }) => {
    const schemas = await listCustomSchemas(db, tenantId, id)
    if (options.json) return printJson(schemas)
    printTable(schemas, {
      extends: (s) => s.resourceType,
      urn: (s) => s.urn,
      attributes: (s) => s.schema.attributes.map(({ name }) => name).join(' '),
      changed: (s) => s.changedAt,
    })
  })
}

function remove(given: string, options: DataOptions & { idp: string; yes?: true }): Promise<void> {
  return atIdp(options, async ({ db, auditContext }, { id, name }) => {
    const declared = (await listCustomSchemas(db, auditContext.tenantId, id)).find((each) =>
      isSameUrn(each.urn, given),
    )
    const urn = declared?.urn ?? given
    const size = await extensionSize(db, auditContext, id, urn)
    if (!options.yes)
      await confirmName(urn, `Its data will be deleted from ${size} users and groups of ${name}.`)
    const cleared = await removeExtension(db, auditContext, id, urn)
    if (options.json) return printJson({ urn, idp: name, clearedResources: cleared })
    printLine(`${urn} of ${name} was removed, with the data of ${cleared} users and groups`)
  })
}

function unknown(options: IdpOptions): Promise<void> {
  return atIdp(options, async ({ db, tenantId }, { id }) => {
    const names = await listUnknownAttributes(db, tenantId, id)
    if (options.json) return printJson(names)
    printTable(names, {
      of: (a) => a.resourceType,
      name: (a) => a.name,
      messages: (a) => a.count,
      first: (a) => a.firstSeenAt,
      last: (a) => a.lastSeenAt,
    })
  })
}

interface DeclareOptions extends IdpOptions {
  readonly attribute: string
  readonly type: string
  readonly multiValued?: true
  readonly resourceType?: ResourceType
}

function declare(options: DeclareOptions): Promise<void> {
  const { attribute: path, type, multiValued } = options
  return atIdp(options, async ({ db, tenantId, auditContext }, { id, name }) => {
    const seen = (await listUnknownAttributes(db, tenantId, id)).find(
      (each) => each.name.toLowerCase() === path.toLowerCase(),
    )
    const resourceType = options.resourceType ?? seen?.resourceType ?? 'User'
    const declared = await declareAttribute(db, auditContext, id, { path, resourceType, type, multiValued })
    printDeclared(declared, name, options)
  })
}
