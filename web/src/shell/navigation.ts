import {
  AppWindow,
  Building2,
  ClipboardList,
  FileClock,
  Gauge,
  KeyRound,
  type LucideIcon,
  Network,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  UserCog,
  Users,
  UsersRound,
} from 'lucide-react'
import type { Texts } from '../texts/en.ts'

type Names = Texts['navigation']
type NameKey = { [Key in keyof Names]: Names[Key] extends string ? Key : never }[keyof Names]

export interface Place {
  readonly name: NameKey
  readonly icon: LucideIcon
  /** Undefined for a heading without a page. */
  readonly to?: string
  readonly under?: readonly Place[]
}

/** The left navigation. */
export const PLACES: readonly Place[] = [
  { name: 'overview', icon: Gauge, to: '/' },
  {
    name: 'settings',
    icon: ShieldCheck,
    under: [
      {
        name: 'configurations',
        icon: Network,
        under: [{ name: 'identityProviders', icon: Network, to: '/identity-providers' }],
      },
      {
        name: 'accounts',
        icon: Users,
        under: [
          { name: 'users', icon: Users, to: '/users' },
          { name: 'groups', icon: UsersRound, to: '/groups' },
        ],
      },
      { name: 'applications', icon: AppWindow, to: '/applications' },
      { name: 'gateways', icon: Server, to: '/gateways' },
    ],
  },
  {
    name: 'analytics',
    icon: ScrollText,
    under: [
      {
        name: 'ztna',
        icon: ScrollText,
        under: [
          { name: 'activityLog', icon: FileClock, to: '/activity-log' },
          { name: 'auditLog', icon: ClipboardList, to: '/audit-log' },
          { name: 'systemLog', icon: ScrollText, to: '/system-log' },
        ],
      },
    ],
  },
  {
    name: 'tenant',
    icon: Building2,
    under: [
      { name: 'administrators', icon: UserCog, to: '/administrators' },
      { name: 'apiKeys', icon: KeyRound, to: '/api-keys' },
      { name: 'tenantSettings', icon: Settings, to: '/tenant-settings' },
    ],
  },
]
