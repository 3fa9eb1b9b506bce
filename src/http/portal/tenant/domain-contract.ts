import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, STRICT, Time } from '../contract/common.ts'

const OptionalId = Type.Union([Id, Type.Null()])

export const Domain = Type.Object(
  {
    id: Id,
    domain: Type.String({ description: 'the name as it is in DNS' }),
    idpId: OptionalId,
    idpName: OptionalText,
    state: Type.Union([Type.Literal('pending'), Type.Literal('verified'), Type.Literal('lost')], {
      description: 'only a verified domain leads its users to the identity provider',
    }),
    verifiedAt: OptionalTime,
    checkedAt: OptionalTime,
    missingSince: OptionalTime,
    leadsUntil: Type.Union(OptionalTime.anyOf, {
      description: 'when the domain becomes lost, if its record is still missing then',
    }),
    record: Type.Object(
      { name: Type.String(), type: Type.Literal('TXT'), value: Type.String() },
      { description: 'the DNS record that verifies the domain' },
    ),
    createdAt: Time,
  },
  { $id: 'Domain' },
)
export type Domain = Static<typeof Domain>

export const Domains = Type.Object({ items: Type.Array(Domain) })
export type Domains = Static<typeof Domains>

export const NewDomain = Type.Object(
  {
    domain: Type.String({ maxLength: 300 }),
    idpId: Type.Optional(OptionalId),
  },
  STRICT,
)
export type NewDomain = Static<typeof NewDomain>

export const DomainChange = Type.Object({ idpId: OptionalId }, STRICT)
export type DomainChange = Static<typeof DomainChange>
