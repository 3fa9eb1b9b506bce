import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { AttributeMapping, SavedMapping } from '../../../../src/http/portal/mapping/contract.ts'
import { ApiError, api } from '../../api/client.ts'
import { focusFirstError } from '../../components/forms/focus-first-error.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { isSame, type Rule } from './drafts.ts'

interface Saved {
  readonly rules: readonly Rule[]
  readonly version: string
}

/** Saves the rules and makes them the new baseline; the fields on the page stay. */
export function useSave(id: string, data: AttributeMapping, generic: readonly Rule[], onSaved: () => void) {
  const { common, identityProviders } = useTexts()
  const [saved, setSaved] = useState<Saved>({ rules: data.mapping, version: data.version })
  const [isTried, setTried] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: (rules: readonly Rule[]) =>
      api.put<SavedMapping>(
        `/identity-providers/${id}/mapping`,
        { mapping: isSame(rules, generic) ? null : rules },
        { 'if-match': `"${saved.version}"` },
      ),
    onSuccess: ({ version }, rules) => {
      setSaved({ rules, version })
      setTried(false)
      notifications.show({ message: common.saved })
      onSaved()
    },
    onError: () => {
      setTried(true)
      focusFirstError()
    },
  })
  // Errors of a rule are shown at its field.
  const isOfFields = error instanceof ApiError && (error.problem.errors ?? []).length > 0
  const shownError = isOfFields ? new Error(identityProviders.checkFields) : error
  return { save: mutate, isPending, error: shownError, isTried, savedRules: saved.rules }
}
