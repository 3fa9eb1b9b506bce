import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import { type HealthState, healthOf, LATE_HOURS, RECENT_HOURS } from '#request-log/health.ts'
import type { RecentTotals } from '#request-log/totals.ts'
import type { SyncHealth } from './contract.ts'

const NOTHING = {
  requests: 0,
  lookUps: 0,
  created: 0,
  changed: 0,
  deactivated: 0,
  deleted: 0,
  failed: 0,
  unkept: 0,
}

/** Returns the provisioning state of an identity provider; without requests all totals are 0. */
export function syncHealthOf(
  provider: IdentityProvider,
  all: readonly RecentTotals[],
  now: Date,
): SyncHealth {
  const { idpId: _, ...recent } = all.find(({ idpId }) => idpId === provider.id) ?? { idpId: '', ...NOTHING }
  const isOn = provider.enabled && provider.autoProvisioning
  const { lastSyncAt } = provider
  const state = healthOf({ isOn, lastSyncAt, recent }, now)
  return {
    identityProviderId: provider.id,
    identityProviderName: provider.name,
    state,
    sentence: sentenceOf(state, provider, recent, now),
    lastSyncAt: lastSyncAt?.toISOString() ?? null,
    lateAfterHours: LATE_HOURS,
    recentHours: RECENT_HOURS,
    recent,
  }
}

function sentenceOf(
  state: HealthState,
  { enabled, lastSyncAt }: IdentityProvider,
  { failed, requests }: { readonly failed: number; readonly requests: number },
  now: Date,
): string {
  const hours = lastSyncAt ? Math.floor((now.getTime() - lastSyncAt.getTime()) / 3_600_000) : 0
  switch (state) {
    case 'off':
      return enabled ? 'Auto-provisioning is off.' : 'The identity provider is switched off.'
    case 'never':
      return 'It has not synced yet.'
    case 'late':
      return `No sync for ${hours} hours.`
    case 'failing':
      return `${failed} of ${requests} requests of the last ${RECENT_HOURS} hours failed.`
    case 'ok':
      return 'It syncs.'
  }
}
