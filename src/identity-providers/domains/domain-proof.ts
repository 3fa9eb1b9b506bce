// The DNS record that proves control of a domain. It isn't secret: the proof is being able to publish it.
import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { Invalid } from '#errors.ts'

const DOMAIN_CHARACTERS = 253 - '_doorlist.'.length
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/** Name and content of the DNS record. */
export interface DomainProof {
  readonly name: string
  readonly value: string
}

/** Returns the record of a domain. It stays the same if the domain is entered again, and differs between tenants. */
export function proofOf(tenantId: string, domain: string): DomainProof {
  const digest = hash('sha256', `doorlist domain ${tenantId} ${domain}`, 'base64url')
  return { name: `_doorlist.${domain}`, value: `doorlist-domain=${digest}` }
}

/** Normalizes a domain as DNS spells it, without a trailing dot. @throws {Invalid} `domain` */
export function readDomain(text: string): string {
  const domain = domainToASCII(text.trim().replace(/\.$/, '')).toLowerCase()
  const labels = domain.split('.')
  const top = labels.at(-1) ?? ''
  const isDomain = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(top)
  if (!isDomain || domain.length > DOMAIN_CHARACTERS)
    throw new Invalid('domain', 'must be a domain such as example.com, without @ and without a path')
  return domain
}

const ADDRESS = /^[^\s@\p{C}]{1,64}@([^\s@]{1,253})$/u

/** Returns the domain of an email address, or undefined if the text isn't an address. */
export function domainOfAddress(address: string): string | undefined {
  const [, domain] = ADDRESS.exec(address) ?? []
  if (domain === undefined) return undefined
  try {
    return readDomain(domain)
  } catch {
    return undefined
  }
}
