import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useLoaderData, useRouter, useSearch } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { PasskeyQuestion, SignIn, SignInAnswer } from '../../../../src/http/portal/session/contract.ts'
import { ApiError, api } from '../../api/client.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { FactorForm } from '../../session/factor-form.tsx'
import { usePasskeys } from '../../session/use-passkeys.ts'
import { useSignedIn } from '../../session/use-signed-in.ts'
import { useTexts } from '../../texts/use-texts.tsx'
import { AuthFrame } from './auth-frame.tsx'

/** Where to go after signing in: always a page of the portal, whatever the URL says. */
function addressOf(from = '/'): string {
  return /^\/(?![/\\])/.test(from) ? `/admin${from}` : '/admin/'
}

/** Password and then the next step that the service asks for, or a passkey alone. */
export function SignInPage() {
  const { signIn } = useTexts()
  const { from } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const signedIn = useSignedIn()
  const [answer, setAnswer] = useState<SignInAnswer>()
  const [credentials, setCredentials] = useState<SignIn>()
  const onAnswer = (next: SignInAnswer) => {
    if (!next.me) return setAnswer(next)
    signedIn(next.me)
    router.history.push(addressOf(from))
  }
  if (answer?.next === 'factor')
    return (
      <AuthFrame title={signIn.factor.title}>
        <FactorForm<SignInAnswer>
          methods={answer.methods ?? []}
          questionPath="/session/factor/passkey"
          answerPath="/session/factor"
          onDone={onAnswer}
        />
        <StartAgain onClick={() => setAnswer(undefined)} />
      </AuthFrame>
    )
  if (answer?.next === 'organisation' && credentials)
    return (
      <AuthFrame title={signIn.organisation.title} about={signIn.organisation.about}>
        <Organisations
          organisations={answer.organisations ?? []}
          credentials={credentials}
          onAnswer={onAnswer}
        />
        <StartAgain onClick={() => setAnswer(undefined)} />
      </AuthFrame>
    )
  return (
    <AuthFrame title={signIn.title}>
      <PasswordForm onCredentials={setCredentials} onAnswer={onAnswer} />
    </AuthFrame>
  )
}

interface AnswerProps {
  readonly onAnswer: (answer: SignInAnswer) => void
}

function PasswordForm({
  onCredentials,
  onAnswer,
}: AnswerProps & { readonly onCredentials: (credentials: SignIn) => void }) {
  const { signIn } = useTexts()
  const passkeys = usePasskeys()
  const means = useLoaderData({ from: '/sign-in' })
  const send = useMutation({
    mutationFn: (body: SignIn) => api.post<SignInAnswer>('/session', body),
    onSuccess: onAnswer,
  })
  const ask = useMutation({
    mutationFn: async () => {
      const { ceremonyId, options } = await api.post<PasskeyQuestion>('/session/passkey/question')
      const credential = await passkeys.get(options)
      return api.post<SignInAnswer>('/session/passkey', { ceremonyId, credential })
    },
    onSuccess: onAnswer,
  })
  const isThrottled = send.error instanceof ApiError && send.error.code === 'too-many-requests'
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const credentials = { email: String(form.get('email')), password: String(form.get('password')) }
    onCredentials(credentials)
    ask.reset()
    send.mutate(credentials)
  }
  return (
    <Stack>
      <ProblemAlert error={ask.error ?? send.error} />
      {isThrottled && <Text size="sm">{signIn.otherWays}</Text>}
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            name="email"
            type="email"
            label={signIn.email}
            autoComplete="username"
            required
            autoFocus
          />
          <PasswordInput name="password" label={signIn.password} autoComplete="current-password" required />
          <MainButton type="submit" loading={send.isPending}>
            {signIn.submit}
          </MainButton>
        </Stack>
      </form>
      {means?.passkeys && passkeys.isSupported && (
        <>
          <Divider label={signIn.or} />
          <Button
            variant="default"
            leftSection={<KeyRound size={16} aria-hidden />}
            loading={ask.isPending}
            onClick={() => ask.mutate()}
          >
            {signIn.withPasskey}
          </Button>
        </>
      )}
      <Anchor component={Link} to="/forgotten-password" size="sm">
        {signIn.forgotten}
      </Anchor>
    </Stack>
  )
}

function Organisations({
  organisations,
  credentials,
  onAnswer,
}: AnswerProps & {
  readonly organisations: NonNullable<SignInAnswer['organisations']>
  readonly credentials: SignIn
}) {
  const send = useMutation({
    mutationFn: (organisation: string) =>
      api.post<SignInAnswer>('/session', { ...credentials, organisation }),
    onSuccess: onAnswer,
  })
  return (
    <Stack>
      <ProblemAlert error={send.error} />
      {organisations.map(({ slug, name }) => (
        <Button key={slug} variant="default" loading={send.isPending} onClick={() => send.mutate(slug)}>
          {name}
        </Button>
      ))}
    </Stack>
  )
}

function StartAgain({ onClick }: { readonly onClick: () => void }) {
  const { signIn } = useTexts()
  return (
    <Button variant="subtle" size="compact-sm" mt="md" onClick={onClick} fullWidth>
      {signIn.again}
    </Button>
  )
}
