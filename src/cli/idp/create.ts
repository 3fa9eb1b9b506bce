import type { Command } from 'commander'

import { createIdentityProvider } from '#identity-providers/create.ts'

import { openSeal } from '#identity-providers/secrets.ts'
import type { Activation, Enroll, Mfa, Mode } from '#identity-providers/settings.ts'
import { firstLine, readTextFile } from '../ask.ts'
import { choice, type DataOptions, withData } from '../options.ts'
import { withTenantContext } from '../service/context.ts'
import { printProvided } from './print.ts'

interface CreateOptions extends DataOptions {
  readonly name: string
  readonly type: 'saml' | 'oidc'
  readonly entityIssuer?: string
  readonly ssoUrl?: string
  readonly certificateFile?: string
  readonly issuer?: string
  readonly clientId?: string
  readonly clientSecretFile?: string
  readonly scope?: string[]
  readonly autoProvisioning?: true
  readonly mfa: Mfa
  readonly enroll: Enroll
  readonly activation: Activation
  readonly mode: Mode
  readonly uniqueGroupNames: boolean
  readonly uniqueExternalIds?: true
  readonly stableIdentifier?: string
}

const HELP = `
With --auto-provisioning, the sign-in details must be complete, and the SCIM endpoint, key, secret and token are printed.
Secret and token can't be shown again. With --json the output is {"id","name","type","scim":{"endpoint","key","secret","token"}}.

Examples:
  $ doorlist idp create --name Okta --type saml --entity-issuer http://www.okta.com/exk1 \\
      --sso-url https://example.okta.com/app/exk1/sso/saml --certificate-file okta.pem --auto-provisioning --json
  $ doorlist idp create --name Entra --type oidc --issuer https://login.microsoftonline.com/TENANT/v2.0 \\
      --client-id 8f1c… --client-secret-file secret.txt --scope email profile`

export function addIdpCreate(idp: Command): void {
  withData(idp.command('create').description('create an identity provider'))
    .requiredOption('--name <name>', 'name of the identity provider')
    .addOption(choice('--type <type>', 'how its users sign in', ['saml', 'oidc']).makeOptionMandatory())
    .option('--entity-issuer <uri>', 'SAML: entity ID of the identity provider')
    .option('--sso-url <url>', 'SAML: SSO URL of the identity provider')
    .option('--certificate-file <pem>', 'SAML: file with its signing certificates (PEM)')
    .option('--issuer <url>', 'OIDC: issuer')
    .option('--client-id <id>', 'OIDC: client ID')
    .option('--client-secret-file <file>', 'OIDC: file with the client secret in its first line')
    .option('--scope <scope...>', 'OIDC: scopes in addition to openid (default: profile email)')
    .option('--auto-provisioning', 'turn on auto-provisioning and create SCIM credentials')
    .addOption(
      choice('--mfa <mode>', 'who asks for a second factor: Doorlist, nobody, or the identity provider', [
        'mandatory',
        'none',
        'external',
      ]).default('mandatory'),
    )
    .addOption(
      choice('--enroll <method>', 'who may enroll: only provisioned users, or everyone who signs in', [
        'admin',
        'self',
      ]).default('admin'),
    )
    .addOption(
      choice('--activation <how>', 'activation after enrollment', ['automatic', 'manual']).default(
        'automatic',
      ),
    )
    .addOption(
      choice('--mode <mode>', 'how strictly SCIM messages are read', ['lenient', 'strict']).default(
        'lenient',
      ),
    )
    .option(
      '--stable-identifier <claim>',
      'claim or attribute that never belongs to another user, such as oid of Entra ID',
    )
    .option('--no-unique-group-names', 'allow several groups with the same name')
    .option('--unique-external-ids', 'refuse a second user or group with the same externalId')
    .addHelpText('after', HELP)
    .action(create)
}

function create(options: CreateOptions): Promise<void> {
  const { certificateFile, clientSecretFile, scope: scopes, entityIssuer, ssoUrl, issuer, clientId } = options
  const certificates = certificateFile === undefined ? undefined : readTextFile(certificateFile)
  const clientSecret = clientSecretFile === undefined ? undefined : firstLine(clientSecretFile)
  const details = { entityIssuer, ssoUrl, certificates, issuer, clientId, clientSecret, scopes }
  return withTenantContext(options.tenant, async ({ db, auditContext, config }) => {
    const seal = clientSecret === undefined ? undefined : await openSeal(db, config)
    const provided = await createIdentityProvider(db, auditContext, { ...options, details }, seal)
    printProvided(config, provided, options.json)
  })
}
