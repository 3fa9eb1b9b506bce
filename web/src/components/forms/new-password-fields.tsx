import { PasswordInput, type PasswordInputProps, TextInput, VisuallyHidden } from '@mantine/core'
import { useTexts } from '../../texts/use-texts.tsx'

/** Tells a password manager whose password this is. */
export function PasswordOwner({ email }: { readonly email: string }) {
  const { account } = useTexts()
  return (
    <VisuallyHidden>
      <TextInput aria-label={account.email} autoComplete="username" readOnly tabIndex={-1} value={email} />
    </VisuallyHidden>
  )
}

interface NewPasswordInputProps extends Omit<PasswordInputProps, 'onChange'> {
  readonly value: string
  readonly onChange: (password: string) => void
  /** Whether a short one is good, because a second factor stands beside it. */
  readonly hasFactor: boolean
}

export function NewPasswordInput({ hasFactor, onChange, ...input }: NewPasswordInputProps) {
  const { account } = useTexts()
  return (
    <PasswordInput
      label={account.password.fresh}
      description={hasFactor ? account.password.hintWithFactor : account.password.hint}
      autoComplete="new-password"
      required
      onChange={(event) => onChange(event.currentTarget.value)}
      {...input}
    />
  )
}
