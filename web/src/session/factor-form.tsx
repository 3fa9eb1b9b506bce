import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { PasskeyQuestion, Proofs } from '../../../src/http/portal/session/contract.ts'
import { api } from '../api/client.ts'
import { formProblems } from '../api/form-problems.ts'
import { ProblemAlert } from '../components/forms/problem-alert.tsx'
import { MainButton } from '../components/main-button.tsx'
import { useTexts } from '../texts/use-texts.tsx'
import { usePasskeys } from './use-passkeys.ts'

export type Method = Proofs['methods'][number]

interface FactorFormProps<Answer> {
  readonly methods: readonly Method[]
  /** Endpoint that returns the passkey challenge. */
  readonly questionPath: string
  /** Endpoint that verifies the answer. */
  readonly answerPath: string
  readonly onDone: (answer: Answer) => void
}

/** Asks for one of the available factors: passkey, code, recovery code or password. */
export function FactorForm<Answer>({ methods, questionPath, answerPath, onDone }: FactorFormProps<Answer>) {
  const { signIn } = useTexts()
  const { factor } = signIn
  const passkeys = usePasskeys()
  const written = methods.filter((method) => method !== 'passkey')
  const [chosen, setChosen] = useState<Method | undefined>(written[0])
  const send = useMutation({
    mutationFn: (body: object) => api.post<Answer>(answerPath, body),
    onSuccess: onDone,
  })
  const ask = useMutation({
    mutationFn: async () => {
      const { ceremonyId, options } = await api.post<PasskeyQuestion>(questionPath)
      return api.post<Answer>(answerPath, { ceremonyId, credential: await passkeys.get(options) })
    },
    onSuccess: onDone,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    send.mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }
  const choose = (method: Method) => {
    send.reset() // the error belonged to the previous method
    setChosen(method)
  }
  const { byField, rest } = formProblems(send.error, ['code', 'recoveryCode', 'password'])
  const other = written.find((method) => method !== chosen)
  if (methods.length === 0) return <Text>{factor.none}</Text>
  return (
    <Stack>
      <ProblemAlert error={ask.error ?? (send.error && rest ? send.error : undefined)} />
      {methods.includes('passkey') && passkeys.isSupported && (
        <Button
          variant="default"
          leftSection={<KeyRound size={16} aria-hidden />}
          loading={ask.isPending}
          onClick={() => ask.mutate()}
          data-autofocus
        >
          {factor.passkey}
        </Button>
      )}
      {chosen && (
        <form onSubmit={submit}>
          <Stack>
            <ProofField method={chosen} problems={byField} />
            <MainButton type="submit" loading={send.isPending}>
              {factor.confirm}
            </MainButton>
          </Stack>
        </form>
      )}
      {other && (
        <Button variant="subtle" size="compact-sm" onClick={() => choose(other)}>
          {other === 'recovery-code' ? factor.useRecoveryCode : factor.useCode}
        </Button>
      )}
    </Stack>
  )
}

function ProofField({
  method,
  problems,
}: {
  readonly method: Method
  readonly problems: Record<string, string>
}) {
  const { signIn } = useTexts()
  const { factor } = signIn
  if (method === 'password')
    return (
      <PasswordInput
        name="password"
        label={signIn.password}
        autoComplete="current-password"
        required
        data-autofocus
        error={problems.password}
      />
    )
  if (method === 'recovery-code')
    return (
      <TextInput
        key={method}
        name="recoveryCode"
        label={factor.recoveryCode}
        description={factor.recoveryCodeHint}
        autoComplete="off"
        required
        autoFocus
        error={problems.recoveryCode}
      />
    )
  return (
    <TextInput
      key={method}
      name="code"
      label={factor.code}
      description={factor.codeHint}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={7}
      required
      autoFocus
      data-autofocus
      error={problems.code}
    />
  )
}
