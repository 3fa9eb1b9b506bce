import { useState } from 'react'
import { type Draft, draftOf, moved, newDraft, type Rule } from './drafts.ts'
import { rowId } from './rule-row.tsx'

/** Holds the rules while they are edited and keeps the focus on the edited rule. */
export function useDrafts(initial: readonly Rule[]) {
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => initial.map(draftOf))
  return {
    drafts,
    load: (rules: readonly Rule[]) => setDrafts(rules.map(draftOf)),
    change: (at: number, draft: Draft) => setDrafts(drafts.map((one, i) => (i === at ? draft : one))),
    move(from: number, to: number) {
      const { key } = drafts[from] ?? {}
      if (!key || to < 0 || to >= drafts.length) return
      setDrafts(moved(drafts, from, to))
      const onlyWay = to === 0 ? 'down' : to === drafts.length - 1 ? 'up' : undefined
      focusWhenRendered(rowId(key, onlyWay ?? (to < from ? 'up' : 'down')))
    },
    add() {
      const draft = newDraft()
      setDrafts([...drafts, draft])
      focusWhenRendered(rowId(draft.key, 'attribute'))
    },
    remove(at: number) {
      const next = drafts[at + 1] ?? drafts[at - 1]
      setDrafts(drafts.filter((_, i) => i !== at))
      focusWhenRendered(next ? rowId(next.key, 'remove') : ADD_ID)
    },
  }
}

export const ADD_ID = 'mapping-add'

/** Waits for the change to render; on a slow machine a new row appears some frames later. */
function focusWhenRendered(id: string, frames = 120): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const target = document.getElementById(id)
      if (target) target.focus()
      else if (frames > 0) focusWhenRendered(id, frames - 1)
    }),
  )
}
