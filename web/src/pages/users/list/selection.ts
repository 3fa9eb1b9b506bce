import { useState } from 'react'

export interface Selection {
  readonly ids: readonly string[]
  has(id: string): boolean
  toggle(id: string): void
  setAll(ids: readonly string[], isChosen: boolean): void
  clear(): void
}

/** The selected users, on this page and on others. */
export function useSelection(): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const setAll: Selection['setAll'] = (ids, isChosen) =>
    setChosen((old) => {
      const next = new Set(old)
      for (const id of ids) {
        if (isChosen) next.add(id)
        else next.delete(id)
      }
      return next
    })
  return {
    ids: [...chosen],
    has: (id) => chosen.has(id),
    toggle: (id) => setAll([id], !chosen.has(id)),
    setAll,
    clear: () => setChosen(new Set()),
  }
}
