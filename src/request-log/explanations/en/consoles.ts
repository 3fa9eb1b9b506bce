// Where to find settings in each identity provider's admin console, in the wording of that console.
import type { Console } from '../explanation-text.ts'
import type { IdpKind } from '../idp-kind.ts'

export const CONSOLES: Record<IdpKind, Console> = {
  entra: {
    name: 'Microsoft Entra ID',
    credentials: 'Enterprise applications › the application › Provisioning › Connectivity › Secret Token',
    endpoint: 'Enterprise applications › the application › Provisioning › Connectivity › Tenant URL',
    mapping: 'Enterprise applications › the application › Provisioning › Attribute mapping',
    again:
      'use Provision on demand for this user or group; everything else comes with the next cycle (40 minutes)',
    log: 'Enterprise applications › the application › Provisioning logs',
  },
  okta: {
    name: 'Okta',
    credentials:
      'Applications › the application › Provisioning › Integration › Edit › Authorization (API token)',
    endpoint: 'Applications › the application › Provisioning › Integration › Edit › SCIM connector base URL',
    mapping: 'Applications › the application › Provisioning › To App › Attribute Mappings',
    again: 'open Dashboard › Tasks, choose the failed task and press Retry; or use Force Sync under To App',
    log: 'Reports › System Log, filtered by the application',
  },
  onelogin: {
    name: 'OneLogin',
    credentials: 'Applications › the application › Configuration › API Connection › SCIM Bearer Token',
    endpoint: 'Applications › the application › Configuration › API Connection › SCIM Base URL',
    mapping: 'Applications › the application › Parameters',
    again:
      'open the application’s Users, choose the one that failed and press Retry; More Actions › Sync logins sends all',
    log: 'Activity › Events, and the application’s Users with their provisioning state',
  },
  jumpcloud: {
    name: 'JumpCloud',
    credentials:
      'SSO Applications › the application › Identity Management › Configuration settings › Token Key',
    endpoint: 'SSO Applications › the application › Identity Management › Configuration settings › Base URL',
    mapping: 'SSO Applications › the application › Identity Management › Attribute mapping',
    again: 'change the user, or remove and bind the user group again, and it is sent once more',
    log: 'Insights › Directory Insights, service “SSO” and “directory”',
  },
  ping: {
    name: 'Ping Identity',
    credentials:
      'Integrations › Provisioning › the connection › Configuration › Authentication › OAuth Access Token',
    endpoint: 'Integrations › Provisioning › the connection › Configuration › SCIM Base URL',
    mapping: 'Integrations › Provisioning › the rule › Attribute Mapping',
    again: 'switch the rule off and on again: it compares all users once more',
    log: 'Monitoring › Audit, and the sync summary of the rule',
  },
  google: {
    name: 'Google Workspace',
    credentials: 'Apps › Web and mobile apps › the application › Auto-provisioning › Access token',
    endpoint: 'Apps › Web and mobile apps › the application › Auto-provisioning › Endpoint URL',
    mapping: 'Apps › Web and mobile apps › the application › Auto-provisioning › Attribute mapping',
    again: 'wait for the next sync, or switch Auto-provisioning off and on again',
    log: 'Reporting › Audit and investigation › Admin log events',
  },
  generic: {
    name: 'the identity provider',
    credentials: 'the provisioning (SCIM) settings, field for the token or for user name and password',
    endpoint: 'the provisioning (SCIM) settings, field for the base URL or tenant URL',
    mapping: 'the attribute mapping of its provisioning',
    again: 'start a sync, or change the user or group so that it is sent again',
    log: 'its own provisioning log',
  },
}
