// What is put into DNS to show that a domain is an organisation's. It is no secret: what counts is who can write it there.
import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { Invalid } from '#errors.ts'

const DOMAIN_CHARACTERS = 253 - '_doorlist.'.length
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/** Where the record stands, and what it says. */
export interface DomainProof {
  readonly name: string
  readonly value: string
}

/** The same however often the domain is entered; another for another tenant. */
export function proofOf(tenantId: string, domain: string): DomainProof {
  const digest = hash('sha256', `doorlist domain ${tenantId} ${domain}`, 'base64url')
  return { name: `_doorlist.${domain}`, value: `doorlist-domain=${digest}` }
}

/** As DNS has it, without a dot at the end. @throws {Invalid} `domain` */
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

/** The domain of an e-mail address; undefined when it is none. */
export function domainOfAddress(address: string): string | undefined {
  const [, domain] = ADDRESS.exec(address) ?? []
  if (domain === undefined) return undefined
  try {
    return readDomain(domain)
  } catch {
    return undefined
  }
}
