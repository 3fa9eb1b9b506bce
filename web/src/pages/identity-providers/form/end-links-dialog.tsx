import { useState } from 'react'
import type { Identification } from '../../../../../src/http/portal/users/identity-contract.ts'
import { ApiError, api } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { useTexts } from '../../../texts/use-texts.tsx'

interface Asked {
  readonly counts: Identification
  readonly answer: (isConfirmed: boolean) => void
}

/**
 * Saves an identity provider. If the change ends linked identities, it asks first and says how many.
 * @returns `save`, which throws the server's refusal when the administrator cancels, and the dialog to render
 */
export function useEndLinksDialog(idpId: string) {
  const { identities: texts } = useTexts()
  const [asked, setAsked] = useState<Asked>()

  async function save<Saved>(send: (dropLinks: boolean) => Promise<Saved>): Promise<Saved> {
    try {
      return await send(false)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'ends-links') throw error
      const counts = await api.get<Identification>(`/identity-providers/${idpId}/identification`)
      const isConfirmed = await new Promise<boolean>((answer) => setAsked({ counts, answer }))
      setAsked(undefined)
      if (!isConfirmed) throw error
      return send(true)
    }
  }

  const dialog = asked && (
    <ConfirmDialog
      opened
      onClose={() => asked.answer(false)}
      title={texts.endTitle}
      action={texts.endAction(asked.counts.linkedUsers)}
      onConfirm={async () => asked.answer(true)}
    >
      {texts.endText(asked.counts.linkedUsers, asked.counts.sessions)}
    </ConfirmDialog>
  )
  return { save, dialog }
}
