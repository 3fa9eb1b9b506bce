// The English explanations of failed requests, with the notes on accepted ones. Each file has the texts of one group
// of refusal codes, and the compiler reports a code without text. ../explain.ts picks the language; the Japanese
// texts in ../ja/ have the same structure.
// Start with `EN` below, then resources.ts for a typical group.
import type { ExplanationTexts } from '../explanation-text.ts'
import { BODY } from './body.ts'
import { BULK } from './bulk.ts'
import { CONSOLES } from './consoles.ts'
import { BULK_PART, BY_STATUS, NOTES } from './others.ts'
import { PATCH } from './patch.ts'
import { FILTERS, QUERIES } from './queries.ts'
import { RESOURCES } from './resources.ts'
import { SERVICE } from './service.ts'
import { VALUES } from './values.ts'

export const EN: ExplanationTexts = {
  consoles: CONSOLES,
  who: (name, type) =>
    name
      ? `“${name}”`
      : type === 'Group'
        ? 'this group'
        : type === 'User'
          ? 'this user'
          : 'the user or group',
  refusals: { ...SERVICE, ...BODY, ...VALUES, ...PATCH, ...FILTERS, ...QUERIES, ...RESOURCES, ...BULK },
  bulkPart: BULK_PART,
  byStatus: BY_STATUS,
  notes: NOTES,
}
