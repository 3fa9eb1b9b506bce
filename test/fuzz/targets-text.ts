// Everything else that reads text from outside: headers, addresses, cursors, settings.
import { readApplicationSettings } from '#access/application-settings.ts'
import { readWalk } from '#audit/proof-walk.ts'
import { readPlace, writePlace } from '#directory/administration/browse-order.ts'
import { isUuid } from '#directory/uuid.ts'
import { Invalid } from '#errors.ts'
import { formatOf } from '#http/formats.ts'
import { readLoginHint } from '#http/sign-in/flow/login-hint.ts'
import { readReturnTo } from '#http/sign-in/flow/return-to.ts'
import { readDetails } from '#identity-providers/details/details.ts'
import { isStorable, readInstant } from '#platform/database/storable.ts'
import { languageOf } from '#platform/language.ts'
import { networkOf } from '#platform/network/network-of.ts'
import { csvRecord } from '#protocol/csv.ts'
import { maskJson } from '#request-log/capture/mask.ts'
import { maskPath, maskQuery, secretsOf } from '#request-log/capture/secrets.ts'
import { readEmail, readPlainName } from '#tenancy/rules.ts'
import { fieldsOf, jsonOf, textsOf } from './generate.ts'
import { Broken, demandSame, type Target, throwing } from './target.ts'

const nothing = () => false
const refusesInput = throwing(Invalid)
const SECRETS = secretsOf()
const SECRET = 'planted-secret'
const BY_NAME = { key: { name: 'users', column: 'u.name', type: 'text' }, descending: false } as const
const BY_CHANGE = { key: { name: 'changes', column: 'u.at', type: 'timestamptz' }, descending: true } as const

export const TEXT_TARGETS: readonly Target[] = [
  {
    name: 'csv',
    input: textsOf('csv'),
    read(text) {
      const cells = [text, 'x', text]
      const [first, , last] = cellsIn(csvRecord(cells))
      for (const cell of [first, last]) if (cell !== text) demandSame('a cell', cell, `'${text}`)
      if (first?.startsWith('=')) throw new Broken(`a formula: ${first}`)
    },
    refuses: nothing,
  },
  {
    name: 'date-time',
    input: textsOf('date-time'),
    read(text) {
      const instant = readInstant(text)
      if (instant) demandSame('an instant', readInstant(instant.toISOString()), instant)
    },
    refuses: nothing,
  },
  {
    name: 'portal-cursor',
    input: textsOf('portal-cursor'),
    read(text) {
      for (const order of [BY_NAME, BY_CHANGE]) {
        const place = tried(() => readPlace(order, text))
        if (!place) continue
        if (!isUuid(place.id) || !isStorable(place.key ?? '')) throw new Broken(`a place: ${text}`)
        demandSame('a place', readPlace(order, writePlace(order, place)), place)
      }
    },
    refuses: refusesInput,
  },
  {
    name: 'proof-cursor',
    input: jsonOf('proof-cursor'),
    read(text) {
      const { counted } = readWalk(Buffer.from(text).toString('base64url'))
      const isText = typeof counted?.id === 'string' && typeof counted.at === 'string'
      if (counted !== null && !isText) throw new Broken(`a walk: ${text}`)
    },
    refuses: refusesInput,
  },
  {
    name: 'accept-language',
    input: textsOf('accept-language'),
    read: (text) => void languageOf(text),
    refuses: nothing,
  },
  {
    name: 'address',
    input: textsOf('address'),
    read(text) {
      networkOf(text)
      if (typeof formatOf(text) !== 'string') throw new Broken(`no format: ${text}`)
      readLoginHint(text)
      const to = readReturnTo(text)
      if (new URL(to, 'https://a.example').origin !== 'https://a.example')
        throw new Broken(`leads away: ${to}`)
    },
    refuses: nothing,
  },
  {
    name: 'request-log',
    input: jsonOf('request-log'),
    read(text) {
      const { text: masked } = maskJson(text, SECRETS)
      maskQuery(text, SECRETS)
      maskPath(text)
      // What is JSON, and has the secret under its name alone, has it no more.
      const isAlone = text.split(SECRET).length === 2 && text.includes(`"password":"${SECRET}"`)
      if (isJson(text) && isAlone && masked.includes(SECRET)) throw new Broken(`a secret: ${masked}`)
    },
    refuses: nothing,
  },
  {
    name: 'account-text',
    input: textsOf('account-text'),
    read(text) {
      tried(() => readEmail(text))
      readPlainName(text)
    },
    refuses: refusesInput,
  },
  {
    name: 'application',
    input: fieldsOf('application'),
    read: (text) => void readApplicationSettings(JSON.parse(text)),
    refuses: refusesInput,
  },
  {
    name: 'sign-in-details',
    input: fieldsOf('sign-in-details'),
    read(text) {
      const given = JSON.parse(text) as Parameters<typeof readDetails>[1]
      readDetails('issuer' in given ? 'oidc' : 'saml', given)
    },
    refuses: refusesInput,
  },
]

function tried<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch (error) {
    if (!refusesInput(error)) throw error
    return undefined
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The cells of one record, as RFC 4180 reads them. */
function cellsIn(record: string): string[] {
  const cells: string[] = []
  let rest = record.replace(/\r\n$/, '')
  for (;;) {
    const [all = '', quoted, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^",]*))/.exec(rest) ?? []
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (rest.length === all.length) return cells
    if (rest[all.length] !== ',') throw new Broken(`no record: ${record}`)
    rest = rest.slice(all.length + 1)
  }
}
