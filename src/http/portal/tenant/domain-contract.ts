import { type Static, Type } from 'typebox'
import { Id, OptionalText, OptionalTime, Time } from '../contract/common.ts'

const OptionalId = Type.Union([Id, Type.Null()])

export const Domain = Type.Object(
  {
    id: Id,
    domain: Type.String({ description: 'as it stands in DNS' }),
    idpId: OptionalId,
    idpName: OptionalText,
    state: Type.Union([Type.Literal('pending'), Type.Literal('verified'), Type.Literal('lost')], {
      description: 'only a verified domain leads to its identity provider',
    }),
    verifiedAt: OptionalTime,
    checkedAt: OptionalTime,
    missingSince: OptionalTime,
    leadsUntil: Type.Union([Time, Type.Null()], {
      description: 'the record is missing, and at this time the domain is lost',
    }),
    record: Type.Object(
      { name: Type.String(), type: Type.Literal('TXT'), value: Type.String() },
      { description: 'what proves the domain, in DNS' },
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
  { additionalProperties: false },
)
export type NewDomain = Static<typeof NewDomain>

export const DomainChange = Type.Object({ idpId: OptionalId }, { additionalProperties: false })
export type DomainChange = Static<typeof DomainChange>
