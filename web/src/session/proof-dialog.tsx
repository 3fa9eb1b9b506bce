import { Modal, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Proofs } from '../../../src/http/portal/session/contract.ts'
import { api, connectSession, type Me } from '../api/client.ts'
import { ProblemAlert } from '../components/forms/problem-alert.tsx'
import { useTexts } from '../texts/use-texts.tsx'
import { FactorForm } from './factor-form.tsx'
import { useSignedIn } from './use-signed-in.ts'

/**
 * Asks for a fresh proof whenever the API wants one (`step-up-required`), and lets the request go on; the page that sent it
 * notices nothing. Two requests that are refused at the same time share one dialog.
 */
export function ProofDialog() {
  const { signIn } = useTexts()
  const signedIn = useSignedIn()
  const [waiting, setWaiting] = useState<((isProven: boolean) => void)[]>([])
  const isAsked = waiting.length > 0
  useEffect(() => {
    connectSession({
      prove: () => new Promise<boolean>((resolve) => setWaiting((others) => [...others, resolve])),
    })
    return () => connectSession({ prove: async () => false })
  }, [])
  const proofs = useQuery({
    queryKey: ['proofs'],
    queryFn: () => api.get<Proofs>('/session/proof'),
    enabled: isAsked,
    staleTime: 0,
    gcTime: 0,
  })
  const answer = (isProven: boolean) => {
    for (const resolve of waiting) resolve(isProven)
    setWaiting([])
  }
  return (
    <Modal opened={isAsked} onClose={() => answer(false)} title={signIn.proof.title} centered zIndex={400}>
      <Stack>
        <Text size="sm">{signIn.proof.about}</Text>
        <ProblemAlert error={proofs.error} />
        {proofs.data ? (
          <FactorForm<Me>
            methods={proofs.data.methods}
            questionPath="/session/proof/passkey"
            answerPath="/session/proof"
            onDone={(me) => {
              signedIn(me)
              answer(true)
            }}
          />
        ) : (
          <Skeleton height={110} />
        )}
      </Stack>
    </Modal>
  )
}
