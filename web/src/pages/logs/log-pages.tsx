import { getRouteApi } from '@tanstack/react-router'
import { AuditProof } from './audit-proof.tsx'
import { ACTIVITY, AUDIT, SYSTEM } from './kinds.ts'
import { LogPage } from './log-page.tsx'
import type { LogPageSearch } from './log-search.ts'

const audit = getRouteApi('/app/audit-log')
const activity = getRouteApi('/app/activity-log')
const system = getRouteApi('/app/system-log')

export function AuditLogPage() {
  const navigate = audit.useNavigate()
  const change = (part: LogPageSearch, replace: boolean) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace })
  return <LogPage kind={AUDIT} search={audit.useSearch()} onChange={change} actions={<AuditProof />} />
}

export function ActivityLogPage() {
  const navigate = activity.useNavigate()
  const change = (part: LogPageSearch, replace: boolean) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace })
  return <LogPage kind={ACTIVITY} search={activity.useSearch()} onChange={change} />
}

export function SystemLogPage() {
  const navigate = system.useNavigate()
  const change = (part: LogPageSearch, replace: boolean) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace })
  return <LogPage kind={SYSTEM} search={system.useSearch()} onChange={change} />
}
