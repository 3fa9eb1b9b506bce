import { PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type {
  Acceptance,
  AccountLink,
  PasskeyEnrolment,
  TotpEnrolment,
} from '../../../../src/http/portal/account/contract.ts'
import type { SignInAnswer } from '../../../../src/http/portal/session/contract.ts'
import { api } from '../../api/client.ts'
import { formProblems } from '../../api/form-problems.ts'
import { ProblemAlert } from '../../components/forms/problem-alert.tsx'
import { MainButton } from '../../components/main-button.tsx'
import { TotpFields } from '../../factors/totp-fields.tsx'
import { usePasskeys } from '../../session/use-passkeys.ts'
import { useTexts } from '../../texts/use-texts.tsx'

interface NewAccountFormProps {
  readonly token: string
  readonly link: AccountLink
  readonly onDone: (answer: SignInAnswer) => void
}

type Factor = 'none' | 'totp' | 'passkey'

const LONG = 15
const FIELDS = ['email', 'name', 'password', 'code', 'credential']

/** Name, password and an optional second factor, sent together so that no half-finished account remains. */
export function NewAccountForm({ token, link, onDone }: NewAccountFormProps) {
  const { account, signIn } = useTexts()
  const path = `/links/${encodeURIComponent(token)}`
  const passkeys = usePasskeys()
  const [email, setEmail] = useState(link.email ?? '')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [factor, setFactor] = useState<Factor>('none')
  const [code, setCode] = useState('')
  const person = { ...(link.email === null && { email }), name }
  const totp = useMutation({ mutationFn: () => api.post<TotpEnrolment>(`${path}/totp`, { email, name }) })
  const send = useMutation({
    mutationFn: async () => {
      const body: Acceptance = { ...person, password }
      if (factor === 'totp' && totp.data) body.factor = { enrolmentId: totp.data.enrolmentId, code }
      if (factor === 'passkey') body.factor = await makePasskey()
      return api.post<SignInAnswer>(path, body)
    },
    onSuccess: onDone,
  })
  const makePasskey = async () => {
    const { enrolmentId, options } = await api.post<PasskeyEnrolment>(`${path}/passkey`, { email, name })
    return { enrolmentId, credential: { ...(await passkeys.create(options)) } }
  }
  const choose = (next: Factor) => {
    setFactor(next)
    if (next === 'totp' && !totp.data) totp.mutate()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send.mutate()
  }
  const { byField, rest } = formProblems(send.error, FIELDS)
  const missing = LONG - [...password].length
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={signIn.email}
          type="email"
          autoComplete="username"
          required
          readOnly={link.email !== null}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={byField.email}
        />
        <TextInput
          label={account.name}
          autoComplete="name"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={byField.name}
        />
        <PasswordInput
          label={signIn.password}
          description={
            factor === 'none' && password !== '' && missing > 0
              ? account.link.tooShort(missing)
              : account.link.passwordHint
          }
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={byField.password}
        />
        <FactorChoice link={link} factor={factor} onFactor={choose} />
        {factor === 'totp' && (
          <>
            <ProblemAlert error={totp.error} onRetry={() => totp.mutate()} />
            <TotpFields enrolment={totp.data} code={code} onCode={setCode} problem={byField.code} />
          </>
        )}
        <ProblemAlert error={send.error && (rest || byField.credential) ? send.error : undefined} />
        <MainButton type="submit" loading={send.isPending}>
          {account.link.create}
        </MainButton>
      </Stack>
    </form>
  )
}

interface FactorChoiceProps {
  readonly link: AccountLink
  readonly factor: Factor
  readonly onFactor: (factor: Factor) => void
}

function FactorChoice({ link, factor, onFactor }: FactorChoiceProps) {
  const { account } = useTexts()
  const { isSupported } = usePasskeys()
  return (
    <Radio.Group
      label={account.link.factor}
      description={account.link.factorAbout}
      value={factor}
      onChange={(value) => onFactor(value as Factor)}
    >
      <Stack gap={6} mt="xs">
        <Radio value="none" label={account.link.noFactor} />
        <Radio value="totp" label={account.factors.app} />
        <Radio
          value="passkey"
          label={account.factors.passkey}
          disabled={link.passkeysUnavailable !== null || !isSupported}
        />
        {link.passkeysUnavailable && (
          <Text size="xs" c="dimmed" pl={28}>
            {link.passkeysUnavailable}
          </Text>
        )}
      </Stack>
    </Radio.Group>
  )
}
