// The Japanese explanations of failed requests, with the notes on accepted ones. The files match those in ../en/, and
// the compiler reports a code without text. ../explain.ts picks the language.
// Start with `JA` below, then resources.ts for a typical group.
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

export const JA: ExplanationTexts = {
  consoles: CONSOLES,
  who: (name, type) =>
    name ? `「${name}」` : type === 'Group' ? 'このグループ' : type === 'User' ? 'このユーザー' : '対象',
  refusals: { ...SERVICE, ...BODY, ...VALUES, ...PATCH, ...FILTERS, ...QUERIES, ...RESOURCES, ...BULK },
  bulkPart: BULK_PART,
  byStatus: BY_STATUS,
  notes: NOTES,
}
